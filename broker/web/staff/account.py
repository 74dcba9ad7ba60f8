"""Who it is: signing in and out, one's own account, and the sessions that are open."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from broker import permissions
from broker.contract.messages import Error, StaffSession
from broker.language import Phrases, mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError
from broker.web.staff.access import COOKIE, Staff
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import OWN_ACCOUNT, Entry, Frame, refused
from broker.web.visitor.writing import Field, Notice, away, mark_of, new_mark, read_line

SESSION_S = 12 * 3600
ROLE = {
    permissions.OFFICER: mark("officer"),
    permissions.SUPERVISOR: mark("supervisor"),
    permissions.COMPLAINTS: mark("handles complaints"),
    permissions.TECHNICIAN: mark("technician"),
}
"""What one is."""
HOME, SESSIONS = OWN_ACCOUNT, "/staff/sessions"


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Asks who it is."""

    title: str
    intro: str
    officer: Field
    pin: Field
    send: str
    notice: Notice | None = None
    warning: str = ""
    """What plain HTTP means, where others could listen."""
    unsent: Field | None = None
    """What was written as the session ended."""


def sign_in(
    p: Phrases, officer: str = "", notice: Notice | None = None, *, is_far: bool = False, unsent: str = ""
) -> SignInPage:
    """Return the page that asks who it is; `is_far` where the PIN would cross the network in plain."""
    kept = Field("unsent", p.say("What you wrote was not sent. Copy it before you sign in:"), unsent)
    warning = p.say(
        "This page came over the network without encryption: others in the same Wi-Fi could read your PIN. Use it only"
        " on the office's own wired network, never on the visitors' Wi-Fi."
    )
    return SignInPage(
        title=p.say("Staff"),
        intro=p.say("Sign in with your officer ID and the PIN of your counter."),
        officer=Field("officer", p.say("Officer ID"), officer, limit=64),
        pin=Field("pin", p.say("PIN"), limit=12),
        send=p.say("Sign in"),
        notice=notice,
        warning=warning if is_far else "",
        unsent=kept if unsent else None,
    )


def sign_in_refused(p: Phrases, error: Error) -> Notice:
    """Return why somebody was not let in."""
    locked_s = int(error.detail.get("locked_s") or 0)
    if locked_s > 0:
        minutes = -(-locked_s // 60)
        return Notice(
            "error",
            p.say("Too many wrong PINs."),
            p.count(
                "No PIN is taken for {n} more minute. A supervisor can end that at a counter.",
                "No PIN is taken for {n} more minutes. A supervisor can end that at a counter.",
                minutes,
            ),
        )
    if error.code in {"wrong_pin", "unknown_officer", "bad_request"}:
        return Notice("error", p.say("Officer ID and PIN do not fit together. Please enter both again."))
    return Notice("error", p.error(error.code))


def signed_out(p: Phrases) -> Notice:
    """Return what is said where a session is over."""
    return Notice("error", p.say("You are signed out. Please sign in again: nothing was changed."))


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session that is open."""

    id: str
    who: str
    since: str
    is_own: bool
    own: str
    """In words, where it is the one that looks."""
    reason: Field


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Who is signed in without a counter."""

    title: str
    frame: Frame
    mark: str
    intro: str
    columns: tuple[str, ...]
    rows: tuple[SessionRow, ...]
    end: str
    back: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Who somebody is here."""

    title: str
    frame: Frame
    facts: tuple[tuple[str, str], ...]
    sessions: SessionsPage
    notice: Notice | None = None


def account(
    p: Phrases,
    around: Frame,
    staff: Staff,
    listed: Sequence[StaffSession],
    *,
    zone: dt.tzinfo,
    notice: Notice | None = None,
) -> AccountPage:
    """Return one's own account."""
    facts = (
        (p.say("Name"), staff.officer),
        (p.say("Officer ID"), staff.id),
        (p.say("Role"), p.say(ROLE[staff.role]) if staff.role in ROLE else staff.role),
    )
    intro = p.say("You are signed in here. A session ends by itself after 12 hours, and with the office day.")
    return AccountPage(
        title=p.say("Own account"),
        frame=around,
        facts=facts,
        sessions=_page_of(p, around, listed, title=p.say("Your sessions"), intro=intro, zone=zone, back=HOME),
        notice=notice,
    )


def all_sessions(
    p: Phrases, around: Frame, listed: Sequence[StaffSession], *, zone: dt.tzinfo, notice: Notice | None = None
) -> SessionsPage:
    """Return everybody's sessions."""
    intro = p.say("Who is signed in at these pages. A session that is ended here is over at once, everywhere.")
    return _page_of(p, around, listed, title=p.say("Sessions"), intro=intro, zone=zone, back=SESSIONS, notice=notice)


def _page_of(
    p: Phrases,
    around: Frame,
    listed: Sequence[StaffSession],
    *,
    title: str,
    intro: str,
    zone: dt.tzinfo,
    back: str,
    notice: Notice | None = None,
) -> SessionsPage:
    return SessionsPage(
        title=title,
        frame=around,
        mark=new_mark(),
        intro=intro,
        columns=(p.say("Who"), p.say("Since"), p.say("End it")),
        rows=tuple(_row(p, one, zone) for one in listed),
        end=p.say("End session"),
        back=back,
        notice=notice,
    )


def _row(p: Phrases, one: StaffSession, zone: dt.tzinfo) -> SessionRow:
    role = p.say(ROLE[one.role]) if one.role in ROLE else one.role
    return SessionRow(
        id=one.id,
        who=f"{one.name} ({role})",
        since=p.clock(one.since.astimezone(zone)),
        is_own=one.is_own,
        own=p.say("this one") if one.is_own else "",
        reason=Field("reason", p.say("Why"), limit=500),
    )


# -- what is asked -------------------------------------------------------------------------------------------------


class AccountPages:
    """The door, and what everybody does about their own account."""

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page("/staff", self.home),
                Page("/staff/in", self.sign_in, method="POST"),
                Page("/staff/out", self.sign_out, method="POST"),
                Page(HOME, self.account, "staff_sessions"),
                Page(SESSIONS, self.sessions, "sessions_of_others"),
                Page(f"{SESSIONS}/end", self.ended, "staff_revoke", "POST"),
            ),
            (Entry(SESSIONS, mark("Sessions"), "sessions_of_others"),),
        )

    async def home(self, desk: Desk) -> Response:
        """Go to the first page that is somebody's own, or ask who it is."""
        if desk.known is not None:
            return RedirectResponse(desk.home, status_code=303)
        return sign_in_page(desk)

    async def sign_in(self, desk: Desk) -> Response:
        """Sign somebody in."""
        p, fields = desk.p, await desk.fields()
        officer = read_line(fields, "officer")
        try:
            reply = await desk.ask("staff_in", {"officer": officer, "pin": read_line(fields, "pin")})
        except AwayError:
            return sign_in_page(desk, officer, away(p, p.say("Sign in")), UNAVAILABLE)
        if reply.error is not None or reply.result is None:
            notice = sign_in_refused(p, reply.error or Error(code="wrong_pin", message=""))
            return sign_in_page(desk, officer, notice, UNFINISHED)
        told = reply.result
        desk.known = staff = Staff(str(told["session"]), str(told["officer"]), str(told["role"]))
        answer = RedirectResponse(desk.home, status_code=303)
        answer.set_cookie(
            COOKIE,
            staff.cookie(),
            max_age=SESSION_S,
            path="/staff",
            secure=desk.request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    async def sign_out(self, desk: Desk) -> Response:
        """End the session; where the engine is away, in this browser at least: whoever leaves may not wait for it."""
        await desk.form()
        with contextlib.suppress(AwayError):
            await desk.ask("staff_out", {"session": desk.staff.session})
        answer = RedirectResponse("/staff", status_code=303)
        answer.delete_cookie(COOKIE, path="/staff")
        return answer

    async def account(self, desk: Desk) -> Response:
        """Show who is signed in, how, and where else."""
        return await self._account(desk)

    async def _account(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        listed = [one for one in await _sessions(desk) if one.officer == desk.staff.id]
        shown = account(desk.p, desk.frame(HOME), desk.staff, listed, zone=desk.zone, notice=notice)
        return desk.show("staff/account.html", shown, status=status)

    async def sessions(self, desk: Desk) -> Response:
        """List who is signed in."""
        return await self._all(desk)

    async def _all(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        shown = all_sessions(desk.p, desk.frame(SESSIONS), await _sessions(desk), zone=desk.zone, notice=notice)
        return desk.show("staff/sessions.html", shown, status=status)

    async def ended(self, desk: Desk) -> Response:
        """End a session, or all of an officer."""
        p, fields = desk.p, await desk.form()
        arguments = {"of": read_line(fields, "of"), "reason": read_line(fields, "reason")}
        reply = await desk.reply("staff_revoke", arguments, mark_of(fields))
        staff = await desk.require("staff_sessions")
        show = self._all if staff.may("sessions_of_others") and fields.get("back") == SESSIONS else self._account
        if reply.error is None:
            return await show(desk, Notice("done", p.say("The session is over.")))
        if reply.error.code == "bad_request":
            return await show(desk, Notice("error", p.say("Please say why: it is written down.")), UNFINISHED)
        return await show(desk, refused(p, reply.error), UNFINISHED)


async def _sessions(desk: Desk) -> list[StaffSession]:
    told = await desk.found("staff_sessions", {})
    return [StaffSession.model_validate(one) for one in told.get("sessions", ())]


def sign_in_page(
    desk: Desk, officer: str = "", notice: Notice | None = None, status: int = 200, *, unsent: str = ""
) -> Response:
    """Return the page that asks who it is."""
    page = sign_in(desk.p, officer, notice, is_far=desk.is_plain, unsent=unsent)
    return desk.show("staff/sign_in.html", page, status=status)
