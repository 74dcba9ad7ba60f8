"""Keys and what they mean."""

from __future__ import annotations

import pytest

from counter.desk.keys import ALIASES, DESK_KEYS, KEYS, Intent, Typed, at_desk, in_dialog, in_form


@pytest.mark.parametrize(
    ("key", "intent"),
    [
        ("space", Intent.NEXT),
        ("r", Intent.RECALL),
        ("R", Intent.RECALL),
        ("s", Intent.START),
        ("f", Intent.FINISH),
        ("n", Intent.NO_SHOW),
        ("p", Intent.PAUSE),
        ("x", Intent.SIGN_OUT),
        ("h", Intent.HOLD),
        ("t", Intent.TRANSFER),
        ("c", Intent.DROP),
        ("u", Intent.UNDO),
        ("1", Intent.QUEUE),
        ("2", Intent.HELD),
        ("3", Intent.MISSED),
        ("4", Intent.HALL),
        ("enter", Intent.PICK),
        ("escape", Intent.CANCEL),
        ("down", Intent.DOWN),
        ("m", Intent.START),
        ("j", Intent.PAUSE),
        ("q", None),
        ("7", None),
    ],
)
def test_a_key_at_the_desk_means_one_thing(key: str, intent: Intent | None) -> None:
    assert at_desk(key) is intent


def test_no_alias_takes_a_key_that_is_printed_on_a_button() -> None:
    assert not set(ALIASES) & set(KEYS.values())
    assert len(DESK_KEYS) == len(ALIASES) + len(KEYS)


def test_a_keypad_brings_its_own_table() -> None:
    keypad = {"keypad:1": Intent.NEXT, "keypad:2": Intent.RECALL}
    assert at_desk("keypad:2", keypad) is Intent.RECALL
    assert at_desk("space", keypad) is None


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("enter", Intent.CONFIRM),
        ("backspace", Intent.ERASE),
        ("tab", Intent.FIELD),
        ("r", Typed("r")),
        ("4", Typed("4")),
        ("space", None),
        (" ", None),
        ("f5", None),
    ],
)
def test_in_the_form_letters_and_digits_are_typed(key: str, meaning: Intent | Typed | None) -> None:
    assert in_form(key) == meaning


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("space", Typed(" ")),
        (" ", Typed(" ")),
        ("h", Typed("h")),
        ("2", Typed("2")),
        ("enter", Intent.CONFIRM),
        ("escape", Intent.CANCEL),
        ("down", Intent.DOWN),
        ("f5", None),
    ],
)
def test_in_a_dialog_words_are_typed_with_spaces(key: str, meaning: Intent | Typed | None) -> None:
    assert in_dialog(key) == meaning


def test_every_button_has_a_key_of_its_own() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
