"""Who it is: signing in and out, one's own account, and the sessions that are open."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker import permissions
from broker.contract.messages import Error, StaffSession
from broker.language import Phrases, mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError, qr_svg
from broker.web.staff.access import BEFORE, Staff, is_asked_here
from broker.web.staff.desk import FORBIDDEN, Desk, Page, Section
from broker.web.staff.frame import OWN_ACCOUNT, Entry, Frame, refused
from broker.web.visitor.writing import Field, Notice, Option, away, mark_of, new_mark, read_line

MOST_DIGITS = 12
"""So many a PIN has; a password has something else in it."""
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
    code: Field
    send: str
    notice: Notice | None = None
    warning: str = ""
    """What plain HTTP means, where others could listen."""
    unsent: Field | None = None
    """What was written as the session ended."""
    training: str = ""
    """Whom to sign in as, where nobody's own name and PIN are known."""


def sign_in(
    p: Phrases,
    officer: str = "",
    notice: Notice | None = None,
    *,
    is_far: bool = False,
    unsent: str = "",
    training: str = "",
) -> SignInPage:
    """Return the page that asks who it is; `is_far` where the PIN would cross the network in plain."""
    kept = Field("unsent", p.say("What you wrote was not sent. Copy it before you sign in:"), unsent)
    warning = p.say(
        "This page came over the network without encryption: others in the same Wi-Fi could read your password. Use it"
        " only on the office's own wired network, never on the visitors' Wi-Fi."
    )
    return SignInPage(
        title=p.say("Staff"),
        intro=p.say("Sign in with your officer ID and your password, or the PIN of your counter if you have none."),
        officer=Field("officer", p.say("Officer ID"), officer, limit=64),
        pin=Field("pin", p.say("Password or PIN"), limit=128),
        code=Field(
            "code",
            p.say("Code from your phone"),
            hint=p.say("Six digits, if you have set up a second factor; else leave it empty."),
            limit=9,
        ),
        send=p.say("Sign in"),
        notice=notice,
        warning=warning if is_far else "",
        unsent=kept if unsent else None,
        training=training,
    )


def trainees(p: Phrases) -> str:
    """Return whom to sign in as in a training."""
    from broker.config import training  # noqa: PLC0415 - 20 MB that only a training's pages need

    return p.say(
        "Training: sign in as {supervisor} (supervisor) or {complaints} (complaints). The PIN is {pin}.",
        supervisor=training.SUPERVISOR,
        complaints=training.COMPLAINTS,
        pin=training.PIN,
    )


def sign_in_refused(p: Phrases, error: Error, now: dt.datetime) -> Notice:
    """Return why somebody was not let in."""
    if (locked := _locked(p, error)) is not None:
        return locked
    if error.code == "code_needed":
        text = p.say("Please enter ID, password and the six digits that your phone shows.")
        return Notice("error", p.say("A code from your phone is needed too."), text)
    if error.code == "wrong_code":
        return Notice("error", p.error("wrong_code"), _clock(p, now))
    if error.detail.get("is_sealed"):
        return Notice(
            "error",
            p.say("Your second factor cannot be checked now: the office's key is missing."),
            p.say("At a counter you can sign in as always. Please tell technical support: antrean doctor says more."),
        )
    if error.code in {"wrong_pin", "unknown_officer", "bad_request"}:
        return Notice("error", p.say("These do not fit together. Please enter ID and password or PIN again."))
    return Notice("error", p.error(error.code))


def _locked(p: Phrases, error: Error) -> Notice | None:
    """Return what is said where PIN, password or code was wrong too often; None where it was not."""
    locked_s = int(error.detail.get("locked_s") or 0)
    if locked_s <= 0:
        return None
    text = p.count(
        "It can be tried again in {n} minute, also with the right one. A supervisor can end that sooner.",
        "It can be tried again in {n} minutes, also with the right one. A supervisor can end that sooner.",
        -(-locked_s // 60),
    )
    return Notice("error", p.say("Too many wrong tries with PIN, password or code."), text)


def once_more(p: Phrases) -> Notice:
    """Return what is said where it is not known that the sign-in was sent from a page of ours."""
    return Notice(
        "error", p.say("Please sign in once more on this page."), p.say("The browser has to keep its cookies.")
    )


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
class ResetForm:
    """Takes away what an officer has lost."""

    title: str
    text: str
    officer: Field
    label: str
    options: tuple[Option, ...]
    reason: Field
    send: str


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
    reset: ResetForm | None = None


@dataclass(frozen=True, slots=True)
class FactorForm:
    """A second factor: begun, to be confirmed, or to be ended."""

    title: str
    text: str
    action: str
    """`begin`, `confirm` or `end`."""
    send: str
    is_danger: bool = False
    code: Field | None = None
    secret: str = ""
    """For whoever cannot scan; said once."""
    secret_label: str = ""


@dataclass(frozen=True, slots=True)
class PasswordForm:
    """A new password."""

    title: str
    text: str
    old: Field
    new: Field
    again: Field
    send: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Who somebody is here."""

    title: str
    frame: Frame
    mark: str
    facts: tuple[tuple[str, str], ...]
    password: PasswordForm
    factor: FactorForm
    sessions: SessionsPage
    notice: Notice | None = None


def account(
    p: Phrases,
    around: Frame,
    staff: Staff,
    listed: Sequence[StaffSession],
    *,
    zone: dt.tzinfo,
    factor: FactorForm | None = None,
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
        mark=new_mark(),
        facts=facts,
        password=_password_form(p, staff),
        factor=factor or _factor_form(p, staff),
        sessions=_page_of(p, around, listed, title=p.say("Your sessions"), intro=intro, zone=zone, back=HOME),
        notice=notice,
    )


def _password_form(p: Phrases, staff: Staff) -> PasswordForm:
    hint = p.say("At least 8 characters; a few words are easier to remember than signs. Not only digits.")
    has_one = staff.with_password
    return PasswordForm(
        title=p.say("Another password") if has_one else p.say("Take a password"),
        text=p.say("With a password you sign in at these pages by it alone. At counters the PIN stays as it is."),
        old=Field("old", p.say("Password so far") if has_one else p.say("The PIN of your counter"), limit=128),
        new=Field("new", p.say("New password"), hint=hint, limit=128),
        again=Field("again", p.say("The new one again"), limit=128),
        send=p.say("Save password"),
    )


def _factor_form(p: Phrases, staff: Staff, *, action: str = "", secret: str = "") -> FactorForm:
    """Return what may be done about the second factor now."""
    code = Field("code", p.say("Six digits from your phone"), limit=9)
    title = p.say("Second factor")
    if action == "confirm":
        scan = p.say(
            "Scan this with an app for one-time codes. It is shown once. Then enter the code that the app shows."
        )
        text = (
            scan if secret else p.say("Enter the code that the app shows now, or open this page again and begin anew.")
        )
        label = p.say("Or type this into the app:")
        return FactorForm(title, text, "confirm", p.say("Confirm"), code=code, secret=secret, secret_label=label)
    if staff.with_code:
        text = p.say("It is on: at every log-in you are asked for a code from your phone.")
        return FactorForm(title, text, "end", p.say("Switch it off"), is_danger=True, code=code)
    text = p.say(
        "Besides the password a code from an app on your phone: who knows your password alone does not come in."
    )
    return FactorForm(title, text, "begin", p.say("Set it up"))


def _reset_form(p: Phrases) -> ResetForm:
    options = (
        Option("lock", p.say("locked by wrong PINs")),
        Option("password", p.say("the password")),
        Option("totp", p.say("the second factor")),
    )
    return ResetForm(
        title=p.say("When somebody cannot sign in"),
        text=p.say(
            "What is lost counts no more, and all sessions of the officer end. The PIN of the counter lets them in."
        ),
        officer=Field("officer", p.say("Officer ID"), limit=64),
        label=p.say("What is lost"),
        options=options,
        reason=Field("reason", p.say("Why"), limit=500),
        send=p.say("Reset"),
    )


def weak(p: Phrases, error: Error) -> Notice:
    """Return why a password was not taken."""
    if (locked := _locked(p, error)) is not None:
        return locked
    if error.code == "wrong_pin":
        return Notice("error", p.say("The password or PIN so far is not right. Nothing was changed."))
    if error.code != "weak_password":
        return refused(p, error)
    reasons = {
        "short": p.say("It needs at least 8 characters."),
        "long": p.say("It has more than 128 characters."),
        "digits": p.say("It has digits alone: please add letters."),
        "equal": p.say("It is one character again and again."),
        "name": p.say("It is little more than your name or ID."),
        "common": p.say("It is one of those that are tried first."),
        "old": p.say("It is the one that you have."),
    }
    return Notice("error", p.say("This password was not taken."), reasons.get(str(error.detail.get("reason")), ""))


def _clock(p: Phrases, now: dt.datetime) -> str:
    return p.say("The office's clock says {time}. Your phone has to say the same.", time=p.clock(now))


def otpauth(secret: str, officer: str, office: str) -> str:
    """Return what an app for one-time codes scans (the format that Google Authenticator began)."""
    issuer = quote(f"Antrean {office}", safe="")
    return f"otpauth://totp/{issuer}:{quote(officer, safe='')}?secret={secret}&issuer={issuer}"


def all_sessions(
    p: Phrases,
    around: Frame,
    listed: Sequence[StaffSession],
    *,
    zone: dt.tzinfo,
    may_reset: bool,
    notice: Notice | None = None,
) -> SessionsPage:
    """Return everybody's sessions."""
    intro = p.say("Who is signed in at these pages. A session that is ended here is over at once, everywhere.")
    page = _page_of(p, around, listed, title=p.say("Sessions"), intro=intro, zone=zone, back=SESSIONS, notice=notice)
    return replace(page, reset=_reset_form(p)) if may_reset else page


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
                Page("/staff/in", self.ask, method="GET"),
                Page("/staff/in", self.sign_in, method="POST"),
                Page("/staff/out", self.sign_out, method="POST"),
                Page(HOME, self.account, "staff_sessions"),
                Page(SESSIONS, self.sessions, "sessions_of_others"),
                Page(f"{SESSIONS}/end", self.ended, "staff_revoke", "POST"),
                Page(f"{SESSIONS}/reset", self.reset, "staff_reset", "POST"),
                Page(f"{HOME}/password", self.password, "staff_password", "POST"),
                Page(f"{HOME}/totp", self.factor, "staff_totp", "POST"),
            ),
            (Entry(SESSIONS, mark("Sessions"), "sessions_of_others"),),
        )

    async def home(self, desk: Desk) -> Response:
        """Go to the first page that is somebody's own, or ask who it is."""
        if desk.known is not None:
            return RedirectResponse(desk.home, status_code=303)
        return sign_in_page(desk)

    async def ask(self, desk: Desk) -> Response:
        """Ask who it is, also of somebody who is signed in: the next one may sit there."""
        return sign_in_page(desk)

    async def sign_in(self, desk: Desk) -> Response:
        """Sign somebody in."""
        p, fields = desk.p, await desk.fields()
        if not is_asked_here(desk.request.cookies.get(desk.cookies.before), fields.get(BEFORE, "")):
            return sign_in_page(desk, read_line(fields, "officer"), once_more(p), FORBIDDEN)
        officer, known, code = read_line(fields, "officer"), fields.get("pin", ""), read_line(fields, "code")
        by = "pin" if known.isdecimal() and len(known) <= MOST_DIGITS else "password"
        try:
            more = {"code": code} if code else {}
            reply = await desk.ask("staff_in", {"officer": officer, by: known, "browser": desk.browser, **more})
        except AwayError:
            return sign_in_page(desk, officer, away(p, p.say("Sign in")), UNAVAILABLE)
        if reply.error is not None or reply.result is None:
            notice = sign_in_refused(p, reply.error or Error(code="wrong_pin", message=""), desk.now)
            return sign_in_page(desk, officer, notice, UNFINISHED)
        told = reply.result
        desk.known = staff = Staff(str(told["session"]), str(told["officer"]), str(told["role"]))
        answer = RedirectResponse(desk.home, status_code=303)
        answer.set_cookie(
            desk.cookies.session,
            staff.cookie(),
            max_age=int(permissions.SESSION_LASTS.total_seconds()),
            path="/staff",
            secure=desk.is_encrypted,
            httponly=True,
            samesite="strict",
        )
        answer.delete_cookie(desk.cookies.before, path="/staff", secure=desk.is_encrypted)
        return answer

    async def sign_out(self, desk: Desk) -> Response:
        """End the session; where the engine is away, in this browser at least: whoever leaves may not wait for it."""
        await desk.form()
        with contextlib.suppress(AwayError):
            await desk.ask("staff_out", {"session": desk.staff.session})
        answer = RedirectResponse("/staff", status_code=303)
        answer.delete_cookie(desk.cookies.session, path="/staff", secure=desk.is_encrypted)
        return answer

    async def account(self, desk: Desk) -> Response:
        """Show who is signed in, how, and where else."""
        return await self._account(desk)

    async def _account(
        self,
        desk: Desk,
        notice: Notice | None = None,
        status: int = 200,
        *,
        factor: FactorForm | None = None,
    ) -> Response:
        staff = await desk.require("staff_sessions")
        listed = [one for one in await _sessions(desk) if one.officer == staff.id]
        shown = account(desk.p, desk.frame(HOME), staff, listed, zone=desk.zone, factor=factor, notice=notice)
        secret = "" if factor is None else factor.secret
        qr = qr_svg(otpauth(secret, staff.id, desk.office_id) if secret else None)
        return desk.show("staff/account.html", shown, status=status, qr=qr)

    async def password(self, desk: Desk) -> Response:
        """Take another password."""
        p, fields = desk.p, await desk.form()
        old, new = fields.get("old", ""), fields.get("new", "")
        if not (old and new) or new != fields.get("again", ""):
            text = p.say("The new password has to be the same in both fields.")
            return await self._account(desk, Notice("error", p.say("Nothing was changed."), text), UNFINISHED)
        reply = await desk.reply("staff_password", {"old": old, "new": new}, mark_of(fields))
        if reply.error is not None:
            return await self._account(desk, weak(p, reply.error), UNFINISHED)
        return await self._account(desk, Notice("done", p.say("The password is saved. Sessions elsewhere are over.")))

    async def factor(self, desk: Desk) -> Response:
        """Begin, confirm or end a second factor."""
        p, fields = desk.p, await desk.form()
        action, code = fields.get("action", ""), read_line(fields, "code")
        if action not in {"begin", "confirm", "end"}:
            raise HTTPException(404)
        arguments = {"action": action, **({"code": code} if code else {})}
        reply = await desk.reply("staff_totp", arguments, mark_of(fields))
        if reply.error is not None:
            again = _factor_form(p, desk.staff, action="confirm") if action == "confirm" else None
            return await self._account(desk, sign_in_refused(p, reply.error, desk.now), UNFINISHED, factor=again)
        if action == "begin":
            secret = str((reply.result or {}).get("secret", ""))
            return await self._account(desk, factor=_factor_form(p, desk.staff, action="confirm", secret=secret))
        on = p.say("The second factor is on. Sessions elsewhere are over.")
        return await self._account(desk, Notice("done", on if action == "confirm" else p.say("It is switched off.")))

    async def reset(self, desk: Desk) -> Response:
        """Take away what an officer has lost."""
        p, fields = desk.p, await desk.form()
        arguments = {name: read_line(fields, name) for name in ("officer", "what", "reason")}
        reply = await desk.reply("staff_reset", arguments, mark_of(fields))
        await desk.require("sessions_of_others")
        if reply.error is None:
            is_lock = arguments["what"] == "lock"
            by_pin, at_once = mark("Done: the officer signs in by the PIN of the counter."), mark("The lock has ended.")
            done = p.say(at_once if is_lock else by_pin)
            return await self._all(desk, Notice("done", done))
        if reply.error.code == "bad_request":
            return await self._all(desk, Notice("error", p.say("Please say why: it is written down.")), UNFINISHED)
        return await self._all(desk, refused(p, reply.error), UNFINISHED)

    async def sessions(self, desk: Desk) -> Response:
        """List who is signed in."""
        return await self._all(desk)

    async def _all(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        may_reset, listed = desk.staff.may("staff_reset"), await _sessions(desk)
        shown = all_sessions(desk.p, desk.frame(SESSIONS), listed, zone=desk.zone, may_reset=may_reset, notice=notice)
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
    training = trainees(desk.p) if desk.is_training else ""
    page = sign_in(desk.p, officer, notice, is_far=desk.is_plain, unsent=unsent, training=training)
    before = desk.request.cookies.get(desk.cookies.before) or new_mark()
    answer = desk.show("staff/sign_in.html", page, status=status, before=(BEFORE, before))
    answer.set_cookie(
        desk.cookies.before, before, path="/staff", secure=desk.is_encrypted, httponly=True, samesite="strict"
    )
    return answer
