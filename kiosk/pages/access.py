"""The words of the page on which a visitor says how to be met. Pure."""

from __future__ import annotations

from broker.language import Phrases, mark
from kiosk.pages.page import AccessPage, Choice
from kiosk.visit.access import Way
from kiosk.visit.state import State

_WAYS: tuple[tuple[Way, str, str, str], ...] = (
    ("larger", "text_increase", mark("Larger text"), mark("All words half as large again")),
    ("contrast", "contrast", mark("High contrast"), mark("White words on black")),
    ("low", "vertical_align_bottom", mark("Lower controls"), mark("Everything to touch within reach of a seat")),
    ("voice", "volume_up", mark("Voice"), mark("The screen is read out to you")),
    ("dark", "visibility_off", mark("Screen off"), mark("Nobody else can read along")),
)
_IS_ON = mark("{name} is on")
_IS_OFF = mark("{name} is off")
_TITLE = mark("How may we help you use this screen?")


def access_page(state: State) -> AccessPage:
    """Return each way of being met with whether it is on, and what was just turned."""
    access, announced = state.visit.access, state.visit.announced
    first, *others = _speakers(state)
    said = ""
    if announced is not None:
        name = next(name for way, _, name, _ in _WAYS if way == announced)
        said = first.say(_IS_ON if access.has(announced) else _IS_OFF, name=first.say(name))
    return AccessPage(
        title=_both(first, others, _TITLE),
        hint=first.say("Touch what you need. It ends with your visit."),
        choices=tuple(
            Choice(
                way,
                first.say(name),
                _both_lines(first, others, name, remark),
                icon=icon,
                is_on=access.has(way),
            )
            for way, icon, name, remark in _WAYS
            if way not in {"voice", "dark"} or (state.has_voice and (way == "voice" or access.voice))
        ),
        done=Choice("done", first.say("Done")),
        said=said,
    )


def _speakers(state: State) -> tuple[Phrases, ...]:
    """Return the visitor's language, and all the others while none was chosen."""
    own = state.visit.language
    codes = (own,) if state.visit.has_chosen_language else (own, *(code for code in state.languages if code != own))
    return tuple(state.phrases(code) for code in codes)


def _both(first: Phrases, others: list[Phrases], message: str) -> str:
    return "\n".join(words.say(message) for words in (first, *others))


def _both_lines(first: Phrases, others: list[Phrases], name: str, remark: str) -> str:
    """Return what a way does; while no language was chosen its name in the others, which says it as well."""
    return " / ".join(words.say(name) for words in others) if others else first.say(remark)
