"""What a change of the rules looks like on the screens it touches, before it counts: pictures, and whether all fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.messages import HallMessage, HoursInfo, OfficeMessage, Ticket, Wait, WaitingGroup
from broker.language import Phrases, mark, own_name, words_of
from broker.web.guard import CONTENT_SECURITY_POLICY
from broker.web.page import WORDS, in_language
from broker.web.site import site_of
from broker.web.staff.desk import Desk
from broker.web.staff.frame import Frame
from broker.web.staff.pictures import Preview, Previews, ReportTold
from broker.web.staff.rules_screens import Shot, screen_name
from broker.web.visitor.lobby import lobby_page
from broker.web.visitor.ticket import Around, documents, ticket_page, why_others

MOST_SENTENCES = 6
"""So many texts that do not fit are named for one screen: whoever mends these mends most."""
PREVIEWS = "/staff/rules/previews"
_SCREENS = {
    "kiosk": mark("Kiosks"),
    "display": mark("Displays"),
    "counter": mark("Counters' windows"),
    "paper": mark("Tickets"),
    "phone": mark("Visitors' phones"),
}
_NO_ROOM = frozenset({"clipped", "outside", "cut_word", "hidden", "no_room", "overlap", "covered", "behind"})
MAY_FRAME = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}
"""Of a page that shows pages of phones within itself."""
_MAY_BE_FRAMED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, or one page of a phone; neither yet while both addresses are empty."""

    label: str
    picture: str = ""
    page: str = ""
    lost: str = ""
    """Why there is none."""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known so far of how a change looks."""

    url: str
    news: int
    is_over: bool
    status: str
    done: int
    of: int
    cancel: str
    label: str
    open: str
    """What opens it by itself, for browsers without JavaScript."""
    notes: tuple[str, ...]
    """What is not shown here, and why."""
    groups: tuple[tuple[str, tuple[Picture, ...]], ...]
    fits: tuple[str, ...]
    faults_label: str
    faults: tuple[str, ...]
    pending: str
    title: str = ""
    frame: Frame | None = None


def shown(p: Phrases, one: Preview, data: Mapping[str, Any], *, has_screen: bool, frame: Frame | None = None) -> Shown:
    """Return what is known of a preview, in words."""
    named = one.named()
    drawn = [name for name, shot in named.items() if shot.is_drawn]
    reported = {report.part for report in one.reports}
    done = 0 if one.refused else len(one.made) + len(one.lost) + (1 if one.seen.checks and one.is_over else 0)
    groups: dict[str, list[Picture]] = {}
    for name, shot in () if one.refused else named.items():
        lost = "" if not one.is_over or shot.screen == "phone" or name in one.made else p.say("No picture was made.")
        picture = Picture(
            screen_name(p, data, shot),
            f"{PREVIEWS}/{one.id}/{name}.png" if name in one.made else "",
            f"{PREVIEWS}/{one.id}/{name}/phone" if shot.screen == "phone" and one.office is not None else "",
            lost if name not in one.lost else p.say("No picture was made."),
            shot.screen in {"display", "counter"},
        )
        groups.setdefault(shot.screen, []).append(picture)
    faults = [sentence for report in one.reports for sentence in _sentences(p, report)]
    fits = [_fits(p, report) for report in one.reports if not report.faults]
    return Shown(
        url=f"{PREVIEWS}/{one.id}",
        news=one.news,
        is_over=one.is_over,
        status=_status(p, one, len(one.made), len(drawn)),
        done=done,
        of=len(drawn) + (1 if one.seen.checks else 0),
        cancel=p.say("Cancel: make no pictures"),
        label=p.say("On the screens"),
        open=p.say("Open the pictures by themselves"),
        notes=tuple(_notes(p, one, has_screen=has_screen)),
        groups=tuple((p.say(title), tuple(groups[screen])) for screen, title in _SCREENS.items() if screen in groups),
        fits=tuple(fits),
        faults_label=p.say("The office could not work by this:")
        if one.refused
        else p.say("This does not fit. Shorter words help. It can count all the same."),
        faults=one.refused or tuple(faults),
        pending=p.say("Whether every text fits is looked at after the pictures; it takes up to a minute.")
        if one.seen.checks and not reported and not one.is_over
        else "",
        title=p.say("On the screens"),
        frame=frame,
    )


def _status(p: Phrases, one: Preview, made: int, of: int) -> str:
    match one.state:
        case "waiting":
            return p.say("One moment, please.")
        case "running" if made < of:
            return p.say("{made} of {of} pictures are made.", made=made, of=of)
        case "running":
            return p.say("Looking whether every text fits.")
        case "cancelled":
            return p.say("Cancelled. The words above are right all the same.")
        case "done":
            return p.say("All is looked at.") if not one.refused else ""
        case _:
            return p.say("Not all could be drawn. The words above are right all the same.")


def _notes(p: Phrases, one: Preview, *, has_screen: bool) -> Iterator[str]:
    if one.seen.needs_screen and not has_screen:
        yield p.say(
            "This machine has no screen to draw kiosks, displays and counters on. Whoever keeps it can add one:"
            " apt-get install xvfb xdotool"
        )
    elif why := next((why for why in one.lost.values() if why), ""):
        yield p.say("Not drawn: {why}", why=why)
    for why in one.unchecked.values():
        if why:
            yield p.say("Whether all fits could not be looked at: {why}", why=why)


def _fits(p: Phrases, report: ReportTold) -> str:
    if report.known:
        return p.say(
            "{part}, {inches} inch: nothing more than before does not fit ({n} texts did not fit already).",
            part=report.part,
            inches=f"{report.panel.diagonal_in:g}",
            n=report.known,
        )
    return p.say("{part}, {inches} inch: everything fits.", part=report.part, inches=f"{report.panel.diagonal_in:g}")


def _sentences(p: Phrases, report: ReportTold) -> Iterator[str]:
    inches = f"{report.panel.diagonal_in:g}"
    texts = list(dict.fromkeys((fault.text, fault.language, fault.kind in _NO_ROOM) for fault in report.faults))
    for text, language, is_room in texts[:MOST_SENTENCES]:
        said = {"part": report.part, "inches": inches, "text": text, "language": own_name(language)}
        if is_room:
            yield p.say("{part}, {inches} inch ({language}): “{text}” does not fit.", **said)
        else:
            yield p.say("{part}, {inches} inch ({language}): “{text}” is too small to be read or pressed.", **said)
    if len(texts) > MOST_SENTENCES:
        yield p.say(
            "{part}, {inches} inch: and {n} more.", part=report.part, inches=inches, n=len(texts) - MOST_SENTENCES
        )


# -- what is asked -----------------------------------------------------------------------------------------------------


async def looked_at(desk: Desk, previews: Previews | None, data: Mapping[str, Any]) -> Response:
    """Show how far a preview is; nothing where a page knows all of it already."""
    one = _found(desk, previews)
    asked = desk.request.query_params.get("news")
    if previews is not None:
        previews.resume(one)
    has_screen = Previews.has_screen()
    if asked is not None:
        if asked == str(one.news):
            return Response(status_code=204)
        page = shown(desk.p, one, data, has_screen=has_screen)
        return desk.show("staff/rules_preview_part.html", page, token=desk.staff.token)
    page = shown(desk.p, one, data, has_screen=has_screen, frame=desk.frame("/staff/rules"))
    answer = desk.show("staff/rules_preview.html", page, token=desk.staff.token)
    answer.headers.update(MAY_FRAME)
    return answer


async def cancelled(desk: Desk, previews: Previews | None) -> Response:
    """End a preview."""
    await desk.form()
    await desk.require("rules_change")
    one = _found(desk, previews)
    if previews is not None:
        await previews.cancel(one)
    return RedirectResponse(f"{PREVIEWS}/{one.id}", status_code=303)


async def picture(desk: Desk, previews: Previews | None) -> Response:
    """Hand out a picture."""
    one = _found(desk, previews)
    made = None if previews is None else await previews.picture(one, desk.request.path_params["name"])
    if made is None:
        raise HTTPException(404)
    return Response(made, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


async def phone(desk: Desk, previews: Previews | None) -> Response:
    """Show a page as a visitor's phone would show it."""
    one = _found(desk, previews)
    shot = one.named().get(desk.request.path_params["name"])
    if shot is None or one.office is None or shot.is_drawn:
        raise HTTPException(404)
    offer = one.office
    words = words_of(WORDS, offer.languages)(shot.language)
    around: dict[str, Any] = {
        "words": words,
        "office": in_language(offer.office.name, shot.language),
        "languages": [],
        "rtl": words.rtl,
    }
    pages, now = site_of(desk.request).pages, one.at or desk.now
    if shot.page == "lobby":
        page = lobby_page(_hall(one, offer, now), offer, words, None, one.announcements)
        answer = pages.answer(desk.request, "lobby.html", page=page, links=[], headers=_MAY_BE_FRAMED, **around)
    else:
        ticket, told = _ticket(offer, shot, now), Around(words, now, offer, announced=one.announcements)
        answer = pages.answer(
            desk.request,
            "ticket.html",
            page=ticket_page(ticket, told),
            key="A" * 16,
            form_id="preview",
            as_of=told.as_of,
            why=why_others(ticket, told),
            documents=documents(ticket, told),
            headers=_MAY_BE_FRAMED,
            **around,
        )
    return answer


def _found(desk: Desk, previews: Previews | None) -> Preview:
    one = None if previews is None else previews.found(desk.request.path_params["preview"])
    if one is None:
        raise HTTPException(404)
    return one


def _hall(one: Preview, offer: OfficeMessage, now: dt.datetime) -> HallMessage:
    """Return an ordinary morning, or one with the hours that change."""
    hours = one.hours or HoursInfo(is_open=True, today=())
    waiting = tuple(
        WaitingGroup(
            stage=service.stages[0],
            service=service.id,
            lane=offer.lanes[0].id,
            count=3,
            wait=Wait(low_s=900, high_s=1800),
        )
        for service in offer.services
    )
    return HallMessage(revision=1, seq=1, at=now, day=now.date(), waiting=waiting, hours=hours)


def _ticket(offer: OfficeMessage, shot: Shot, now: dt.datetime) -> Ticket:
    """Return a ticket that was just taken for a service."""
    wanted = shot.page.removeprefix("ticket-")
    service = next((one for one in offer.services if one.id == wanted), offer.services[0])
    return Ticket(
        id="00000000-0000-4000-8000-000000000012",
        number=f"{service.letter}-012",
        service=service.id,
        lane=offer.lanes[0].id,
        stage=service.stages[0],
        state="waiting",
        language=shot.language,
        issued_at=now,
        waiting_since=now,
        ahead=4,
        wait=Wait(low_s=900, high_s=1800),
        qr="",
    )
