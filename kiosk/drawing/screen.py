"""Draws the screens of a kiosk on its panel and reports touches. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.uix.image import Image

from hardware.office_logo import Logo
from hardware.panel.look import Mode
from hardware.panel.targets import TargetsFile, targets
from hardware.panel.widgets import make
from hardware.typesetting import block
from hardware.typesetting.block import widest_piece
from kiosk.drawing.by_keys import Darkness, Focus
from kiosk.drawing.feedback import feedback_pages
from kiosk.drawing.fit import Block, Frame, breaks, is_turned, natural, place, settle
from kiosk.drawing.pages import Reserve, Supply, all_pages, draw_banner
from kiosk.drawing.pieces import HeadClock, Touch
from kiosk.pages.page import Banner, Bar, Header, Screen

RULES = Path(__file__).with_name("kiosk.kv")

_BAR = (
    ("back", "arrow_back", "plain"),
    ("access", "accessibility_new", "access"),
    ("help", "support_agent", "plain"),
    ("start_over", "restart_alt", "plain"),
)
"""The buttons below every page, from left to right: each has its place for ever."""


LINE = 1.4
"""The logo is as high as a line of the office's name."""


class KioskWidget:
    """The widgets of a kiosk, built once and updated. One thread: the screen's."""

    def __init__(
        self,
        touch: Touch,
        *,
        touched: Callable[[], None],
        targets: TargetsFile | None,
        pressed: Callable[[], None] = lambda: None,
        logo: Logo | None = None,
    ) -> None:
        """Build every page. `touch` gets the name of a touched target, `touched` hears of any touch at all.

        `pressed` hears in the same frame that a finger came down on something that can be touched.
        """
        self.root = make("KioskRoot")
        self._targets = targets
        self._screen: Screen | None = None
        self._drawn: object = None
        self._name = ""
        self._supply = Supply(touch)
        self._pages = all_pages(touch, self._supply) | feedback_pages(touch, self._supply)
        self._sheet: Any = None
        self._words: Sequence[Block] = ()
        """What is read on the page besides what is remarked."""
        self._header, self._bar = _Head(touch, logo), _Foot(touch)
        self._banner = make("Remark")
        self._stage = make("Stage")
        self._overlay = make("WarningOverlay")
        for made in (self._overlay.ids.stay, self._overlay.ids.leave):
            made.bind(on_release=lambda it: touch(it.target))
        for widget in (self._stage, self._header.widget, self._header.low, self._bar.widget, self._overlay):
            self.root.add_widget(widget)
        self._pressed = pressed
        self.focus = Focus(self.root)
        self._darkness = Darkness(lambda: touch("access:dark"))
        self.root.add_widget(self._darkness)
        self.root.bind(on_touch_down=self._finger_down)
        self._app = App.get_running_app()
        again = Clock.create_trigger(lambda _elapsed: self._arrange(), -1)
        self._app.fbind("look", lambda *_: again())
        self.root.bind(on_touched=lambda _root: touched(), size=lambda *_: again())

    def show(self, screen: Screen) -> None:
        """Draw a screen as its visitor wants to be met."""
        access = screen.access
        self._app.set_mode(Mode(larger=access.larger, contrast=access.contrast, low=access.low, rtl=screen.rtl))
        is_new = self._screen is None or self._screen.name != screen.name
        self._screen = screen
        if is_new:
            self._pages[type(screen.page)].sheet.begin()
        self._arrange()

    def forget(self) -> None:
        """Keep nothing of what a visitor wrote in widgets that are not seen now; then show what stands there again."""
        for page in self._pages.values():
            page.forget()
        self._supply.forget()
        self._drawn = None
        self._arrange()
        block.forget()

    def tell_targets(self) -> None:
        """Tell the outside where it can touch; also after the window changed its size."""
        if self._targets is not None:
            self._targets.changed(self.root, self._name)

    @property
    def mode(self) -> Mode:
        """Return how the screen is drawn now."""
        mode: Mode = self._app.look.mode
        return mode

    @property
    def has_pages(self) -> bool:
        """Tell whether what is on the screen takes several pages."""
        sheet = self._sheet
        return sheet is not None and max(len(sheet.content.pages), len(sheet.controls.pages)) > 1

    def turn_on(self) -> bool:
        """Turn to the next page of a list on the screen; tell whether there was one."""
        shelves = (self._sheet.content, self._sheet.controls) if self._sheet is not None else ()
        for shelf in shelves:
            if shelf.page + 1 < len(shelf.pages):
                shelf.turn(1)
                return True
        return False

    def stand_on(self, target: str) -> None:
        """Mark what whoever uses keys stands on, on whichever page of a list it is."""
        if target and self._sheet is not None:
            self._sheet.turn_to(target)
        self.focus.on(target)

    def turners(self) -> tuple[str, ...]:
        """Return the targets of the buttons that turn pages and would do so now."""
        return () if self._sheet is None else tuple(dict.fromkeys(made.target for made in self._sheet.turners()))

    def turn(self, target: str) -> bool:
        """Press the button that turns pages, if `target` is one; tell whether it is."""
        found = () if self._sheet is None else [made for made in self._sheet.turners() if made.target == target]
        for made in found:
            made.dispatch("on_release")
        self.focus.renew()
        return bool(found)

    def _finger_down(self, root: Any, touch: Any) -> None:  # noqa: ANN401 - Kivy's widgets and touches have no types
        """Tell of a finger on a target; what the touch does is the target's own affair."""
        x, y = touch.x, root.height - touch.y
        boxes = (box for _, box in targets(root, root.size))
        is_on_target = any(left <= x <= left + width and top <= y <= top + height for left, top, width, height in boxes)
        if is_on_target and not self._darkness.shown:
            self._pressed()

    def _arrange(self) -> None:
        """Write the screen and find a place for everything on it."""
        screen, look = self._screen, self._app.look
        whole = Frame(0, 0, *self.root.size)
        if screen is None or whole.width < 2 or whole.height < 2:  # noqa: PLR2004 - no window yet
            return
        drawn = (screen, look, whole)
        if drawn != self._drawn:
            self._drawn = drawn
            self._write(screen, look)
            self._fit(screen, look, whole)
        self._draw_warning(screen, whole)
        self._darkness.shown = screen.access.dark
        place(self._darkness, whole)
        self.focus.renew()
        self._name = screen.name if screen.warning is None else f"{screen.name}:idle"
        self.tell_targets()

    def _write(self, screen: Screen, look: Any) -> None:  # noqa: ANN401 - a Look
        page = self._pages[type(screen.page)]
        page.sheet.clear()
        page.draw(screen.page, look)
        for shelf in (page.sheet.content, page.sheet.controls):
            shelf.nav.say_before, shelf.nav.say_after = screen.turn_back, screen.turn_on
        self._words = page.sheet.words
        self._header.write(screen.header, screen)
        self._bar.write(screen.bar)
        for item in (*page.sheet.content.items, *page.sheet.controls.items):
            # Not the whole page: what cannot be done now can be read, also on its next page.
            item.widget.disabled = screen.is_blocked and hasattr(item.widget, "target")
        if page.sheet is not self._sheet:
            self._stage.clear_widgets()
            self._stage.add_widget(page.sheet)
            self._sheet = page.sheet

    def _fit(self, screen: Screen, look: Any, whole: Frame) -> None:  # noqa: ANN401 - a Look
        """Try with all of the head, then with what must stand there; at last the page takes several pages."""
        bar = self._bar.height(whole.width, look)
        place(self._stage, whole)
        below, above = self._bar.place(Frame(0, 0, whole.width, bar), look), whole.height - bar
        tries = [(False, False, "whole"), (True, False, "whole"), (True, True, "whole")]
        if screen.banner is not None and not (screen.banner.is_all or screen.is_blocked):
            # What can be answered is not to wait on another page for what is only remarked.
            tries += [(True, True, "title"), (True, True, "head"), (True, True, "own")]
        head = pills = 0.0

        def arranged(*, is_brief: bool, is_modest: bool, told: str) -> bool:
            nonlocal head, pills
            for widget in self._sheet.modest():
                widget.is_modest = is_modest
            self._remark(screen, told)
            head = self._header.height(whole.width, look, is_brief=is_brief)
            pills = self._header.low_height(look)
            _, rest = Frame(0, below, whole.width, above).cut_top(head)
            stage = Frame(rest.x, rest.y + pills, rest.width, rest.height - pills)
            across = min(look.gap(6), whole.width * 0.04)
            place(self._sheet, stage)
            is_last = (is_brief, is_modest, told) == tries[-1]
            return bool(self._sheet.arrange(stage.inset(across, look.gap(2.5)), look, is_last=is_last))

        is_whole = any(arranged(is_brief=one, is_modest=two, told=told) for one, two, told in tries)
        if not is_whole and self._sheet.asks_without_an_answer:
            self._write(screen, look)
            self._sheet.drop_heads()
            arranged(is_brief=True, is_modest=True, told=tries[-1][2])
        self._header.place(
            Frame(0, whole.height - head, whole.width, head), look, low=Frame(0, below, whole.width, pills)
        )
        settle(self.root)

    def _remark(self, screen: Screen, told: str) -> None:
        """Say what is remarked: as a whole, by its title, or in the head, where it stands on each of several pages.

        There in all languages, or, where that would be too high, in the first one alone.
        """
        banner = screen.banner
        is_here = banner is not None and told not in {"head", "own"}
        draw_banner(self._banner, banner if banner is None or told == "whole" else Banner(banner.tone, banner.title))
        self._sheet.words = (Block(self._banner), *self._words) if is_here else self._words
        languages = [] if banner is None or is_here else banner.title.split("\n")
        self._header.remark(" / ".join(languages[:1] if told == "own" else languages))

    def _draw_warning(self, screen: Screen, whole: Frame) -> None:
        overlay, warning = self._overlay, screen.warning
        overlay.shown = warning is not None
        for made in (self._stage, self._header.widget, self._header.low, self._bar.widget):
            made.disabled = warning is not None
        place(overlay, whole)
        if warning is None:
            return
        overlay.ids.title.text, overlay.ids.text.text = warning.title, warning.text
        overlay.ids.stay.title, overlay.ids.leave.title = warning.stay, warning.leave
        overlay.ids.stay.possible = bool(warning.stay)
        settle(overlay)
        look, box = self._app.look, overlay.ids.box
        center = whole.height / 2
        if look.mode.low:
            center = min(center, look.low_px - box.height / 2)
        box.center = whole.width / 2, max(box.height / 2, center)
        settle(overlay)


class _Head:
    """What stands on top: the office, the clock, the languages.

    The logo leaves first: where the name would need one more line for it. Then the date, then the office's name.
    """

    def __init__(self, touch: Touch, logo: Logo | None) -> None:
        self._logo: Any = None if logo is None else Image(source=logo.path, size_hint=(None, None), mipmap=True)
        self._logo_share = 0.0 if logo is None else logo.share
        self._logo_px = 0.0
        self.widget, self.low = make("KioskHeader"), make("KioskHeader")
        self._office, self._clock, self._status = (
            make("HeaderText"),
            HeadClock(lambda: touch("staff")),
            make("StatusText"),
        )
        self._pills = Reserve(lambda: _pill(touch))
        self._shown: list[Any] = []
        self._told = self._date = ""
        self._is_brief = False
        self._rows: list[list[Any]] = []

    def write(self, header: Header, screen: Screen) -> None:
        """Write it."""
        footer = screen.footer
        self._office.text, self._clock.text = header.office, header.clock
        sign = footer.staff if footer.is_connected else ""
        self._told, self._date = sign or footer.connection, header.date
        self.remark("")
        self._shown = self._pills.take(len(header.languages))
        for pill, choice in zip(self._shown, header.languages, strict=True):
            pill.target, pill.text = f"switch:{choice.key}", choice.title
            pill.chosen = choice.key == header.language

    def remark(self, title: str) -> None:
        """Say what is remarked besides, where the page has no room for it."""
        told = " \N{MIDDLE DOT} ".join(filter(None, (title, self._told)))
        self._status.text, self._is_status = told or self._date, bool(told)

    def height(self, width: float, look: Any, *, is_brief: bool) -> float:  # noqa: ANN401 - a Look
        """Return how high it has to be."""
        self._is_brief = self._clock.is_brief = is_brief
        settle(self._clock)
        for pill in self._shown:
            settle(pill)
        gap, across = look.gap(1.5), width - 2 * self._margin(width, look)
        pills = [] if look.mode.low else self._shown
        taken = self._clock.width + look.gap(3)
        office = 0.0
        self._one_row = not look.portrait or is_brief or not pills
        if self._one_row:
            taken += sum(pill.width + look.gap(2) for pill in pills)
        self._has_office = not is_brief
        self._logo_px = 0.0
        if not is_brief:
            room = max(look.body * 6, across - taken)
            office = natural(self._office, room)
            if room > across - taken or breaks(self._office):  # beside clock and languages it would stand nowhere
                self._has_office, office = False, 0.0
            else:
                self._logo_px = self._logo_room(office, room, look)
        first = max(office, self._clock.height, *(pill.height for pill in pills if self._one_row), 0)
        status = natural(self._status, across if self._one_row else max(1, across - self._pills_width(look)))
        self._is_beside = False
        self._third = 0.0
        if not self._one_row and breaks(self._status):
            # Beside the languages it would be cut: it stands below them.
            self._third = natural(self._status, across)
            status = 0.0
        second = 0.0
        self._has_status = self._is_status or (not is_brief and not self._one_row and bool(self._status.text))
        if self._one_row:
            # Where height is short it stands in the row of the clock, if that has room for it.
            self._is_beside = (
                is_brief and self._is_status and not self._is_below(look) and self._has_room(across - taken, first)
            )
            second = status if self._is_status and not self._is_beside else 0.0
        else:
            second = max(max((pill.height for pill in pills), default=0), status if self._has_status else 0)
            self._third = self._third if self._has_status else 0.0
        self._first, self._second = first, second
        if self._is_below(look):
            return second + look.gap(3) if second else 0.0
        third = self._third + gap if self._third else 0.0
        return float(first + second + (gap if second else 0) + third + look.gap(3))

    def _has_room(self, room: float, height: float) -> bool:
        """Tell whether the status stands in one row with clock and languages."""
        return room > 1 and natural(self._status, room) <= height and not breaks(self._status)

    def _logo_room(self, office: float, room: float, look: Any) -> float:  # noqa: ANN401 - a Look
        """Return how wide the logo stands before the name: 0 where the name would be higher or cut for its sake."""
        width = float(round(look.body * LINE) * self._logo_share)
        rest = room - width - look.gap(2)
        if self._logo is None or rest < look.body or natural(self._office, rest) > office or breaks(self._office):
            return 0.0
        return width

    def low_height(self, look: Any) -> float:  # noqa: ANN401 - a Look
        """Return how high the row of languages is that stands below the page in low mode; it may take the clock in."""
        return (
            max((pill.height for pill in self._shown), default=0) + look.gap(2) if look.mode.low and self._shown else 0
        )

    def place(self, frame: Frame, look: Any, *, low: Frame) -> None:  # noqa: ANN401, C901, PLR0912 - a Look; one row after the other
        """Put all of it there; in low mode the languages stand in a band of their own below the page."""
        place(self.widget, frame)
        place(self.low, low)
        margin, gap = self._margin(frame.width, look), look.gap(1.5)
        inner = Frame(frame.x + margin, frame.y, frame.width - 2 * margin, frame.height)
        above, below = [] if self._is_below(look) else [self._clock], list[Any]()
        row = Frame(inner.x, frame.top - gap - self._first, inner.width, self._first)
        right = inner.x + inner.width
        is_led = self._is_brief and not look.mode.low
        """Whether the clock stands first, where the office's name else begins."""
        self._clock.pos = round(right - self._clock.width), round(row.y + (row.height - self._clock.height) / 2)
        if is_led:
            self._clock.x = round(inner.x)
        else:
            right -= self._clock.width + look.gap(3)
        if not look.mode.low and self._one_row:
            right = self._row_of_pills(Frame(inner.x, row.y, right - inner.x, row.height), look)
            above += self._shown
        if self._is_beside:
            left = inner.x + (self._clock.width + look.gap(3) if is_led else 0)
            above.append(self._placed(self._status, Frame(left, row.y, right - left, row.height)))
        if self._has_office:
            left = inner.x
            if self._logo is not None and self._logo_px:
                self._logo.size = round(self._logo_px), round(look.body * LINE)
                self._logo.pos = round(left), round(row.y + (row.height - self._logo.height) / 2)
                above.append(self._logo)
                left += self._logo_px + look.gap(2)
            above.append(self._placed(self._office, Frame(left, row.y, right - left, row.height)))
        if self._second:
            below_that = self._third + gap if self._third else 0.0
            lower = Frame(inner.x, frame.y + gap + below_that, inner.width, self._second)
            left = inner.width
            if not look.mode.low and not self._one_row:
                left = self._row_of_pills(lower, look) - inner.x
                above += self._shown
            if self._third:
                above.append(self._placed(self._status, Frame(inner.x, frame.y + gap, inner.width, self._third)))
            elif self._has_status:
                above.append(self._placed(self._status, Frame(inner.x, lower.y, left, lower.height)))
        if look.mode.low and self._shown:
            below = [*self._shown]
            left = self._row_of_pills(Frame(low.x + margin, low.y, low.width - 2 * margin, low.height), look)
            if self._is_below(look) and left - low.x - margin >= self._clock.width:
                self._clock.pos = round(low.x + margin), round(low.y + (low.height - self._clock.height) / 2)
                below.append(self._clock)
        if is_turned(look):
            for one in (*above, *below):
                one.x = frame.x + frame.width - (one.x - frame.x) - one.width
        for band, wanted in ((self.widget, above), (self.low, below)):
            self._put(band, wanted)

    @staticmethod
    def _placed(words: Any, room: Frame) -> Any:  # noqa: ANN401 - a Text
        """Put words into the middle of a row's height."""
        height = natural(words, max(1, room.width))
        place(words, Frame(room.x, room.y + (room.height - height) / 2, max(1, room.width), height))
        return words

    def _is_below(self, look: Any) -> bool:  # noqa: ANN401 - a Look
        """Tell whether the clock stands in the row of languages, for want of room."""
        return bool(self._is_brief and look.mode.low and self._shown)

    @staticmethod
    def _put(band: Any, wanted: list[Any]) -> None:  # noqa: ANN401 - a widget
        if set(band.children) != set(wanted):
            band.clear_widgets()
            for one in wanted:
                if one.parent is not None:
                    one.parent.remove_widget(one)
                band.add_widget(one)

    def _pills_width(self, look: Any) -> float:  # noqa: ANN401 - a Look
        return float(sum(pill.width + look.gap(2) for pill in self._shown))

    def _row_of_pills(self, frame: Frame, look: Any) -> float:  # noqa: ANN401 - a Look
        """Put them at the end of a row; return where the room before them ends."""
        right = frame.x + frame.width
        for pill in reversed(self._shown):
            pill.pos = round(right - pill.width), round(frame.y + (frame.height - pill.height) / 2)
            right -= pill.width + look.gap(2)
        return right

    @staticmethod
    def _margin(width: float, look: Any) -> float:  # noqa: ANN401 - a Look
        return min(float(look.gap(6)), width * 0.04)


class _Foot:
    """The bar below every page: in one row, in two where a word would be cut."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("KioskBar")
        self._buttons = {}
        for target, icon, kind in _BAR:
            made = make("BarButton")
            made.target, made.icon, made.kind = target, icon, kind
            made.bind(on_release=lambda it: touch(it.target))
            self._buttons[target] = made
            self.widget.add_widget(made)
        self._columns = len(_BAR)
        self._widths: list[float] = []
        self._row = 0.0

    def write(self, bar: Bar) -> None:
        """Write the buttons; one that is not there now leaves its place to its neighbour."""
        for target, made in self._buttons.items():
            made.title = getattr(bar, target)
            made.disabled = not made.title

    def height(self, width: float, look: Any) -> float:  # noqa: ANN401 - a Look
        """Return how high the bar is."""
        inner = width - 2 * _Head._margin(width, look)  # noqa: SLF001 - head and foot have one margin
        one_row = [(len(_BAR), is_small) for is_small in (False, True)]
        if any(self._suits(way, inner, look, is_above=look.portrait) for way in one_row):
            return self._needed(look)
        # A lying panel has no height for two rows: as wide as its word needs, each may still stand in one.
        by_need = (False, True) if not look.portrait else ()
        if any(self._suits(one_row[0], inner, look, is_above=is_above, by_need=True) for is_above in by_need):
            return self._needed(look)
        for way in ((2, False), (2, True), (1, False)):
            if self._suits(way, inner, look, is_above=False):
                break
        return self._needed(look)

    def _suits(
        self,
        way: tuple[int, bool],
        inner: float,
        look: Any,  # noqa: ANN401 - a Look
        *,
        is_above: bool,
        by_need: bool = False,
    ) -> bool:
        """Measure the buttons in so many columns, small or not, signs above or beside; tell whether no word is cut."""
        self._columns, is_small = way
        room = inner - look.gap(2) * (self._columns - 1)
        self._widths = [room / self._columns] * self._columns
        if by_need:
            wanted = [_one_line(made, look, is_above=is_above) for made in self._buttons.values()]
            spare = room - sum(wanted)
            if spare < 0:
                return False
            self._widths = [one + spare / len(wanted) for one in wanted]
        for at, made in enumerate(self._buttons.values()):
            made.upright, made.is_small = is_above, is_small
            natural(made, self._widths[at % self._columns])
        self._row = max(made.needed for made in self._buttons.values())
        return not any(breaks(made) for made in self._buttons.values())

    def _needed(self, look: Any) -> float:  # noqa: ANN401 - a Look
        rows = len(_BAR) // self._columns
        return float(self._row * rows + look.gap(1.5) * (rows - 1) + look.gap(3))

    def place(self, frame: Frame, look: Any) -> float:  # noqa: ANN401 - a Look
        """Put the bar there; return its upper edge."""
        place(self.widget, frame)
        margin, gap = _Head._margin(frame.width, look), look.gap(2)  # noqa: SLF001 - the same
        begins = [sum(self._widths[:at]) + at * gap for at in range(self._columns)]
        buttons = list(self._buttons.values())
        for row, begin in enumerate(range(0, len(buttons), self._columns)):
            top = frame.top - look.gap(1.5) - row * (self._row + look.gap(1.5))
            for made, first, last in _spans(buttons[begin : begin + self._columns]):
                left, right = begins[first], begins[last] + self._widths[last]
                if is_turned(look):
                    left, right = (frame.width - 2 * margin - one for one in (right, left))
                place(made, Frame(frame.x + margin + left, top - self._row, right - left, self._row))
                settle(made)
        return frame.top


def _one_line(made: Any, look: Any, *, is_above: bool) -> float:  # noqa: ANN401 - a BarButton and a Look
    """Return how wide a button of the bar is whose words stand in one line; one that is not there needs a target."""
    words = widest_piece(made.title.replace(" ", "\u00a0"), size_px=look.body, bold=False) + look.gap(3)
    return float(max(look.touch, words if is_above else words + look.body * 1.1 + look.gap(2)))


def _spans(row: list[Any]) -> list[tuple[Any, int, int]]:
    """Return from which to which place each button reaches: its own, and those of absent ones beside it.

    Whoever knows the place of a button finds it there on every page, however many there are.
    """
    spans, begin = list[tuple[Any, int, int]](), 0
    for at, made in enumerate(row):
        if made.title:
            spans.append((made, begin, at))
            begin = at + 1
    if spans:
        last, first, _ = spans[-1]
        spans[-1] = last, first, len(row) - 1
    absent = [(made, at, at) for at, made in enumerate(row) if not made.title]
    return [*spans, *absent]


def _pill(touch: Touch) -> Any:  # noqa: ANN401 - a widget
    made = make("Pill")
    made.bind(on_release=lambda it: touch(it.target))
    return made
