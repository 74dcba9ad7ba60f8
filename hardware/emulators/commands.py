"""What emulated devices are told, one line each: a verb and its words. An answer that begins with `?` is a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Deeds = Mapping[str, Callable[[str], object]]
"""What each verb does, with the rest of the line."""


def obey(line: str, deeds: Deeds, *, told: Callable[[], str]) -> str:
    """Do what `line` says and return what is `told` then, or a sentence that says what is wrong with the line."""
    verb, _, rest = line.strip().partition(" ")
    if verb not in deeds:
        return f"? {verb!r} is no command; there are: {', '.join(deeds)}"
    try:
        deeds[verb](rest)
    except (ValueError, OSError) as error:
        return f"? {line!r} is not understood: {error}"
    return told()
