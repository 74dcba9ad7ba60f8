"""An alert in one sentence, for pages, the window of a supervisor, and what is sent. Pure.

It names places, numbers and devices, and nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, assert_never

from broker.contract.messages import Alert, OfficeMessage
from broker.language import Phrases, bare_counter, mark

_DEVICE_WORDS: Mapping[str, str] = {
    "offline": mark("not connected"),
    "absent": mark("does not answer"),
    "cover_open": mark("the cover is open"),
    "cutter_error": mark("the cutter is stuck"),
}


class _Named(Protocol):
    @property
    def id(self) -> str:
        """Return by what it is known."""
        ...

    @property
    def name(self) -> dict[str, str]:
        """Return how it is called, by language."""
        ...


def alert_words(p: Phrases, alert: Alert, offer: OfficeMessage | None) -> str:  # noqa: PLR0911 - one for each kind
    """Return what an alert says."""
    value, limit = alert.value, alert.limit
    match alert.kind:
        case "wait":
            return p.say(
                "{where}: {number} has waited {waited} min; the lane's limit is {promised} min.",
                where=_where(p, alert, offer),
                number=alert.about or "",
                waited=value // 60,
                promised=limit // 60,
            )
        case "forecast":
            left = -(-value // 60)
            return p.say("{where}: the promise will be broken in {n} min.", where=_where(p, alert, offer), n=left)
        case "idle_counter":
            counter = _counter(alert.place.get("counter", ""), offer)
            return p.say("Counter {counter} calls nobody ({n} min), and people wait.", counter=counter, n=value // 60)
        case "paper_low":
            text = mark("{device}: no paper.") if alert.about == "paper_out" else mark("{device}: little paper left.")
            return p.say(text, device=_device(alert))
        case "device_lost":
            word = p.say(_DEVICE_WORDS.get(alert.about or "", _DEVICE_WORDS["offline"]))
            return p.say("{device}: {state}.", device=_device(alert), state=word)
        case "quota_near":
            where = _where(p, alert, offer)
            return p.say("{where}: {n} of {limit} numbers of today are given out.", where=where, n=value, limit=limit)
        case "complaint_due":
            return p.count("{n} complaint must be answered now.", "{n} complaints must be answered now.", value)
        case _:
            assert_never(alert.kind)


def _where(p: Phrases, alert: Alert, offer: OfficeMessage | None) -> str:
    """Return the names of a place's parts."""
    if offer is None:
        return ", ".join(alert.place.values())
    named: dict[str, Iterable[_Named]] = {"stage": offer.stages, "lane": offer.lanes, "service": offer.services}
    return ", ".join(
        _name(p, one, named[part]) if part in named else one for part, one in alert.place.items() if part in named
    )


def _name(p: Phrases, identity: str, known: Iterable[_Named]) -> str:
    found = next((one.name for one in known if one.id == identity), {})
    return found.get(p.language) or next(iter(found.values()), identity)


def _counter(identity: str, offer: OfficeMessage | None) -> str:
    counters = () if offer is None else offer.counters
    return next((bare_counter(one.label) for one in counters if one.id == identity), identity)


def _device(alert: Alert) -> str:
    return ", ".join(alert.place[part] for part in ("client", "device") if part in alert.place)
