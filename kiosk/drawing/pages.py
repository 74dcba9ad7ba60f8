"""One class a page: its widgets, built once, and how a page is written into them. Import after `window.prepare`.

In which order things leave a page that has no room for all of it stands here, at each block (see docs/kiosk.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import segno

from hardware.panel.text import forget_words
from hardware.panel.widgets import make
from kiosk.drawing.fit import Block, Item, Sheet, settle
from kiosk.drawing.pieces import Tiles, Touch, card, write_choice
from kiosk.pages.page import (
    AccessPage,
    Banner,
    Choice,
    ConfirmPage,
    FoundPage,
    HelpPage,
    IssuingPage,
    LanePage,
    MissingPage,
    MorePage,
    NumberPage,
    OfflinePage,
    Page,
    ProblemPage,
    RequirementsPage,
    RulePage,
    Section,
    ServicesPage,
    StaffPage,
    TicketPage,
    WelcomePage,
)


class Reserve:
    """Like widgets that are built when they are first needed, and used again."""

    def __init__(self, build: Any) -> None:  # noqa: ANN401 - a call that returns a widget
        self._build = build
        self._widgets: list[Any] = []

    def take(self, count: int) -> list[Any]:
        """Return the first `count` of them."""
        while len(self._widgets) < count:
            self._widgets.append(self._build())
        return self._widgets[:count]

    @property
    def made(self) -> tuple[Any, ...]:
        """Return all that were built so far."""
        return tuple(self._widgets)


class Widgets(Protocol):
    """The widgets of one page, built once."""

    sheet: Any

    def draw(self, page: Any, look: Any) -> None:  # noqa: ANN401 - each takes the page that it is made for
        """Write the page into them."""
        ...

    def forget(self) -> None:
        """Keep nothing of what a visitor wrote or was given."""
        ...


class Supply:
    """The cards and lines of all pages: one page is seen at a time, and building them takes longest."""

    def __init__(self, touch: Touch) -> None:
        self.cards = Reserve(lambda: card(touch))
        self.lines = Reserve(lambda: make("ReadLine"))
        # As many as most pages need: no visitor waits for them.
        self.cards.take(READY)
        self.lines.take(READY)

    def forget(self) -> None:
        """Keep nothing of what was read on their lines and cards."""
        for made in self.cards.made:
            made.title = made.subtitle = made.note = ""
            settle(made)
            forget_words(made)
        for line in self.lines.made:
            for one in (line, *line.spare):
                one.label = one.value = ""
                settle(one)
                forget_words(one)


READY = 10
PLAIN_CARD = {"kind": "plain", "sign": "", "size_role": "body", "least": 0, "may_slim": False}
PLAIN_LINE = {"label": "", "value": "", "icon": "", "has_icon": False, "strong": False, "tone": "ink"}


class PagePieces:
    """What all pages share: a sheet, cards for choices, lines for words."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        self.sheet = Sheet()
        self._touch = touch
        self._supply = supply

    def _choices(self, kind: str, choices: Sequence[Choice], **looks: Any) -> list[Any]:  # noqa: ANN401 - properties
        """Return a card for each choice."""
        made = self._supply.cards.take(len(choices))
        for one, choice in zip(made, choices, strict=True):
            write_choice(one, f"{kind}:{choice.key}" if kind else choice.key, choice)
            for name, value in (PLAIN_CARD | looks).items():
                setattr(one, name, value)
        return made

    def _lines(self, *lines: Mapping[str, object]) -> list[Any]:
        """Return a line to be read for each: its label, value and icon."""
        made = self._supply.lines.take(len(lines))
        for one, says in zip(made, lines, strict=True):
            for name, value in {**PLAIN_LINE, **says}.items():
                setattr(one, name, value)
        return made

    def _paragraphs(self, *texts: str) -> list[Item]:
        """Return texts to be read, as lines of a list: they take pages where they have to."""
        return [Item(one, grows=0) for one in self._lines(*({"value": text} for text in texts if text))]

    def forget(self) -> None:
        """Keep nothing: most pages show nothing of a visitor's own."""


def draw_banner(notice: Any, banner: Banner | None) -> None:  # noqa: ANN401 - a Notice
    """Write a banner into a notice; none hides it."""
    if banner is not None:
        notice.tone = banner.tone
    notice.title = banner.title if banner else ""
    notice.text = banner.text if banner else ""


class Welcome(PagePieces):
    """The start. First the remark on scanning leaves, then the figures, then the title in the other languages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._others, self._scan, self._tiles = make("PageTitle"), make("Body"), make("Body"), Tiles()
        self._others.tone = "ink_soft"
        self._figures = Reserve(lambda: make("Tile"))

    def draw(self, page: WelcomePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        self._title.text, self._others.text = page.titles[0], "  /  ".join(page.titles[1:])
        self._scan.text = page.scan
        tiles = self._figures.take(len(page.figures))
        for tile, figure in zip(tiles, page.figures, strict=True):
            tile.value, tile.label, tile.others = figure.value, figure.label, figure.others
        self._tiles.show(tiles, look.gap(2.5), 3)
        entries = () if page.entry is None else (page.entry,)
        cards = self._choices("", (*page.choices, *entries), sign="arrow_forward")
        starts, entry = cards[: len(page.choices)], cards[len(page.choices) :]
        for made, choice in zip(starts, page.choices, strict=True):
            made.target, made.size_role, made.least = f"language:{choice.key}", "title", 34
            made.may_slim = True
        starts[0].kind = "primary"
        for made in entry:
            made.may_slim = True
        self.sheet.words = (
            Block(self._title),
            *([Block(self._others, leaves=3)] if self._others.text else []),
            *([Block(self._tiles, leaves=2)] if tiles else []),
            *([Block(self._scan, leaves=1)] if page.scan else []),
        )
        self.sheet.controls.items = (
            *(Item(one, grows=1.4) for one in starts),
            *(Item(one, grows=0.2) for one in entry),
        )


class Services(PagePieces):
    """What do you come for. The hint leaves first; then services stand on several pages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self.sheet.shares = (0.3, 0.36, 0.24)
        self.sheet.is_list = True
        self._title, self._hint = make("PageTitle"), make("Body")
        self._hint.tone = "ink_soft"
        self._groups = Reserve(lambda: make("GroupName"))

    def draw(self, page: ServicesPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        self._title.text, self._hint.text = page.title, page.hint
        columns = 1 if look.portrait else 2
        entries = () if page.entry is None else (page.entry,)
        cards = self._choices("", (*page.choices, *entries))
        services, entry = cards[: len(page.choices)], cards[len(page.choices) :]
        names = list(dict.fromkeys(choice.group for choice in page.choices if choice.group))
        heads = dict(zip(names, self._groups.take(len(names)), strict=True))
        items, group = [], ""
        for made, choice in zip(services, page.choices, strict=True):
            made.target = f"service:{choice.key}"
            if choice.group != group and choice.group:
                heads[choice.group].text = choice.group
                items.append(Item(heads[choice.group], grows=0, is_head=True))
            group = choice.group
            items.append(Item(made, columns=columns, grows=0.5))
        for made in entry:
            made.kind = "soft"
        self.sheet.words = (Block(self._title), Block(self._hint, leaves=1))
        self.sheet.content.items = tuple(items)
        self.sheet.controls.items = tuple(Item(made, grows=0) for made in entry)


class Requirements(PagePieces):
    """What the service needs, to be checked off. The hint leaves first; then the list stands on several pages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._kicker, self._title, self._heading = make("Body"), make("PageTitle"), make("Body")
        self._kicker.tone, self._kicker.bold, self._heading.tone = "primary", True, "ink_soft"
        self.sheet.shares = (0.62, 0.55)

    def draw(self, page: RequirementsPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._kicker.text, self._title.text, self._heading.text = page.kicker, page.title, page.heading
        told = (*page.facts, *((("", page.source),) if page.source else ()))
        lines = self._lines(
            *({"value": document, "icon": "check_box_outline_blank", "has_icon": True} for document in page.documents),
            *({"label": label, "value": value} for label, value in told),
        )
        answers = (page.go_on,) if page.missing is None else (page.go_on, page.missing)
        cards = self._choices("", answers, sign="arrow_forward")
        cards[0].kind = "primary"
        self.sheet.words = (
            Block(self._kicker),
            Block(self._title),
            *([Block(self._heading, leaves=1)] if page.documents else []),
        )
        self.sheet.content.items = tuple(Item(made, grows=0.15) for made in lines)
        self.sheet.controls.items = tuple(Item(made, grows=0.3) for made in cards)


class Missing(PagePieces):
    """Something is missing: what to do."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._said = make("PageTitle"), make("Remark")
        self.sheet.is_loose = True

    def draw(self, page: MissingPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        draw_banner(self._said, page.said)
        cards = self._choices("missing", page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._title), *([Block(self._said)] if page.said else []))
        self.sheet.content.items = self._paragraphs(page.text)
        self.sheet.controls.items = tuple(Item(made, grows=0.3) for made in cards)


class Lanes(PagePieces):
    """Are you entitled to priority. Its grounds stand side by side, then one below the other, then on several pages."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title = make("PageTitle")
        self._grounds = Reserve(lambda: make("Tile"))

    def draw(self, page: LanePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        tiles = self._grounds.take(len(page.grounds))
        for made, ground in zip(tiles, page.grounds, strict=True):
            made.icon, made.label = ground.icon, ground.text
            made.fill, made.edge, made.ink = "access_soft", "access", "access"
        more = (page.more,) if page.more is not None else ()
        cards = self._choices("lane", (*page.choices, *more), sign="arrow_forward")
        lanes = cards[: len(page.choices)]
        self.sheet.words = (Block(self._title),)
        self.sheet.content.items = (*(Item(made, columns=3, grows=0.3) for made in tiles), *self._paragraphs(page.rule))
        self.sheet.content.is_showy = True
        for made, choice in zip(lanes, page.choices, strict=True):
            made.size_role = "title" if not choice.subtitle else "body"
        for made in cards[len(lanes) :]:
            made.target, made.kind, made.sign, made.icon, made.size_role = "rule", "quiet", "", "gavel", "body"
        self.sheet.controls.items = (
            # Before the pictograms: an answer begins in the upper half of what everybody reaches.
            *(Item(made, grows=1.2) for made in lanes),
            *(Item(made, grows=0) for made in cards[len(lanes) :]),
        )


class Rule(PagePieces):
    """Who may take which lane."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title = make("PageTitle")
        self.sheet.is_loose = True

    def draw(self, page: RulePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        lines = self._lines(*({"label": name, "value": text} for name, text in page.texts))
        (done,) = self._choices("rule", (page.done,))
        done.kind = "primary"
        self.sheet.words = (Block(self._title),)
        self.sheet.content.items = tuple(Item(made, grows=0) for made in lines)
        self.sheet.controls.items = (Item(done, grows=0.3),)


class Issuing(PagePieces):
    """Something is being asked of the engine. The ring leaves first."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._busy, self._title, self._notice = make("Waiting"), make("PageTitle"), make("Remark")
        self._title.halign = "center"
        self.sheet.is_loose = True

    def draw(self, page: IssuingPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text, self._busy.step = page.title, page.beat
        draw_banner(self._notice, Banner(page.banner.tone, page.banner.title) if page.banner else None)
        self.sheet.words = (
            Block(self._busy, leaves=1),
            Block(self._title),
            *([Block(self._notice)] if page.banner else []),
        )
        self.sheet.content.items = self._paragraphs(page.text, page.banner.text if page.banner else "")


class TheTicket(PagePieces):
    """Take your ticket. What to do, the number, the time of the call and the QR never leave.

    First what stands around the number leaves, then what to do with the QR, then how many are before, then what
    became of the paper: the title says it too.
    """

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._card, self._notice, self._code = (
            make("PageTitle"),
            make("NumberCard"),
            make("Remark"),
            make("CodeRow"),
        )
        self._qr = ""

    def draw(self, page: TicketPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        _write_number(self._card, page.number, page.caption, page.service, page.lane, page.code)
        draw_banner(self._notice, page.paper)
        facts = self._lines(*({"label": label, "value": value, "strong": True} for label, value in page.facts))
        if page.qr != self._qr:
            self._qr = page.qr
            self._code.rows = qr_rows(page.qr)
        self._code.caption = page.qr_caption
        again = (page.again,) if page.again is not None else ()
        cards = self._choices("", (page.done, *again))
        cards[0].kind = "primary"
        *ahead, call = [Block(made) for made in facts]
        self.sheet.words = (Block(self._title), Block(self._card, grows=0.3, slims=1, parts=2))
        self.sheet.extra = (
            *(Block(block.widget, leaves=3) for block in ahead),
            call,
            Block(self._notice, leaves=4),
            Block(self._code, grows=0.8, slims=2),
        )
        self.sheet.controls.items = tuple(Item(made, grows=0.2) for made in cards)


class Problems(PagePieces):
    """It came to nothing: why, and what to do. The sign leaves first."""

    kind = "way"

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._sign, self._title = make("Waiting"), make("PageTitle")
        self._sign.is_busy = False
        self.sheet.is_loose = True

    def draw(self, page: ProblemPage | ConfirmPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page; the first way out is the one to take."""
        del look
        self._title.text = page.title
        cards = self._choices(self.kind, page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._sign, leaves=1), Block(self._title))
        self.sheet.content.items = self._paragraphs(page.text, page.advice)
        self.sheet.controls.items = tuple(Item(made, grows=0.3) for made in cards)


class Confirm(Problems):
    """Are you sure. The answer that changes nothing comes first and stands out."""

    kind = "confirm"


class EveryLanguage(PagePieces):
    """Words in every language below a sign, which leaves first."""

    def __init__(self, touch: Touch, supply: Supply, sign: str) -> None:
        super().__init__(touch, supply)
        self.sign = make(sign)
        self._titles, self._bodies = Reserve(lambda: make("PageTitle")), Reserve(lambda: make("Body"))
        self.sheet.is_loose = True

    def write(self, words: Sequence[tuple[str, str]]) -> None:
        """Write a title and what stands below it, for each language."""
        titles, bodies = self._titles.take(len(words)), self._bodies.take(len(words))
        items = []
        for title, body, (first, second) in zip(titles, bodies, words, strict=True):
            title.text, body.text = first, second
            items += [Item(title, grows=0, is_head=True), Item(body, grows=0.4)]
        self.sheet.words = (Block(self.sign, leaves=1),)
        self.sheet.content.items = tuple(items)


class Offline(EveryLanguage):
    """Nothing can be done here now."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply, "Waiting")

    def draw(self, page: OfflinePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self.sign.is_busy, self.sign.step = page.is_starting, page.beat
        self.write(page.words)


class Number(PagePieces):
    """Type the number of your ticket. The hint leaves first."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._hint, self._notice, self._typed = (
            make("PageTitle"),
            make("Body"),
            make("Remark"),
            make("Typed"),
        )
        self._hint.tone = "ink_soft"
        self._letters, self._digits = Reserve(lambda: _key(touch)), Reserve(lambda: _key(touch))

    def draw(self, page: NumberPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        self._title.text, self._hint.text, self._typed.text = page.title, page.hint, page.typed
        draw_banner(self._notice, page.banner)
        letters, digits = self._letters.take(len(page.letters)), self._digits.take(len(page.digits))
        rows = (_TIGHT_UPRIGHT if look.portrait else _TIGHT_BESIDE) * (1.25 if look.mode.larger else 1.0)
        is_tight = min(look.height, look.low_px) < look.touch * rows
        # In long rows as on a keyboard, the word last; where there is room as on a telephone.
        keys = sorted(page.digits, key=lambda key: (len(key.title), key.title == "0")) if is_tight else page.digits
        for made, key in zip((*letters, *digits), (*page.letters, *keys), strict=True):
            is_word = len(key.title) > 1
            made.target = f"{page.kind}:{key.key}" if page.kind == "pin" or not is_word else key.key
            made.title, made.possible = key.title, key.is_available
            made.icon = "backspace" if is_word else ""
        (find,) = self._choices("", (page.find,), sign="arrow_forward")
        find.kind = "primary"
        if page.kind == "pin":
            find.target = f"pin:{page.find.key}"
        across = _across(len(letters), look, most=5 if is_tight or look.portrait else 6)
        self.sheet.words = (
            Block(self._title),
            *([Block(self._hint, leaves=1)] if page.hint else []),
            *([Block(self._notice)] if page.banner else []),
            Block(self._typed),
        )
        self.sheet.controls.items = (
            *(Item(made, columns=across, grows=0.4, is_fixed=True) for made in letters),
            *(
                # Of two rows the first one stays with the other.
                Item(made, columns=6 if is_tight else 3, grows=0.4, is_fixed=True, is_head=is_tight and at == 0)
                for at, made in enumerate(digits)
            ),
            Item(find, grows=0.2),
        )

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self._typed.text = ""
        settle(self._typed)
        forget_words(self._typed)


class Found(PagePieces):
    """The ticket as it stands, and what its holder may do. What stands around the number leaves first."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._notice, self._card = make("Remark"), make("NumberCard")

    def draw(self, page: FoundPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page; what most people came for stands out."""
        del look
        draw_banner(self._notice, page.state)
        _write_number(self._card, page.number, page.caption, page.service, page.lane, "")
        facts = self._lines(*({"label": label, "value": value, "strong": True} for label, value in page.facts))
        cards = self._choices("do", page.choices)
        main = page.choices[0] if page.choices[0].key == "rejoin" else page.choices[-1]
        for made, choice in zip(cards, page.choices, strict=True):
            made.kind = "primary" if choice is main else "plain"
        self.sheet.words = (Block(self._notice), Block(self._card, grows=0.3, slims=1, parts=2))
        self.sheet.extra = tuple(Block(made, leaves=2 if at < len(facts) - 1 else 0) for at, made in enumerate(facts))
        self.sheet.controls.items = tuple(Item(made, grows=0.3) for made in cards)


class More(PagePieces):
    """What else there is to know of a ticket, on as many pages as it takes."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title = make("PageTitle")
        self.sheet.shares = (0.62, 0.55)

    def draw(self, page: MorePage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        says = [*_said_of(page.sections)]
        (done,) = self._choices("more", (page.done,))
        done.kind = "primary"
        self.sheet.words = (Block(self._title),)
        self.sheet.content.items = tuple(
            Item(made, grows=0.05, is_head="strong" in said)
            for made, said in zip(self._lines(*says), says, strict=True)
        )
        self.sheet.controls.items = (Item(done, grows=0.3),)


def _said_of(sections: Sequence[Section]) -> Iterator[Mapping[str, object]]:
    """Yield each heading and each line below it, as a line to be read says it."""
    for section in sections:
        yield {"value": section.heading, "strong": True}
        yield from ({"value": text, "icon": icon, "has_icon": bool(icon)} for icon, text in section.lines)


class Ways(PagePieces):
    """How may we help you use this screen. The hint leaves first."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._hint, self._said = make("PageTitle"), make("Body"), make("Remark")
        self._hint.tone = "ink_soft"

    def draw(self, page: AccessPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page; what is on stands out."""
        del look
        self._title.text, self._hint.text = page.title, page.hint
        draw_banner(self._said, Banner("good", page.said) if page.said else None)
        *cards, done = self._choices("access", (*page.choices, page.done))
        for made, choice in zip(cards, page.choices, strict=True):
            made.kind, made.may_slim = "access" if choice.is_on else "plain", True
            made.sign = "check_box" if choice.is_on else "check_box_outline_blank"
        done.kind = "primary"
        self.sheet.words = (
            Block(self._title),
            Block(self._hint, leaves=1),
            *([Block(self._said, leaves=2)] if page.said else []),
        )
        self.sheet.controls.items = (*(Item(made, grows=0.4) for made in cards), Item(done, grows=0.1))


class Help(PagePieces):
    """Shall somebody come."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._notice = make("PageTitle"), make("Remark")
        self.sheet.is_loose = True

    def draw(self, page: HelpPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        draw_banner(self._notice, page.banner)
        cards = self._choices("help", page.choices)
        cards[0].kind = "primary"
        self.sheet.words = (Block(self._title), *([Block(self._notice)] if page.banner else []))
        self.sheet.content.items = self._paragraphs(page.text)
        self.sheet.controls.items = tuple(Item(made, grows=0.5) for made in cards)


class StaffMenu(PagePieces):
    """What staff see of the kiosk, and can do."""

    def __init__(self, touch: Touch, supply: Supply) -> None:
        super().__init__(touch, supply)
        self._title, self._said = make("PageTitle"), make("Remark")

    def draw(self, page: StaffPage, look: Any) -> None:  # noqa: ANN401 - a Look
        """Write the page."""
        del look
        self._title.text = page.title
        draw_banner(self._said, page.said)
        lines = self._lines(*({"label": label, "value": value} for label, value in page.facts))
        cards = self._choices("staff", page.choices)
        self.sheet.words = (Block(self._title), *([Block(self._said)] if page.said else []))
        self.sheet.content.items = tuple(Item(made, grows=0) for made in lines)
        self.sheet.controls.items = tuple(Item(made, grows=0.2) for made in cards)


def all_pages(touch: Touch, supply: Supply) -> dict[type[Page], Widgets]:
    """Return the widgets of every page of every kiosk, by the page that is written into them."""
    return {
        WelcomePage: Welcome(touch, supply),
        ServicesPage: Services(touch, supply),
        RequirementsPage: Requirements(touch, supply),
        MissingPage: Missing(touch, supply),
        LanePage: Lanes(touch, supply),
        RulePage: Rule(touch, supply),
        IssuingPage: Issuing(touch, supply),
        TicketPage: TheTicket(touch, supply),
        ProblemPage: Problems(touch, supply),
        NumberPage: Number(touch, supply),
        FoundPage: Found(touch, supply),
        MorePage: More(touch, supply),
        ConfirmPage: Confirm(touch, supply),
        OfflinePage: Offline(touch, supply),
        AccessPage: Ways(touch, supply),
        HelpPage: Help(touch, supply),
        StaffPage: StaffMenu(touch, supply),
    }


def qr_rows(text: str) -> list[str]:
    """Return the modules of a QR code for `text`, row by row, 1 for dark."""
    return ["".join("1" if dark else "0" for dark in row) for row in segno.make_qr(text, error="m").matrix]


def _write_number(made: Any, number: str, caption: str, service: str, lane: Choice | None, code: str) -> None:  # noqa: ANN401, PLR0917 - a NumberCard and what stands on it
    made.number, made.caption, made.service, made.code = number, caption, service, code
    made.lane_name = lane.title if lane is not None else ""
    if lane is not None:
        made.lane_letter, made.lane_shape, made.lane = lane.letter, lane.shape, lane.lane


def _key(touch: Touch) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
    made = make("KeyButton")
    made.bind(on_release=lambda it: touch(it.target))
    return made


_TIGHT_UPRIGHT, _TIGHT_BESIDE = 18, 10
"""A panel that is not so many targets high has no room for figures in rows of three."""


def _across(count: int, look: Any, *, most: int) -> int:  # noqa: ANN401 - a Look
    """Return how many letters stand in a row: none narrower than a target has to be."""
    fit = int((min(look.width, look.height) * 0.9 + look.gap(2.5)) / (look.touch + look.gap(2.5)))
    return max(1, min(count, fit, most))
