"""What is wrong with a page as it is laid out, whoever drew it: found on the true widgets, said in figures.

Without an eye: type and targets against the sizes that their reader needs, boxes against each other, colours as drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from hardware.colours import EDGE_CONTRAST, ENOUGH_CONTRAST, HIGH_CONTRAST, Colour, contrast, over
from hardware.panel.look import TOUCH_MM, Look
from hardware.panel.painting import Box, Painted, Sign, Surface, Words, box_of, common, painted
from hardware.panel.scale import Reader, key_capital_mm, least_capital_mm
from hardware.panel.widgets import Drawn

FaultKind = Literal[
    "clipped",
    "cut_word",
    "overlap",
    "covered",
    "outside",
    "hidden",
    "small",
    "target",
    "reach",
    "contrast",
    "edge",
    "mute",
    "no_room",
    "behind",
]
"""clipped: words leave the box they have; cut_word: a word is broken within; overlap: two texts or targets are in one
place, or a text and a picture; covered: a surface lies over words; outside: not in the window; hidden: only scrolling
shows it; small: type under the least for its distance; target: too small to be hit; reach: above what low mode allows;
contrast: text or sign too like its ground; edge: the border of a control too like what lies around; mute: a control
without words or sign; no_room: nothing can be laid out at all (`check.NoRoomError`); behind: nothing
of what answers the page's question is seen before a page is turned (`check.behind`)."""

SLACK_PX = 2.0
"""Rounding is no fault."""
SLACK_SHARE = 0.01
"""Nor is a hair's breadth of type or target."""
TARGET_PX = 44.0
"""Least side of what an officer points at (WCAG 2.2, 2.5.5)."""
_VEIL = 0.5
"""A surface over the whole window that hides what lies below: nobody is to read or touch that."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `what` is the text, or the target's name; `needs` and `has` are in `unit`."""

    kind: FaultKind
    what: str
    needs: float
    has: float
    unit: Literal["px", "mm", ":1", ""] = "px"
    other: str = ""
    """What it shares its place with, or what lies over it."""

    def __str__(self) -> str:
        """Say it in one line."""
        with_other = f" with {self.other!r}" if self.other else ""
        return f"{self.kind} {self.what!r}{with_other}: needs {self.needs:.1f} {self.unit}, has {self.has:.1f}"


def layout_faults(root: Any, look: Look, reader: Reader, *, scrolls: bool = False) -> list[Fault]:  # noqa: ANN401 - any widget
    """Return all that is wrong with what `root` shows now. With `scrolls` a list may be longer than its view.

    A label is key text where its property `is_key` says so: its capitals then subtend 0.7 degrees. A control whose
    words alone show it, such as a row of a list or a link, has the property `bare`: it needs no border. One that may be
    smaller than other targets, such as a key among many, says so by `least_mm`.
    """
    window = look.width, look.height
    below, seen = _unveiled(list(painted(root, window)), window)
    words = [part for part in seen if isinstance(part, Words)]
    shown = [part for part in words if part.scrolled is None or _share(part.box, part.scrolled)]
    controls = _controls(root, seen)
    return [
        *_text_faults(words, look, reader, scrolls=scrolls),
        *_covered(seen, shown),
        *_overlaps(shown, [control for control in controls if _is_in_view(control, words)], words),
        *_on_pictures(seen, shown),
        *_control_faults(controls, words, seen, look, reader, scrolls=scrolls),
        *_contrasts(below, seen, look),
    ]


def _unveiled(seen: Sequence[Painted], window: tuple[float, float]) -> tuple[Sequence[Painted], Sequence[Painted]]:
    """Return what lies below the last veil over the whole window, and what is seen with it."""
    veil = 0
    for at, part in enumerate(seen):
        if isinstance(part, Surface) and _is_whole(part.box, window) and part.colour[3] > _VEIL:
            veil = at
    return seen[:veil], seen[veil:]


def _is_whole(box: Box, window: tuple[float, float]) -> bool:
    return box[0] <= 0 and box[1] <= 0 and box[2] >= window[0] and box[3] >= window[1]


def _controls(root: Any, seen: Sequence[Painted]) -> list[Any]:  # noqa: ANN401 - any widget
    """Return what can be touched of what is seen: not what a veil hides."""
    owners = {id(part.owner) for part in seen}
    return [
        widget
        for widget in root.walk(restrict=True)
        if getattr(widget, "target", "")
        and _is_shown(widget, root)
        and any(id(part) in owners for part in widget.walk(restrict=True))
    ]


def _is_in_view(control: Any, words: Sequence[Words]) -> bool:  # noqa: ANN401 - any widget
    """Tell whether a control in a list is scrolled into sight."""
    view = _view_of(control, words)
    return view is None or _share(box_of(control), view)


def _view_of(control: Any, words: Sequence[Words]) -> Box | None:  # noqa: ANN401 - the same
    """Return the view of the list that a control stands in, if it does."""
    views = (part.scrolled for part in words if part.scrolled is not None and _is_within(part.owner, control))
    return next(views, None)


def _is_shown(widget: Any, root: Any) -> bool:  # noqa: ANN401 - any widgets
    while widget is not root:
        if widget.opacity == 0 or widget.width < 1 or widget.height < 1:
            return False
        widget = widget.parent
    return bool(root.opacity)


def _text_faults(words: Sequence[Words], look: Look, reader: Reader, *, scrolls: bool) -> Iterator[Fault]:
    window = (0.0, 0.0, look.width, look.height)
    for part in words:
        label, box = part.owner, part.box
        if label._label.is_cut:  # noqa: SLF001 - Kivy has no public word for its core label
            yield Fault("cut_word", label.text, 0, label.width)
        if _leaves(box, window) and part.scrolled is None:
            yield Fault("outside", label.text, box[2] - box[0], look.width)
        elif _leaves(box, common(_room(label), part.frame)):
            room = common(_room(label), part.frame)
            tall = box[3] - box[1] > room[3] - room[1] + SLACK_PX or room[3] < box[3] - SLACK_PX or room[1] > box[1]
            needs, has = (box[3] - box[1], room[3] - room[1]) if tall else (box[2] - box[0], room[2] - room[0])
            yield Fault("clipped", label.text, needs, has)
        elif part.scrolled is not None and not scrolls and _leaves(box, part.scrolled):
            yield Fault("hidden", label.text, box[3] - box[1], part.scrolled[3] - part.scrolled[1])
        distance_mm = look.distance_mm
        key = bool(getattr(label, "is_key", False))
        least = key_capital_mm(distance_mm) if key else least_capital_mm(reader, distance_mm)
        # Kivy draws half pixels at best.
        has = look.scale.capital_mm(label.font_size)
        if has < least * (1 - SLACK_SHARE):
            yield Fault("small", label.text, least, has, "mm")


def _room(label: Any) -> Box:  # noqa: ANN401 - a Kivy label
    """Return the box of a label; what it cuts off itself, as its height is fixed, is no room."""
    left, bottom, right, top = box_of(label)
    # A label whose size its words do not follow is drawn in its middle and cuts nothing: its neighbours tell.
    if label.text_size[1] is None and label.height < label.texture_size[1]:
        middle = (bottom + top) / 2
        half = label.texture_size[1] / 2
        return left, middle - half, right, middle + half
    return left, bottom, right, top


def _leaves(box: Box, room: Box) -> bool:
    return (
        box[0] < room[0] - SLACK_PX
        or box[1] < room[1] - SLACK_PX
        or box[2] > room[2] + SLACK_PX
        or box[3] > room[3] + SLACK_PX
    )


def _covered(seen: Sequence[Painted], words: Sequence[Words]) -> Iterator[Fault]:
    places = {id(part): at for at, part in enumerate(seen)}
    surfaces = [
        (at, part, _surface_in_sight(part))
        for at, part in enumerate(seen)
        if isinstance(part, Surface) and part.colour[3] > _VEIL
    ]
    for part in words:
        here, place = _in_sight(part), places[id(part)]
        for at, later, there in surfaces:
            if at > place and _share(here, there):
                yield Fault("covered", part.owner.text, 0, _overlap(here, there), other=_name(later.owner))
                break


def _overlaps(words: Sequence[Words], controls: Sequence[Any], every: Sequence[Words]) -> Iterator[Fault]:
    boxes = {id(control): _control_in_sight(control, every) for control in controls}
    for one, other in combinations(words, 2):
        if _share(_in_sight(one), _in_sight(other)):
            overlap = _overlap(_in_sight(one), _in_sight(other))
            yield Fault("overlap", one.owner.text, 0, overlap, other=other.owner.text)
    for one, other in combinations(controls, 2):
        here, there = boxes[id(one)], boxes[id(other)]
        if _share(here, there) and not (_is_within(one, other) or _is_within(other, one)):
            yield Fault("overlap", one.target, 0, _overlap(here, there), other=other.target)
    for part in words:
        for control in controls:
            here, there = _in_sight(part), boxes[id(control)]
            if _share(here, there) and not _is_within(part.owner, control):
                yield Fault("overlap", part.owner.text, 0, _overlap(here, there), other=control.target)


def _in_sight(part: Words) -> Box:
    """Return where words are seen: of a line that is half out of its list, the half that is in."""
    return part.box if part.scrolled is None else common(part.box, part.scrolled)


def _surface_in_sight(surface: Surface | Sign) -> Box:
    """Return where a surface is seen: of one in a list, what is in its view."""
    widget, box = surface.owner, surface.box
    while widget is not None and widget.parent is not widget:
        if hasattr(widget, "viewport_size"):
            box = common(box, box_of(widget))
        widget = widget.parent
    return box


def _control_in_sight(control: Any, words: Sequence[Words]) -> Box:  # noqa: ANN401 - any widget
    view = _view_of(control, words)
    return box_of(control) if view is None else common(box_of(control), view)


def _on_pictures(seen: Sequence[Painted], words: Sequence[Words]) -> Iterator[Fault]:
    """Yield words that share their place with a picture, whichever lies over the other: neither can be read."""
    boxes: dict[int, tuple[Any, Box]] = {}
    for part in seen:
        if isinstance(part, Sign) or (isinstance(part, Surface) and isinstance(part.owner, Drawn)):
            here = _surface_in_sight(part)
            _, box = boxes.get(id(part.owner), (part.owner, here))
            far = max(box[2], here[2]), max(box[3], here[3])
            boxes[id(part.owner)] = part.owner, (min(box[0], here[0]), min(box[1], here[1]), *far)
    for owner, box in boxes.values():
        for part in words:
            if _share(_in_sight(part), box) and not _is_within(part.owner, owner):
                yield Fault("overlap", part.owner.text, 0, _overlap(_in_sight(part), box), other=_name(owner))


def _control_faults(
    controls: Sequence[Any],
    words: Sequence[Words],
    seen: Sequence[Painted],
    look: Look,
    reader: Reader,
    *,
    scrolls: bool,
) -> Iterator[Fault]:
    window = (0.0, 0.0, look.width, look.height)
    for control in controls:
        box, name = box_of(control), control.target
        view = _view_of(control, words)
        if not any(_is_within(part.owner, control) for part in words) and not _has_sign(control, seen):
            yield Fault("mute", name, 1, 0, "")
        if view is None and _leaves(box, window):
            yield Fault("outside", name, 0, 0)
        elif view is not None and not scrolls and _leaves(box, view):
            yield Fault("hidden", name, box[3] - box[1], view[3] - view[1])
        side = min(control.width, control.height)
        least_mm = getattr(control, "least_mm", TOUCH_MM)
        if reader is Reader.VISITOR and side < look.mm(least_mm) * (1 - SLACK_SHARE) - 1:
            yield Fault("target", name, least_mm, side / look.scale.px_per_mm, "mm")
        if reader is Reader.OFFICER and side < TARGET_PX - 1:
            yield Fault("target", name, TARGET_PX, side)
        if look.mode.low and box[3] > look.low_px + SLACK_PX:
            yield Fault("reach", name, look.low_px, box[3])


def _has_sign(control: Any, seen: Sequence[Painted]) -> bool:  # noqa: ANN401 - any widget
    return any(isinstance(part, Sign) and _is_within(part.owner, control) for part in seen)


def _contrasts(  # noqa: C901 - words, signs and borders, each with its own ground
    below: Sequence[Painted], seen: Sequence[Painted], look: Look
) -> Iterator[Fault]:
    enough = HIGH_CONTRAST if look.mode.contrast else ENOUGH_CONTRAST
    edges: dict[int, tuple[Any, Colour, list[Colour]]] = {}
    every = [*below, *seen]
    for at, part in enumerate(seen, start=len(below)):
        if isinstance(part, Words):
            if not _share(_in_sight(part), _in_sight(part)):
                continue
            ground = _ground(every[:at], _in_sight(part), look)
            ratio = contrast(over(part.colour, ground), ground)
            if ratio < enough:
                yield Fault("contrast", part.owner.text, enough, ratio, ":1")
        elif isinstance(part, Sign):
            ground = _ground(every[:at], part.box, look)
            ratio = contrast(over(part.colour, ground), ground)
            if ratio < EDGE_CONTRAST:
                yield Fault("contrast", part.owner.name, EDGE_CONTRAST, ratio, ":1")
        elif getattr(part.owner, "target", "") and not getattr(part.owner, "bare", False):
            owner = part.owner
            if id(owner) not in edges:
                edges[id(owner)] = owner, _ground(every[:at], box_of(owner), look), []
            _, ground, colours = edges[id(owner)]
            colours.append(over(part.colour, ground))
    for owner, ground, colours in edges.values():
        best = max(contrast(colour, ground) for colour in colours)
        if best < EDGE_CONTRAST and getattr(owner, "possible", True):
            yield Fault("edge", owner.target, EDGE_CONTRAST, best, ":1")


def _ground(below: Sequence[Painted], box: Box, look: Look) -> Colour:
    """Return the colour on which something at `box` is drawn, through all that is not opaque."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    through: list[Colour] = []
    for part in reversed(below):
        if not isinstance(part, Surface):
            continue
        left, bottom, right, top = _surface_in_sight(part)
        if left <= x <= right and bottom <= y <= top:
            through.append(part.colour)
            if part.colour[3] >= 1:
                break
    ground: Colour = look.theme.ground
    for colour in reversed(through):
        ground = over(colour, ground)
    return ground


def _share(one: Box, other: Box) -> bool:
    left, bottom, right, top = common(one, other)
    return right - left > SLACK_PX and top - bottom > SLACK_PX


def _overlap(one: Box, other: Box) -> float:
    left, bottom, right, top = common(one, other)
    return min(right - left, top - bottom)


def _is_within(widget: Any, ancestor: Any) -> bool:  # noqa: ANN401 - any widgets
    while widget is not None and widget is not ancestor:
        widget = widget.parent if widget.parent is not widget else None
    return widget is ancestor


def _name(widget: Any) -> str:  # noqa: ANN401 - any widget
    return getattr(widget, "target", "") or type(widget).__name__
