"""What is written at a feedback kiosk, and where: a sentence, a text, a contact, the code of a receipt. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit import keyboard as keys
from kiosk.visit import opinion as said
from kiosk.visit.keyboard import Keyboard
from kiosk.visit.opinion import Opinion
from kiosk.visit.steps import Step

WRITING = frozenset({Step.SENTENCE, Step.SUGGESTION, Step.COMPLAINT, Step.CONTACT, Step.SECRET, Step.REPLY})
"""Steps with a keyboard on the screen."""


def is_written(opinion: Opinion, step: Step) -> bool:
    """Tell whether enough was typed to go on."""
    if step is Step.SECRET:
        return len(opinion.secret) == said.SECRET_SIGNS
    return len(written_so_far(opinion, step).strip()) >= said.LEAST_TEXT


def most_signs(step: Step) -> int:
    """Return how much may be typed on a page with a keyboard."""
    most = {Step.SENTENCE: said.MOST_SENTENCE, Step.CONTACT: said.MOST_CONTACT, Step.SECRET: said.SECRET_SIGNS}
    return most.get(step, said.MOST_TEXT)


def written_so_far(opinion: Opinion, step: Step) -> str:
    """Return what was typed on this page."""
    match step:
        case Step.CONTACT:
            return opinion.contact
        case Step.SECRET:
            return opinion.secret
        case _:
            return opinion.text


def is_prose(step: Step) -> bool:
    """Tell whether sentences are written, which begin with a capital."""
    return step not in {Step.CONTACT, Step.SECRET}


def typed(opinion: Opinion, step: Step, language: str, key: str) -> Opinion:
    """Return what one key of the keyboard makes of it; one that does not fit changes nothing."""
    board, text = opinion.keyboard, written_so_far(opinion, step)
    if key == "erase":
        return _with_text(opinion, step, text[:-1])
    if step is Step.SECRET:
        sign = key.upper()
        is_one = len(sign) == 1 and sign in keys.CODE_SIGNS and len(text) < said.SECRET_SIGNS
        return _with_text(opinion, step, text + sign) if is_one else opinion
    # A key has one name, whatever it writes now: fingers are faster than the screen changes its letters.
    shifted = keys.is_shifted(board, language, text, is_sentence=is_prose(step))
    match key:
        case "shift":
            return replace(opinion, keyboard=replace(board, shift=not shifted))
        case "layer":
            return replace(opinion, keyboard=Keyboard(keys.next_layer(language, board.layer)))
        case _:
            sign = " " if key == "space" else key.upper() if shifted else key
            if len(sign) != 1 or not keys.fits(text, sign, most=most_signs(step), most_bytes=said.MOST_TEXT_BYTES):
                return opinion
            return _with_text(opinion, step, text + sign)


def _with_text(opinion: Opinion, step: Step, text: str) -> Opinion:
    board = replace(opinion.keyboard, shift=None)
    match step:
        case Step.CONTACT:
            return replace(opinion, contact=text, keyboard=board)
        case Step.SECRET:
            return replace(opinion, secret=text, is_unknown=False)
        case _:
            return replace(opinion, text=text, keyboard=board)
