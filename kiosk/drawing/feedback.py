"""The pages of a feedback kiosk: faces, questions, a keyboard, a receipt. Import after `window.prepare`.

In which order things leave a page that has no room for all of it stands here, at each block (see docs/kiosk.md).
"""

from __future__ import annotations

from typing import Any

from hardware.panel.text import forget_words
from hardware.panel.widgets import make
from kiosk.drawing.fit import Block, Item, settle
from kiosk.drawing.pages import EveryLanguage, PagePieces, Reserve, Supply, Widgets, draw_banner, qr_rows
from kiosk.drawing.pieces import LEAST_KEY_MM, Touch
from kiosk.pages.page import (
    AskPage,
    CasePage,
    FacesPage,
    FeedbackPage,
    Page,
    ReceiptPage,
    RestPage,
    ReviewPage,
    WritePage,
)

BESIDE = 0.66
"""Which share of a lying panel the keyboard has."""
_INNER = 0.92
"""Which share of a panel lies between the margins."""
_FLAT_MM = 160
"""A lying panel lower than this, such as a tablet, has no room for four answers one above the other."""
_FEW = 2
"""So many answers have room one above the other everywhere."""
_SHORT = 18
"""So many letters of an answer stand in two lines of half a column."""


def _abreast(look: Any) -> int:  # noqa: ANN401 - a Look
    """Return how many answers stand side by side: all of them are to be seen at once before one is chosen."""
    is_flat = not look.portrait and look.height < look.mm(_FLAT_MM)
    return 2 if is_flat and not look.mode.larger else 1


class Start(PagePieces):
    """What the visitor has to say. First the remark on scanning leaves, then the title in the other languages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._others, self._scan = make("PageTitle"), make("Body"), make("Body")
        self._others.tone = "ink_soft"

    def draw(self, page: FeedbackPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text, self._others.text = page.titles[0], "  /  ".join(page.titles[1:])
        self._scan.text = page.scan
        cards = self._choices("topic", page.choices, sign="arrow_forward")
        for made in cards:
            made.least, made.may_slim = 28, True
        if cards:
            cards[0].kind = "primary"
        self.sheet.words = (
            Block(self._title),
            *([Block(self._others, leaves=2)] if self._others.text else []),
            *([Block(self._scan, leaves=1)] if page.scan else []),
        )
        self.sheet.controls.items = tuple(Item(made, grows=0.8) for made in cards)


class Rest(EveryLanguage):
    """A counter's tablet between two visitors."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply, "BigSign")

    def draw(self, page: RestPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self.sign.icon = page.icon
        self.write(page.words)


class Faces(PagePieces):
    """Four faces with words, side by side where no word is cut. The hint leaves first."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._hint = make("PageTitle"), make("Body")
        self._hint.tone = "ink_soft"
        self._faces = Reserve(self._face)
        self.sheet.shares = (0.3, 0.36, 0.24, 0.42)

    def draw(self, page: FacesPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        self._title.text, self._hint.text = page.title, page.hint
        faces = self._faces.take(len(page.choices))
        for made, choice in zip(faces, page.choices, strict=True):
            made.target, made.title, made.icon = f"face:{choice.key}", choice.title, choice.icon
            made.possible = choice.is_available
        self.sheet.words = (Block(self._title), Block(self._hint, leaves=1))
        columns = 2 if look.portrait or look.mode.larger else len(faces)
        self.sheet.controls.items = tuple(Item(made, columns=columns, grows=1.0) for made in faces)
        self.sheet.controls.is_showy = True

    def _face(self) -> Any:  # noqa: ANN401 - a widget
        made = make("FaceCard")
        made.bind(on_release=lambda it: self._touch(it.target))
        return made


class Ask(PagePieces):
    """One question with its answers. The sign leaves first, then what is said besides."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._sign, self._kicker, self._title = make("BigSign"), make("Body"), make("PageTitle")
        self._kicker.tone, self._kicker.bold = "primary", True

    def draw(self, page: AskPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page; an answer that was given before stands out."""
        self._sign.icon, self._kicker.text, self._title.text = page.icon, page.kicker, page.title
        cards = self._choices("pick", page.choices)
        for made, choice in zip(cards, page.choices, strict=True):
            is_main = choice.key == page.main
            made.kind = "access" if choice.is_on else "primary" if is_main else "plain"
            made.sign = "check" if choice.is_on else ""
            made.least = 0 if page.is_list else 26
            made.may_slim = True
        self.sheet.words = (
            *([Block(self._sign, leaves=1)] if page.icon else []),
            *([Block(self._kicker)] if page.kicker else []),
            Block(self._title),
        )
        self.sheet.is_loose = not page.is_list
        self.sheet.content.items = self._paragraphs(*page.text.split("\n"))
        is_many = len(cards) > _FEW and all(len(choice.title) <= _SHORT for choice in page.choices)
        columns = 2 if page.is_list and not look.mode.larger else _abreast(look) if is_many else 1
        self.sheet.controls.items = tuple(Item(made, columns=columns, grows=0.5) for made in cards)


class Write(PagePieces):
    """Something is written. The hint leaves first, then of what was written all but its last lines.

    Upright the keys stand below what is written, else beside it: they are 20 mm wide and high where there is room for
    ten in a row, never less than `LEAST_KEY_MM`; where even that or a letter has no room, the left half of the keyboard
    stands above its right half.
    """

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._hint, self._typed, self._left = (
            make("PageTitle"),
            make("Body"),
            make("Written"),
            make("Body"),
        )
        self._elsewhere, self._code = make("Remark"), make("CodeRow")
        self._hint.tone = self._left.tone = "ink_soft"
        self._keys = Reserve(self._key)
        self._qr = ""

    def draw(self, page: WritePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        self._title.text, self._hint.text, self._left.text = page.title, page.hint, page.left
        self._typed.text = page.typed
        every = (*page.rows, *page.special)
        made = self._keys.take(len(every))
        for key, choice in zip(made, every, strict=True):
            key.target, key.title, key.icon = f"type:{choice.key}", choice.title, choice.icon
            key.possible = choice.is_available
            key.kind = "soft" if choice in page.special else "plain"
            if choice.is_on:
                key.kind = "access"
        signs, special = made[: len(page.rows)], made[len(page.rows) :]
        columns = self._columns(look, page.across)
        (find,) = self._choices("", (page.find,))
        find.kind = "primary"
        self.sheet.shares = (1 - BESIDE, 0.44, 0.3)
        self.sheet.words = (
            Block(self._title),
            Block(self._hint, leaves=1),
            *self._away(page),
            Block(self._typed, slims=2, parts=2),
            *([Block(self._left)] if page.left else []),
        )
        keys = (
            *(Item(one, columns=columns, grows=0.6, is_fixed=True) for one in _in_rows(signs, columns, page.across)),
            *(Item(one, columns=len(special), grows=0.6, is_fixed=True) for one in special),
        )
        self.sheet.controls.is_tight = True
        if look.portrait:
            self.sheet.controls.items = (*keys, Item(find, grows=0.1))
        else:
            self.sheet.content.items = (Item(find, grows=0.1),)
            self.sheet.controls.items = keys

    def forget(self) -> None:
        """Keep nothing of what was written."""
        self._typed.text = ""
        settle(self._typed)
        forget_words(self._typed)

    def _away(self, page: WritePage) -> list[Block]:
        """Return where whoever writes other letters can do so."""
        self._elsewhere.tone, self._elsewhere.title = "info", page.elsewhere
        if page.qr and page.qr != self._qr:
            self._qr, self._code.rows = page.qr, qr_rows(page.qr)
        blocks = [Block(self._elsewhere)] if page.elsewhere else []
        return [*blocks, Block(self._code)] if page.qr else blocks

    @staticmethod
    def _columns(look: Any, across: int) -> int:  # noqa: ANN401 - a Look
        """Return how many keys stand in a row: all, or half of them where a key or its letter would be too wide."""
        width = look.width * _INNER * (1 if look.portrait else BESIDE) - (0 if look.portrait else look.gap(5))
        each = (width - (across - 1) * look.gap(1)) / across
        return across if each >= max(look.mm(LEAST_KEY_MM), look.body) else across // 2

    def _key(self) -> Any:  # noqa: ANN401 - a widget
        made = make("TypeKey")
        made.bind(on_release=lambda it: self._touch(it.target))
        return made


class Review(PagePieces):
    """All that would be sent; a long text takes pages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title = make("PageTitle")

    def draw(self, page: ReviewPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        lines = self._lines(*({"label": label, "value": value} for label, value in page.facts))
        cards = self._choices("pick", page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._title),)
        self.sheet.content.items = tuple(Item(made, grows=0.1) for made in lines)
        self.sheet.controls.items = tuple(Item(made, grows=0.2) for made in cards)


class Receipt(PagePieces):
    """Number and code of a complaint. First what stands around the number leaves, then what to do with the QR."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._card, self._notice, self._code = (
            make("PageTitle"),
            make("NumberCard"),
            make("Remark"),
            make("CodeRow"),
        )
        self._qr = ""

    def draw(self, page: ReceiptPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        self._card.number, self._card.caption, self._card.code = page.number, page.caption, page.secret
        draw_banner(self._notice, page.paper)
        facts = self._lines(*({"label": label, "value": value, "strong": True} for label, value in page.facts))
        if page.qr and page.qr != self._qr:
            self._qr = page.qr
            self._code.rows = qr_rows(page.qr)
        self._code.caption = page.qr_caption
        cards = self._choices("pick", page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._title), Block(self._card, grows=0.2, slims=1, parts=2), Block(self._notice))
        self.sheet.extra = (
            *(Block(made) for made in facts),
            *([Block(self._code, grows=0.5, slims=2)] if page.qr else []),
        )
        self.sheet.controls.items = tuple(Item(made, grows=0.2) for made in cards)

    def forget(self) -> None:
        """Keep neither number nor code."""
        self._card.number = self._card.code = self._qr = ""
        self._code.rows = []
        for line in self._card.plain_lines():
            line.value = ""
            settle(line)
            forget_words(line)
        settle(self._card)
        forget_words(self._card)


class Case(PagePieces):
    """What became of a complaint: how it stands, then dates and words, which take pages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._notice = make("PageTitle"), make("Remark")

    def draw(self, page: CasePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        draw_banner(self._notice, page.state)
        lines = self._lines(*({"label": label, "value": value} for label, value in page.facts))
        cards = self._choices("pick", page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._title), Block(self._notice))
        self.sheet.content.items = tuple(Item(made, grows=0.1) for made in lines)
        self.sheet.controls.items = tuple(Item(made, grows=0.2) for made in cards)

    def forget(self) -> None:
        """Keep neither number nor to whom it went."""
        self._title.text = ""
        draw_banner(self._notice, None)
        for one in (self._title, self._notice, *self._notice.plain_lines()):
            settle(one)
            forget_words(one)


def feedback_pages(touch: Touch, supply: Supply) -> dict[type[Page], Widgets]:
    """Return the widgets of every page that a feedback kiosk has beside those of all kiosks."""
    return {
        FeedbackPage: Start(touch, supply),
        RestPage: Rest(touch, supply),
        FacesPage: Faces(touch, supply),
        AskPage: Ask(touch, supply),
        WritePage: Write(touch, supply),
        ReviewPage: Review(touch, supply),
        ReceiptPage: Receipt(touch, supply),
        CasePage: Case(touch, supply),
    }


def _in_rows(keys: list[Any], columns: int, across: int) -> list[Any]:
    """Return keys as they come row by row: all of each row, or all left halves before all right ones."""
    if columns == across:
        return keys
    rows = [keys[at : at + across] for at in range(0, len(keys), across)]
    return [key for half in (slice(0, columns), slice(columns, across)) for row in rows for key in row[half]]
