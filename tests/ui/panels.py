"""The panels, modes and texts that every screen has to fit: for `tests/ui/<screen>/test_layouts.py`.

`KIOSKS`, `DISPLAYS` and `DESKS` are true panels by name, `MODES` what a reader may ask for. `longer_office` and
`longer_words` make every text of the configuration and of the catalogues 40 % longer, as another language would: in
words, not by one long word. How pages are laid out without a window: `hardware.panel.headless`.

    office = longer_office(settings)
    with longer_words():
        pages = list(every_page(office))      # anything that says words, while it lasts
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from pydantic import BaseModel

from broker import language
from broker.config.settings import Settings
from hardware.config import PanelConfig
from hardware.panel.look import Mode

Model = TypeVar("Model", bound=BaseModel)

LONGER = 1.4
"""By how much: what German, Tamil or Russian take where English is short (W3C, "Text size in translation")."""

KIOSKS: Mapping[str, PanelConfig] = {
    f"{inch} {'portrait' if width < height else 'landscape'}": PanelConfig(
        width_px=width, height_px=height, diagonal_in=inch, viewing_distance_m=0.6, mounting_height_mm=mounted
    )
    for inch, mounted in ((15.6, 850), (18.5, 800), (21.5, 700), (27, 650), (32, 600))
    for width, height in ((1080, 1920), (1920, 1080))
}
"""Each with the height at which it is usually mounted."""

TABLETS: Mapping[str, PanelConfig] = {
    f"10 {'portrait' if width < height else 'landscape'}": PanelConfig(
        width_px=width, height_px=height, diagonal_in=10.1, viewing_distance_m=0.4, mounting_height_mm=900
    )
    for width, height in ((800, 1280), (1280, 800))
}
"""What stands on a counter, before whoever was served there."""

DISPLAYS: Mapping[str, PanelConfig] = {
    f"{inch} {width}x{height} {metres} m": PanelConfig(
        width_px=width, height_px=height, diagonal_in=inch, viewing_distance_m=metres
    )
    for inch in (32, 43, 55, 65)
    for width, height in ((1366, 768), (1920, 1080), (3840, 2160), (1080, 1920))
    for metres in (5, 8, 10)
}
"""Not all can be read: what cannot be laid out has to be refused by `check-config`."""

DESKS: Mapping[str, tuple[PanelConfig, tuple[int, int]]] = {
    "1280x800": (PanelConfig(width_px=1280, height_px=800, diagonal_in=15.4, viewing_distance_m=0.6), (1280, 800)),
    "1920x1080": (PanelConfig(width_px=1920, height_px=1080, diagonal_in=23.8, viewing_distance_m=0.6), (1920, 1080)),
    "640 docked": (PanelConfig(width_px=1920, height_px=1080, diagonal_in=23.8, viewing_distance_m=0.6), (640, 1080)),
    "360 docked": (PanelConfig(width_px=1920, height_px=1080, diagonal_in=23.8, viewing_distance_m=0.6), (360, 1080)),
}
"""A monitor, and the window on it."""

MODES: Mapping[str, Mode] = {
    "plain": Mode(),
    "larger": Mode(larger=True),
    "contrast": Mode(contrast=True),
    "low": Mode(low=True),
    "all": Mode(larger=True, contrast=True, low=True),
    "night": Mode(night=True),
}

_WORDS = ("", "a", "di", "dan", "yang", "untuk", "dengan", "tentang", "termasuk")
"""A word of each length."""
_LONGEST = 5


def longer(text: str) -> str:
    """Return a text 40 % longer, with more words before its last mark; figures alone stay as they are."""
    if not any(sign.isalpha() for sign in text):
        return text
    body = text.rstrip(" .!?:")
    end = text[len(body) :]
    missing = round(len(text) * (LONGER - 1)) or 1
    words: list[str] = []
    while missing > 1:
        size = min(missing - 1, _LONGEST if missing > _LONGEST + 3 else missing - 1, len(_WORDS) - 1)
        words.append(_WORDS[size])
        missing -= size + 1
    return " ".join([body, *words]) + end


class _Longer(gettext.NullTranslations):
    """A catalogue whose every text is longer."""

    def __init__(self, plain: gettext.NullTranslations) -> None:
        super().__init__()
        self._plain = plain

    def gettext(self, message: str) -> str:
        """Return a message's translation, longer."""
        return longer(self._plain.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form that fits `n`, longer."""
        return longer(self._plain.ngettext(msgid1, msgid2, n))


@contextmanager
def longer_words() -> Iterator[None]:
    """Let all catalogues say everything 40 % longer for a while."""
    plain = language._translations

    def made_longer(package: str, code: str) -> gettext.NullTranslations:
        language._translations = plain  # a catalogue asks for the one that it falls back on, and is kept for ever
        try:
            return _Longer(plain(package, code))
        finally:
            language._translations = made_longer  # type: ignore[assignment]

    language._translations = made_longer  # type: ignore[assignment]
    try:
        yield
    finally:
        language._translations = plain


def longer_office(settings: Settings) -> Settings:
    """Return the office with every text that visitors read 40 % longer."""
    return _longer_in(settings)


def _longer_in(model: Model) -> Model:
    changed = {name: _longer_value(getattr(model, name)) for name in type(model).model_fields}
    return model.model_copy(update=changed)


def _longer_value(value: object) -> object:
    if isinstance(value, BaseModel):
        return _longer_in(value)
    if isinstance(value, tuple):
        return tuple(_longer_value(each) for each in value)
    if isinstance(value, dict) and value and all(language.is_language(str(key)) for key in value):
        return {key: _longer_text(text) for key, text in value.items()}
    return value


def _longer_text(text: object) -> object:
    if isinstance(text, str):
        return longer(text)
    return tuple(longer(str(line)) for line in text) if isinstance(text, tuple) else text
