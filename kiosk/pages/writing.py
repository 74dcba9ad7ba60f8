"""The keyboard on the screen: what is asked for, what was typed, which keys there are. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from broker.contract.messages import OfficeMessage
from broker.language import mark
from kiosk.pages.complaint import in_fours
from kiosk.pages.page import Choice, WritePage
from kiosk.visit import keyboard as keys
from kiosk.visit import opinion as said
from kiosk.visit.state import State
from kiosk.visit.steps import Step
from kiosk.visit.writing import is_prose, is_written, most_signs, written_so_far

_FEW_LEFT = 100
"""From so many signs on the page tells how much room is left."""


def write_page(state: State, _office: OfficeMessage) -> WritePage:
    """Return the keyboard and what was typed."""
    words, step, opinion = state.words, state.visit.step, state.visit.opinion
    language, text, board = state.visit.language, written_so_far(opinion, state.visit.step), opinion.keyboard
    layer = board.layer
    shifted = keys.is_shifted(board, language, text, is_sentence=is_prose(step))
    most = most_signs(step)
    has_room = keys.fits(text, "a", most=most, most_bytes=said.MOST_TEXT_BYTES)
    left, is_enough = most - len(text), is_written(opinion, step)
    title, hint = _WRITING[step]
    page = "" if state.asks is None else _phone_page(state.asks.page, step)
    elsewhere = ""
    if not keys.can_write(language):
        on_phone = mark("You can type Latin letters only here. On your phone you can write as you are used to.")
        elsewhere = words.say(on_phone) if page else words.say(_LATIN_ONLY)
    return WritePage(
        title=words.say(title),
        hint=words.say(hint),
        typed=text,
        left=words.count("Room for {n} more sign", "Room for {n} more signs", left) if left <= _FEW_LEFT else "",
        rows=tuple(
            Choice(sign, sign.upper() if shifted else sign, is_available=has_room)
            for row in keys.rows(language, layer)
            for sign in row
        ),
        special=_special(state, is_shifted=shifted),
        find=Choice("written", words.say(_SEND if step in _SENDS else CONTINUE), is_available=is_enough),
        elsewhere=elsewhere,
        qr=page if elsewhere else "",
        echo=keys.word_in_hand(text) or (words.say(_SPACE) if text else ""),
    )


_SEND, CONTINUE = mark("Send"), mark("Continue")
_SPACE = mark("Space")
_SENDS = frozenset({Step.SENTENCE, Step.SUGGESTION, Step.REPLY})
_LATIN_ONLY = mark("You can type Latin letters only here. An officer can write it down for you in your language.")
_WRITING: Mapping[Step, tuple[str, str]] = {
    Step.SENTENCE: (mark("Why was it so?"), mark("One sentence is enough. Please write no names.")),
    Step.SUGGESTION: (
        mark("What should we do better?"),
        mark("Nobody sees who you are. Please write no names and no numbers of yours."),
    ),
    Step.COMPLAINT: (mark("What happened, or what would you like to know?"), mark("Where and when, if you know it.")),
    Step.REPLY: (mark("What do you want to reply?"), mark("If it does not help, or something is to be added.")),
    Step.CONTACT: (
        mark("How can we reach you?"),
        mark("A phone number or an e-mail address. It is stored locked, and erased later."),
    ),
}
_LAYER_SIGNS: Mapping[keys.Layer, str] = {"figures": "123", "latin": "ABC"}


def secret_page(state: State, _office: OfficeMessage) -> WritePage:
    """Return the keys for the code on a receipt: the signs that it may have, and no others."""
    words, secret = state.words, state.visit.opinion.secret
    has_room = len(secret) < said.SECRET_SIGNS
    left = said.SECRET_SIGNS - len(secret)
    last = secret[(len(secret) - 1) // 4 * 4 :] if secret else ""
    return WritePage(
        title=words.say("Type the code of your complaint"),
        hint=words.say("It stands below the number: 16 letters and digits."),
        typed=in_fours(secret),
        left=words.count("Room for {n} more sign", "Room for {n} more signs", left) if left else "",
        rows=tuple(Choice(sign, sign.upper(), is_available=has_room) for row in keys.CODE for sign in row),
        special=(Choice("erase", words.say("Erase"), icon="backspace", is_available=bool(secret)),),
        find=Choice("written", words.say("Show"), is_available=is_written(state.visit.opinion, Step.SECRET)),
        across=len(keys.CODE[0]),
        echo=" ".join(last),  # sign by sign: they make no word
    )


def _special(state: State, *, is_shifted: bool) -> tuple[Choice, ...]:
    words, opinion, language = state.words, state.visit.opinion, state.visit.language
    text, layer = written_so_far(opinion, state.visit.step), opinion.keyboard.layer
    has_capitals = keys.has_capitals(language, layer)
    following = keys.next_layer(language, layer)
    latin = "ABC" if keys.has_capitals(language, "letters") else keys.rows(language, "letters")[0][:3]
    is_spaced = keys.fits(text, " ", most=most_signs(state.visit.step), most_bytes=said.MOST_TEXT_BYTES)
    return (
        Choice(
            "shift",
            words.say("Capitals"),
            icon="shift",
            is_available=has_capitals,
            is_on=is_shifted if has_capitals else None,
        ),
        Choice("layer", _LAYER_SIGNS.get(following, latin)),
        Choice("space", words.say(_SPACE), icon="space_bar", is_available=is_spaced),
        Choice("erase", words.say("Erase"), icon="backspace", is_available=bool(text)),
    )


def _phone_page(address: str, step: Step) -> str:
    """Return where the same can be written on a phone."""
    if not address:
        return ""
    place = {Step.COMPLAINT: "complain", Step.CONTACT: "complain", Step.SUGGESTION: "suggest"}.get(step)
    return f"{address.rstrip('/')}/{place}" if place else ""
