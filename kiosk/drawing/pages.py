"""One class a page: its widgets, built once, and how a page is written into them. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import segno

from hardware.panel.lists import Pool
from hardware.panel.widgets import make
from kiosk.pages.page import (
    AccessPage,
    Banner,
    Choice,
    ConfirmPage,
    FoundPage,
    IssuingPage,
    LanePage,
    NumberPage,
    OfflinePage,
    Page,
    ProblemPage,
    RequirementsPage,
    ServicesPage,
    TicketPage,
    WelcomePage,
)

Touch = Callable[[str], None]
"""Gets the name of the touch target."""

_STEP_ICONS = ("person", "description", "confirmation_number")


def button(touch: Touch, **looks: Any) -> Any:  # noqa: ANN401 - Kivy's properties and widgets have no types
    """Return a button that reports its target."""
    made = make("BigButton")
    for name, value in looks.items():
        setattr(made, name, value)
    made.bind(on_release=lambda it: touch(it.target))
    return made


def draw_banner(notice: Any, banner: Banner | None) -> None:  # noqa: ANN401 - a Notice
    """Write a banner into a notice; none hides it."""
    if banner is not None:
        notice.tone = banner.tone
    notice.title = banner.title if banner else ""
    notice.text = banner.text if banner else ""


def draw_choices(pool: Pool, kind: str, choices: Sequence[Choice]) -> None:
    """Write choices into buttons, as many as there are."""
    for made, choice in zip(pool.take(len(choices)), choices, strict=True):
        made.target = f"{kind}:{choice.key}"
        made.title, made.subtitle, made.note = choice.title, choice.subtitle, choice.note
        made.badge, made.shape, made.lane = choice.letter, choice.shape, choice.lane


def draw_offers(pool: Pool, kind: str, choices: Sequence[Choice]) -> None:
    """Write choices that may be full or closed: those lie flat, lead nowhere, and their words stay as dark as all."""
    draw_choices(pool, kind, choices)
    for made, choice in zip(pool.take(len(choices)), choices, strict=True):
        made.kind, made.sign = ("plain", "arrow_forward") if choice.is_available else ("quiet", "")
        made.possible = choice.is_available
        made.opacity = 1


def draw_lane(line: Any, lane: Choice | None) -> None:  # noqa: ANN401 - a LaneLine
    """Write a lane's sign and name; none where there is one lane only."""
    line.opacity = 0 if lane is None else 1
    if lane is not None:
        line.ids.mark.letter, line.ids.mark.shape, line.ids.mark.lane = lane.letter, lane.shape, lane.lane
        line.ids.lane.text = lane.title


def draw_facts(pool: Pool, facts: Sequence[tuple[str, str]]) -> None:
    """Write labels and values."""
    for made, (label, value) in zip(pool.take(len(facts)), facts, strict=True):
        made.ids.label.text, made.ids.value.text = label, value


def strong_fact() -> Any:  # noqa: ANN401 - a widget
    """Return a fact whose value stands out."""
    fact = make("Fact")
    fact.strong = True
    return fact


class Welcome:
    """The start."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("WelcomePage")
        self.widget.ids.entry.bind(on_release=lambda it: touch(it.target))
        self._steps = Pool(self.widget.ids.steps, lambda: make("Step"))
        self._starts = Pool(
            self.widget.ids.choices,
            lambda: button(touch, kind="primary", sign="arrow_forward", size_role="title", size_hint_y=None),
        )

    def draw(self, page: WelcomePage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.first.text = page.titles[0]
        ids.second.text = "  /  ".join(page.titles[1:])
        ids.scan.text, ids.remark.text = page.scan, page.remark
        for made, icon, (first, second) in zip(self._steps.take(len(page.steps)), _STEP_ICONS, page.steps, strict=True):
            made.ids.icon.name, made.ids.first.text, made.ids.second.text = icon, first, second
        draw_choices(self._starts, "language", page.choices)
        ids.entry.title, ids.entry.subtitle = page.entry.title, page.entry.subtitle


class Services:
    """What do you come for."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("ServicesPage")
        self.widget.ids.entry.bind(on_release=lambda it: touch(it.target))
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, sign="arrow_forward"))

    def draw(self, page: ServicesPage) -> None:
        """Write the page."""
        self.widget.ids.title.text, self.widget.ids.hint.text = page.title, page.hint
        draw_offers(self._choices, "service", page.choices)
        self.widget.ids.entry.title, self.widget.ids.entry.subtitle = page.entry.title, page.entry.subtitle


class Requirements:
    """What the service needs."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("RequirementsPage")
        self.widget.ids.go_on.bind(on_release=lambda it: touch(it.target))
        self._documents = Pool(self.widget.ids.documents, lambda: make("DocumentLine"))
        self._facts = Pool(self.widget.ids.facts, lambda: make("Fact"))

    def draw(self, page: RequirementsPage) -> None:
        """Write the page; another service begins at its top."""
        ids = self.widget.ids
        if ids.title.text != page.title:
            ids.scroll.scroll_y = 1
        ids.letter.text, ids.title.text, ids.kicker.text = page.letter, page.title, page.kicker
        ids.heading.text, ids.source.text, ids.go_on.title = page.heading, page.source, page.go_on.title
        ids.go_on.possible = page.go_on.is_available
        for made, document in zip(self._documents.take(len(page.documents)), page.documents, strict=True):
            made.ids.words.text = document
        draw_facts(self._facts, page.facts)


class Lanes:
    """Which lane."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("LanePage")
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, sign="arrow_forward", size_hint_y=None))

    def draw(self, page: LanePage) -> None:
        """Write the page."""
        self.widget.ids.title.text, self.widget.ids.hint.text = page.title, page.hint
        draw_offers(self._choices, "lane", page.choices)


class Issuing:
    """A number is being asked for."""

    def __init__(self) -> None:
        self.widget = make("IssuingPage")

    def draw(self, page: IssuingPage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.title.text, ids.text.text, ids.busy.step = page.title, page.text, page.beat
        draw_banner(ids.notice, page.banner)


class TheTicket:
    """Take your ticket."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("TicketPage")
        self.widget.ids.done.bind(on_release=lambda it: touch(it.target))
        self._again = Pool(self.widget.ids.ways, lambda: button(touch, align="center", target="print_again"))
        self._facts = Pool(self.widget.ids.facts, strong_fact)
        self._qr = ""

    def draw(self, page: TicketPage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.title.text, ids.caption.text, ids.number.text = page.title, page.caption, page.number
        ids.service.text, ids.qr_caption.text = page.service, page.qr_caption
        ids.code_line.text = page.code
        ids.done.title, ids.done.subtitle = page.done.title, page.done.subtitle
        offered = () if page.again is None else (page.again,)
        for made, choice in zip(self._again.take(len(offered)), offered, strict=True):
            made.title = choice.title
        draw_lane(ids.lane_line, page.lane)
        draw_facts(self._facts, page.facts)
        draw_banner(ids.notice, page.paper)
        if page.qr != self._qr:
            self._qr = page.qr
            ids.code.rows = qr_rows(page.qr)


class Problems:
    """There is no number."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("ProblemPage")
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, align="center", size_hint_y=None))

    def draw(self, page: ProblemPage) -> None:
        """Write the page; the first way out is the one to take."""
        ids = self.widget.ids
        ids.title.text, ids.text.text, ids.advice.text = page.title, page.text, page.advice
        draw_choices(self._choices, "way", page.choices)
        for at, made in enumerate(self._choices.take(len(page.choices))):
            made.kind = "primary" if at == 0 else "plain"


class Offline:
    """Nothing can be done here now."""

    def __init__(self) -> None:
        self.widget = make("OfflinePage")
        self._words = Pool(self.widget.ids.words, lambda: make("OfflineWords"))

    def draw(self, page: OfflinePage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.icon.opacity, ids.busy.opacity = (0, 1) if page.is_starting else (1, 0)
        ids.busy.step = page.beat
        for made, (title, text) in zip(self._words.take(len(page.words)), page.words, strict=True):
            made.ids.title.text, made.ids.text.text = title, text


class Number:
    """Type the number of your ticket."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("NumberPage")
        ids = self.widget.ids
        ids.find.bind(on_release=lambda it: touch(it.target))
        self._letters = Pool(ids.letters, lambda: _key(touch))
        self._digits = Pool(ids.digits, lambda: _key(touch))

    def draw(self, page: NumberPage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.title.text, ids.hint.text, ids.typed.text = page.title, page.hint, page.typed
        ids.find.title, ids.find.possible = page.find.title, page.find.is_available
        draw_banner(ids.notice, page.banner)
        _draw_keys(self._letters, page.letters)
        _draw_keys(self._digits, page.digits)


class Found:
    """The ticket as it stands."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("FoundPage")
        self._facts = Pool(self.widget.ids.facts, strong_fact)
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, align="center", size_hint_y=None))

    def draw(self, page: FoundPage) -> None:
        """Write the page; what most people came for stands out."""
        ids = self.widget.ids
        ids.caption.text, ids.number.text, ids.service.text = page.caption, page.number, page.service
        draw_lane(ids.lane_line, page.lane)
        draw_facts(self._facts, page.facts)
        draw_banner(ids.notice, page.state)
        draw_choices(self._choices, "do", page.choices)
        main = page.choices[0] if page.choices[0].key == "rejoin" else page.choices[-1]
        for made, choice in zip(self._choices.take(len(page.choices)), page.choices, strict=True):
            made.kind = "primary" if choice is main else "plain"


class Confirm:
    """Are you sure."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("ConfirmPage")
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, align="center", size_hint_y=None))

    def draw(self, page: ConfirmPage) -> None:
        """Write the page; the answer that changes nothing comes first and stands out."""
        ids = self.widget.ids
        ids.title.text, ids.text.text, ids.advice.text = page.title, page.text, page.advice
        draw_choices(self._choices, "confirm", page.choices)
        for at, made in enumerate(self._choices.take(len(page.choices))):
            made.kind = "primary" if at == 0 else "plain"


class Ways:
    """How may we help you use this screen."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("AccessPage")
        self.widget.ids.done.bind(on_release=lambda it: touch(it.target))
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, size_hint_y=None))

    def draw(self, page: AccessPage) -> None:
        """Write the page; what is on stands out."""
        ids = self.widget.ids
        ids.title.text, ids.hint.text, ids.said.text, ids.done.title = page.title, page.hint, page.said, page.done.title
        draw_choices(self._choices, "access", page.choices)
        for made, choice in zip(self._choices.take(len(page.choices)), page.choices, strict=True):
            made.kind = "primary" if choice.is_on else "plain"


class Widgets(Protocol):
    """The widgets of one page, built once."""

    widget: Any

    def draw(self, page: Any) -> None:  # noqa: ANN401 - each takes the page that it is made for
        """Write the page into them."""
        ...


def all_pages(touch: Touch) -> dict[type[Page], Widgets]:
    """Return the widgets of every page there is, by the page that is written into them."""
    return {
        WelcomePage: Welcome(touch),
        ServicesPage: Services(touch),
        RequirementsPage: Requirements(touch),
        LanePage: Lanes(touch),
        IssuingPage: Issuing(),
        TicketPage: TheTicket(touch),
        ProblemPage: Problems(touch),
        NumberPage: Number(touch),
        FoundPage: Found(touch),
        ConfirmPage: Confirm(touch),
        OfflinePage: Offline(),
        AccessPage: Ways(touch),
    }


def qr_rows(text: str) -> list[str]:
    """Return the modules of a QR code for `text`, row by row, 1 for dark."""
    return ["".join("1" if dark else "0" for dark in row) for row in segno.make_qr(text, error="m").matrix]


def _key(touch: Touch) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
    made = make("Key")
    made.bind(on_release=lambda it: touch(it.target))
    return made


def _draw_keys(pool: Pool, keys: Sequence[Choice]) -> None:
    for made, key in zip(pool.take(len(keys)), keys, strict=True):
        is_word = len(key.title) > 1
        made.target = key.key if is_word else f"key:{key.key}"
        made.title, made.possible = key.title, key.is_available
        made.size_role = "body" if is_word else "title"
