"""How an office decides whose turn it is: one frozen policy of several, chosen by `dispatch.type`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Promise:
    """The ticket that has used the largest share of its lane's promised wait."""


@dataclass(frozen=True, slots=True)
class HeadStart:
    """The longest waiting, after some lanes were given seconds as if they had waited them already."""

    credit_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Lanes take turns in a pattern such as priority, priority, regular; a turn without anyone passes on."""

    pattern: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strict:
    """The first lane that has anyone; `order` names the lanes, the most urgent first."""

    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fifo:
    """The longest waiting, whatever the lane."""


Policy = Promise | HeadStart | Ratio | Strict | Fifo


def policy_name(policy: Policy) -> str:
    """Return the name of a policy as configuration and reasons give it."""
    match policy:
        case Promise():
            return "promise"
        case HeadStart():
            return "head_start"
        case Ratio():
            return "ratio"
        case Strict():
            return "strict"
        case Fifo():
            return "fifo"
        case _:
            assert_never(policy)
