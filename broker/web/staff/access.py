"""Who is signed in at the staff's pages: a cookie with the engine's session, and the proof that a form is our own.

The engine alone knows whether a session counts; name and role stand beside it for the page to greet and to leave out
what would be refused. Whoever changes them in their own browser sees more buttons, and is refused the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
from dataclasses import dataclass

from broker import permissions

COOKIE = "antrean-staff"
BEFORE = "antrean-before"
"""Cookie and field of a sign-in that was asked for on a page of ours: else a stranger's page could sign somebody in as
another one, who would then write down what belongs to them."""
TRAINED = "-training"
"""What the names of a training's cookies end in: browsers do not keep cookies apart by port, and a training's pages are
opened beside the office's own, on the same machine."""
SAFE = "__Secure-"
"""With this browsers see to it themselves (RFC 6265bis, 4.1.3.1); and the office's own machine may have both kinds."""
_LONGEST = 2000
TOKEN_FIELD = "token"  # noqa: S105 - the name of a form's field


@dataclass(frozen=True, slots=True)
class CookieNames:
    """How the cookies of some pages are called."""

    session: str = COOKIE
    before: str = BEFORE


def cookie_names(*, is_training: bool, is_safe: bool = False) -> CookieNames:
    """Return how the cookies of an office's pages are called, or of a training's.

    Where they came encrypted (`is_safe`) a browser takes them from no other page, and sends them nowhere else.
    """
    before, after = SAFE if is_safe else "", TRAINED if is_training else ""
    return CookieNames(f"{before}{COOKIE}{after}", f"{before}{BEFORE}{after}")


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who signed in."""

    session: str
    officer: str
    """Their name."""
    role: str
    id: str = ""
    """By which they sign in; this and all below is known where the engine was asked."""
    with_password: bool = False
    with_code: bool = False

    @property
    def token(self) -> str:
        """Return what each of their forms carries: nobody makes it without the session."""
        return hmac.new(self.session.encode(), b"antrean form", hashlib.sha256).hexdigest()[:32]

    def cookie(self) -> str:
        """Return the value of the cookie."""
        told = json.dumps([self.session, self.officer, self.role])
        return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")

    def may(self, act: str) -> bool:
        """Tell whether their role may do something; the engine refuses by the same table."""
        return permissions.may(self.role, act)


def staff_of(cookie: str | None) -> Staff | None:
    """Return who a cookie says to be; None where it says nothing that we could have said."""
    if not cookie or len(cookie) > _LONGEST:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
    except (ValueError, binascii.Error):
        return None
    match told:
        case [str(session), str(officer), str(role)] if session and role in permissions.ROLES:
            return Staff(session, officer, role)
        case _:
            return None


def is_token(staff: Staff, sent: str) -> bool:
    """Tell whether a form carries the token of who is signed in."""
    return hmac.compare_digest(staff.token.encode(), sent.encode("utf-8", "replace"))


def is_asked_here(cookie: str | None, sent: str) -> bool:
    """Tell whether a sign-in comes from the page that was shown to this browser."""
    return bool(cookie) and hmac.compare_digest((cookie or "").encode(), sent.encode("utf-8", "replace"))


def is_near(address: str | None) -> bool:
    """Tell whether a browser runs on this machine."""
    try:
        return address is not None and ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
