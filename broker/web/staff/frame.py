"""What stands around the staff's pages: navigation by role, a wall without it, and pages of one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from broker import permissions
from broker.contract.messages import Error
from broker.language import Phrases, mark
from broker.web.office import Office
from broker.web.staff.access import Staff
from broker.web.visitor.writing import Notice

OWN_ACCOUNT = "/staff/account"
ROLES = {
    permissions.OFFICER: mark("officers"),
    permissions.SUPERVISOR: mark("supervisors"),
    permissions.COMPLAINTS: mark("who handles complaints"),
    permissions.TECHNICIAN: mark("technicians"),
}
"""How roles are called where several are named."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where one can go."""

    url: str
    label: str
    is_here: bool = False


def always(_office: Office) -> bool:
    """Tell that a page is offered whatever the office has."""
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: for whose role may do the act, where the office has what it leads to."""

    url: str
    label: str
    """Marked for the catalogues."""
    act: str
    is_offered: Callable[[Office], bool] = always


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did just now, and the way to take it back."""

    text: str
    undo: str
    """Nothing where it cannot be taken back."""
    left_s: int
    mark: str
    home: str
    """Where one is, and stays."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around each staff page."""

    officer: str
    token: str
    label: str
    links: tuple[Link, ...]
    sign_out: str
    account: Link
    is_wall: bool = False
    """It hangs in the room: nothing to press, and larger."""
    plain: str = ""
    """What plain HTTP means, where others could listen."""
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class SaidPage:
    """Nothing but a sentence."""

    title: str
    frame: Frame | None
    notice: Notice


def frame(
    p: Phrases,
    staff: Staff,
    here: str,
    *,
    entries: Sequence[Entry],
    office: Office,
    is_wall: bool = False,
    is_plain: bool = False,
    done: Done | None = None,
) -> Frame:
    """Return what stands around a page."""
    offered = [entry for entry in entries if staff.may(entry.act) and entry.is_offered(office)]
    own = tuple(Link(entry.url, p.say(entry.label), is_here=entry.url == here) for entry in offered)
    plain = p.say("Not encrypted: use these pages on the office's own wired network alone.") if is_plain else ""
    account = Link(OWN_ACCOUNT, p.say("Own account"), is_here=here == OWN_ACCOUNT)
    return Frame(staff.officer, staff.token, p.say("Staff"), own, p.say("Sign out"), account, is_wall, plain, done)


def not_for(p: Phrases, around: Frame, act: str) -> SaidPage:
    """Return what is said to somebody whose role has nothing here."""
    roles = [p.say(ROLES[role]) for role in permissions.ROLES if permissions.may(role, act)]
    notice = Notice(
        "error",
        p.say("This page is open to: {roles}.", roles=", ".join(roles)),
        p.say("Whoever keeps config.yaml sets an officer's role there."),
    )
    return SaidPage(p.say("Staff"), around, notice)


def waiting(p: Phrases, around: Frame | None) -> SaidPage:
    """Return what is said while the engine does not answer."""
    notice = Notice(
        "away",
        p.say("The office's system does not answer just now."),
        p.say("Please open this page again in a moment. Nothing is lost."),
    )
    return SaidPage(p.say("Staff"), around, notice)


def turning(p: Phrases, url: str, page: int, pages: int) -> tuple[Link, ...]:
    """Return the links to the page before and the next one; `url` ends where the page's number stands."""
    before = (Link(f"{url}{page - 1}", p.say("Page before")),) if page > 0 else ()
    after = (Link(f"{url}{page + 1}", p.say("Next page")),) if page + 1 < pages else ()
    return before + after


def refused(p: Phrases, error: Error) -> Notice:
    """Return why something was not done."""
    return Notice("error", p.error(error.code))
