"""What somebody wrote into a form: read, checked in words, and kept so that nothing is lost and nothing counts twice.

A form carries a hidden mark, made up with it. What is sent has an id made of that mark and of what was written: the
same words sent again, by a second tap or after a lost link, are the same request, and other words are another.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from broker.language import Phrases

TEXT_MAX = 2000
"""So many characters a complaint or a suggestion may have."""
TEXT_MAX_BYTES = 6000
"""The same in UTF-8: a message of the wire holds 8 KiB. Only scripts of four bytes a letter come here first."""
CONTACT_MAX = 200
SENTENCE_MAX = 500
_MARK = re.compile(r"[0-9a-f]{32}")
_SPELLING = "\n\u200b\u200c\u200d\u200e\u200f"
"""New lines; joiners, places to break and marks of direction belong to the spelling of several languages."""

Fields = Mapping[str, str]
"""What a form sent, by the names of its fields."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above a page because something happened: `error`, `away` (nothing was done yet) or `done`."""

    kind: str
    heading: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen."""

    value: str
    label: str
    hint: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field to write into: what is in it, and what is wrong with that."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    fault: str = ""
    limit: int = 0
    left: str = ""
    """How much may still be written, in words."""
    left_form: str = ""
    """The same with `{n}` in place of the figure, for the page to count along."""


def new_mark() -> str:
    """Return the hidden mark of a new form. Nobody can guess it: a receipt's secret hangs on it."""
    return secrets.token_hex(16)


def mark_of(fields: Fields) -> str:
    """Return the mark that came with a form, or a new one where somebody tore it off."""
    sent = fields.get("request", "")
    return sent if _MARK.fullmatch(sent) else new_mark()


def request_id(form_mark: str, command: str, arguments: Mapping[str, object]) -> str:
    """Return the id of a request: the same form with the same words gives the same."""
    said = json.dumps([form_mark, command, arguments], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def read(fields: Fields, name: str) -> str:
    """Return what was written into a field, without blanks around it and without characters that nobody sees."""
    text = "\n".join(fields.get(name, "").splitlines()).replace("\t", " ")
    return "".join(sign for sign in text if sign in _SPELLING or not _is_unseen(sign)).strip()


def read_line(fields: Fields, name: str) -> str:
    """Return the same of a field of one line."""
    return " ".join(read(fields, name).split())


def is_ticked(fields: Fields, name: str) -> bool:
    """Tell whether a box is ticked."""
    return fields.get(name, "") != ""


def too_long(p: Phrases, text: str, limit: int) -> str:
    """Return what is wrong with a text that is longer than it may be, or nothing."""
    over = len(text) - limit
    if over > 0:
        return p.count(
            "This is {n} character too long. Please shorten it: it is still here.",
            "This is {n} characters too long. Please shorten it: it is still here.",
            over,
        )
    if limit >= TEXT_MAX and len(text.encode("utf-8", "replace")) > TEXT_MAX_BYTES:
        return p.say("This is too long for the office's system. Please shorten it: it is still here.")
    return ""


def text_field(p: Phrases, name: str, label: str, value: str, *, limit: int, hint: str = "", fault: str = "") -> Field:
    """Return a field that counts what is left."""
    left = limit - len(value)
    form = p.say("Characters left: {n}", n="{n}")
    return Field(
        name=name,
        label=label,
        value=value,
        hint=hint,
        fault=fault,
        limit=limit,
        left=form.replace("{n}", str(max(left, 0))),
        left_form=form,
    )


def away(p: Phrases, button: str) -> Notice:
    """Return what is said while the office's system does not answer: nothing is lost, and nothing counts twice."""
    return Notice(
        "away",
        p.say("The office's system does not answer just now."),
        p.say(
            "What you entered is still here. Please press “{button}” again in a moment: however often you send it, it"
            " counts once.",
            button=button,
        ),
    )


def look_again(p: Phrases) -> Notice:
    """Return what stands above a form of which something is missing."""
    return Notice("error", p.say("Something is missing. Please look at what is marked."))


def _is_unseen(sign: str) -> bool:
    """Tell whether a character is a control, a lone half of a pair, or turns the text around it (UAX #9)."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs"}
