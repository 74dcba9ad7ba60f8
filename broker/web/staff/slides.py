"""The slides of a display: brought along, put into order, shown for some days, and taken out again.

A picture is read and written anew before it lies in the folder: whatever else was in the file stays outside, and so
does where and when it was taken. Its name is ours.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.slides import FILMS, MOST, MOST_PIXELS, PICTURES, SLIDES_FILE
from broker.language import Phrases
from broker.web.staff.access import TOKEN_FIELD, is_token
from broker.web.staff.desk import FORBIDDEN, Desk
from broker.web.staff.frame import Frame, Link
from broker.web.visitor.writing import Notice
from hardware.files import write_whole

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SLIDES = "/staff/rules/slides"
MOST_BYTES = 200 * 1024 * 1024
"""So much they take together."""
LARGEST = (3840, 2160)
QUALITY = 90
UPLOAD_S = 60.0
_KINDS = frozenset({"JPEG", "PNG", "WEBP", "GIF"})
_BAND_PIXELS = 1_000_000
"""So much of a picture is looked at at a time."""
_ORIENTATION, _ON_ITS_SIDE = 0x0112, frozenset({5, 6, 7, 8})
"""EXIF 2.32, 4.6.4 A: the tag, and those of its values by which height and width change places."""

log = logging.getLogger(__name__)


class Refusal(Enum):
    """Why nothing is done."""

    KIND = auto()
    LARGE = auto()
    MANY = auto()
    FULL = auto()
    UNREADABLE = auto()
    """What stands beside the slides would be lost."""
    NO_DAY = auto()
    BACKWARDS = auto()


class NotTakenError(Exception):
    """What was brought or pressed is not taken."""

    def __init__(self, why: Refusal) -> None:
        """Keep the reason."""
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True, slots=True)
class SlideRow:
    """One slide on its page."""

    name: str
    picture: str
    """Its address; empty for a film."""
    since: str
    until: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class SlidesPage:
    """All slides of a display."""

    title: str
    frame: Frame
    action: str
    back: Link
    intro: str
    elsewhere: str
    empty: str
    rows: tuple[SlideRow, ...]
    words: Mapping[str, str]
    may_add: bool
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class SlideFolder:
    """One folder. All of it blocks: on a thread of its own."""

    folder: Path

    def rows(self) -> list[Any]:
        """Return what lies there, in its order."""
        # The models of the configuration take 20 MB, which pages without supervisors have no use for.
        from broker.config.slides import read_slides  # noqa: PLC0415

        return read_slides(self.folder).all_of(self._names())

    def picture(self, name: str) -> bytes | None:
        """Return one picture; None for what is none of them."""
        if name not in self._names() or Path(name).suffix.lower() not in PICTURES:
            return None
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def add(self, raw: bytes, by: str, today: dt.date) -> None:
        """Take a picture. Raises NotTakenError, OSError."""
        names = self._names()
        if len(names) >= MOST:
            raise NotTakenError(Refusal.MANY)
        self._rows_to_change()
        picture = cleaned(raw)
        if sum((self.folder / name).stat().st_size for name in names) + len(picture) > MOST_BYTES:
            raise NotTakenError(Refusal.FULL)
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{today:%Y%m%d}-{secrets.token_hex(4)}.jpg"
        write_whole(self.folder / name, picture, durable=True)
        rows = self._rows_to_change()
        self._keep([*(row for row in rows if row.name != name), *self._changed(rows, name, by=by)])

    def remove(self, name: str) -> None:
        """Take a slide out. Raises NotTakenError, OSError."""
        rows = self._rows_to_change()
        if name in self._names():
            (self.folder / name).unlink(missing_ok=True)
            self._keep([row for row in rows if row.name != name])

    def move(self, name: str, places: int) -> None:
        """Put a slide so many places later, or earlier. Raises NotTakenError, OSError."""
        rows = self._rows_to_change()
        found = next((row for row in rows if row.name == name), None)
        if found is not None:
            at = rows.index(found)
            rows.remove(found)
            rows.insert(max(at + places, 0), found)
            self._keep(rows)

    def show(self, name: str, since: dt.date | None, until: dt.date | None, by: str) -> None:
        """Let a slide be shown from one day to another. Raises NotTakenError, OSError."""
        if since is not None and until is not None and until < since:
            raise NotTakenError(Refusal.BACKWARDS)
        rows = self._rows_to_change()
        changed = self._changed(rows, name, since=since, until=until, by=by)
        self._keep([changed[0] if row.name == name and changed else row for row in rows])

    def _rows_to_change(self) -> list[Any]:
        from broker.config.slides import slides_to_change  # noqa: PLC0415 - as above

        try:
            return slides_to_change(self.folder).all_of(self._names())
        except ValueError:
            raise NotTakenError(Refusal.UNREADABLE) from None

    @staticmethod
    def _changed(rows: Sequence[Any], name: str, **changes: object) -> list[Any]:
        return [row.model_copy(update=changes) for row in rows if row.name == name]

    def _names(self) -> list[str]:
        from broker.config.slides import slide_names  # noqa: PLC0415 - as above

        try:
            return slide_names(self.folder)
        except (OSError, ValueError):  # ValueError: no name of a folder
            return []

    def _keep(self, rows: Sequence[Any]) -> None:
        from broker.config.slides import Slides  # noqa: PLC0415 - as above

        write_whole(
            self.folder / SLIDES_FILE, Slides(slides=tuple(rows)).model_dump_json(indent=1).encode(), durable=True
        )


def cleaned(raw: bytes) -> bytes:
    """Return a picture as a JPEG of a display's size at most, with nothing else in it. Raises NotTakenError."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - takes memory that only this page needs

    try:
        with Image.open(BytesIO(raw), formats=sorted(_KINDS)) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NotTakenError(Refusal.LARGE)
            orientation = found.getexif().get(_ORIENTATION, 1)
            box = LARGEST[::-1] if orientation in _ON_ITS_SIDE else LARGEST
            found.draft("RGB", box)
            small = _on_white(found, box)
    except Image.DecompressionBombError:
        raise NotTakenError(Refusal.LARGE) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error):
        raise NotTakenError(Refusal.KIND) from None
    small.thumbnail(box)
    small.getexif()[_ORIENTATION] = orientation
    out = BytesIO()
    ImageOps.exif_transpose(small).save(out, "JPEG", quality=QUALITY, subsampling=0)
    return out.getvalue()


def _on_white(found: Picture, box: tuple[int, int]) -> Picture:
    """Return a picture on white, less than twice as large as a box: in bands, so that it is there at full size once."""
    from PIL import Image  # noqa: PLC0415 - as above

    factor = max(1, min(found.width, int(max(found.width / box[0], found.height / box[1]))))
    small = Image.new("RGB", (-(-found.width // factor), -(-found.height // factor)))
    rows = factor * max(1, _BAND_PIXELS // (found.width * factor))
    for top in range(0, found.height, rows):
        band = found.crop((0, top, found.width, min(top + rows, found.height))).convert("RGBA")
        flat = Image.new("RGB", band.size, "white")
        flat.paste(band, mask=band.getchannel("A"))
        small.paste(flat.reduce(factor), (0, top // factor))
    return small


# -- what is asked -----------------------------------------------------------------------------------------------------


async def shown(desk: Desk, display: str, folder: Path | None, *, notice: Notice | None = None) -> Response:
    """Show the slides of a display."""
    p = desk.p
    rows = [] if folder is None else await asyncio.to_thread(SlideFolder(folder).rows)
    today = desk.now.date()
    page = SlidesPage(
        title=p.say("Slides of {display}", display=display),
        frame=desk.frame("/staff/rules"),
        action=f"{SLIDES}/{display}",
        back=Link(f"/staff/rules/displays.{display}", display),
        intro=p.say(
            "They stand between the procedures while nobody is called, in this order, and appear within a minute."
        ),
        elsewhere=p.say(
            "A display on another machine shows what lies on its own: copy the folder {folder} there, with all that is"
            " in it.",
            folder="" if folder is None else str(folder),
        )
        if folder is not None
        else p.say(
            "This display has no folder for slides yet. Write one, such as slides, on the display's page; it counts"
            " after a restart of the display."
        ),
        empty=p.say("There are no slides yet."),
        rows=tuple(_row(p, display, row, today) for row in rows),
        words={
            "add": p.say("Another picture (JPEG, PNG, WebP or GIF, 12 MB at most)"),
            "send": p.say("Add this picture"),
            "films": p.say("Films are copied into the folder by whoever keeps the machine."),
            "since": p.say("From"),
            "until": p.say("Until"),
            "days": p.say("Keep these days"),
            "up": p.say("Earlier"),
            "down": p.say("Later"),
            "remove": p.say("Take out"),
        },
        may_add=folder is not None and len(rows) < MOST,
        notice=notice,
    )
    status = 422 if notice is not None and notice.kind == "error" else 200
    return desk.show("staff/slides.html", page, status=status)


def _row(p: Phrases, display: str, row: Any, today: dt.date) -> SlideRow:  # noqa: ANN401 - a `Slide`, whose models are loaded late
    is_film = Path(row.name).suffix.lower() in FILMS
    note = p.say("Film") if is_film else ""
    if row.until is not None and row.until < today:
        note = p.say("Over: it is not shown any more.")
    elif not row.is_of(today):
        note = p.say("Not shown yet.")
    return SlideRow(
        name=row.name,
        picture="" if is_film else f"{SLIDES}/{display}/{row.name}",
        since="" if row.since is None else row.since.isoformat(),
        until="" if row.until is None else row.until.isoformat(),
        note=note,
        by=p.say("by {officer}", officer=row.by) if row.by else "",
    )


async def changed(desk: Desk, display: str, folder: Path | None, turn: asyncio.Lock) -> Response:
    """Take a picture, or do what was pressed at one: in turn, for pictures take memory, and each press reads first."""
    staff = await desk.require("rules_technical")
    p = desk.p
    try:
        async with asyncio.timeout(UPLOAD_S):
            data = await desk.request.form(max_files=1, max_fields=8)
    except TimeoutError:
        raise HTTPException(408) from None
    try:
        if not is_token(staff, str(data.get(TOKEN_FIELD, ""))):
            raise HTTPException(FORBIDDEN)
        if folder is None:  # said to who may ask alone
            raise HTTPException(404)
        files, sent = SlideFolder(folder), data.get("picture")
        raw = await sent.read() if isinstance(sent, UploadFile) else b""
    finally:
        await data.close()
    act, name = str(data.get("do", "")), str(data.get("name", ""))
    try:
        async with turn:
            match act:
                case "add":
                    await asyncio.to_thread(files.add, raw, staff.id, desk.now.date())
                case "up" | "down":
                    await asyncio.to_thread(files.move, name, -1 if act == "up" else 1)
                case "remove":
                    await asyncio.to_thread(files.remove, name)
                case "days":
                    since, until = (_day(str(data.get(key, "")).strip()) for key in ("since", "until"))
                    await asyncio.to_thread(files.show, name, since, until, staff.id)
                case _:
                    raise HTTPException(404)
    except NotTakenError as error:
        return await shown(desk, display, folder, notice=Notice("error", _why(p, error.why, folder)))
    except OSError as error:
        why = p.say("The folder cannot be written: {why}", why=error.strerror or str(error))
        return await shown(desk, display, folder, notice=Notice("error", why))
    log.info("slides of %s: %s by %s", display, act, staff.id)
    return RedirectResponse(f"{SLIDES}/{display}", status_code=303)


async def handed_out(desk: Desk, folder: Path | None) -> Response:
    """Hand out one picture."""
    name = desk.request.path_params["name"]
    found = None if folder is None else await asyncio.to_thread(SlideFolder(folder).picture, name)
    if found is None:
        raise HTTPException(404)
    kind = Path(name).suffix.lower().lstrip(".").replace("jpg", "jpeg")
    return Response(found, media_type=f"image/{kind}", headers={"Cache-Control": "private, max-age=60"})


def _why(p: Phrases, why: Refusal, folder: Path) -> str:  # noqa: PLR0911 - one a reason
    match why:
        case Refusal.LARGE:
            return p.say("This picture is too large: 50 million pixels at most.")
        case Refusal.MANY:
            return p.say("There are {n} slides already: take one out first.", n=MOST)
        case Refusal.FULL:
            return p.say("The slides take too much room: take one out first.")
        case Refusal.UNREADABLE:
            return p.say(
                "Nothing was changed: order and days of the slides cannot be read. Whoever keeps the machine mends"
                " {file}, or takes it away: then all are shown by their names, on every day.",
                file=str(folder / SLIDES_FILE),
            )
        case Refusal.NO_DAY:
            return p.say("Please write a day, such as 2027-01-01.")
        case Refusal.BACKWARDS:
            return p.say("The last day comes before the first: nothing was changed.")
        case Refusal.KIND:
            return p.say("This is no picture that displays can show: JPEG, PNG, WebP or GIF, please.")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise NotTakenError(Refusal.NO_DAY) from None
