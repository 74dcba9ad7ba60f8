"""What an engine does with feedback, in memory: it holds state, refuses by the wire's rules, and remembers ids."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from broker import permissions
from broker.contract import messages as ms
from tests.fakes.web_office import KEY, WebOffice, refuse

INVITATION = "INVITATIONAAAAAA"
TEXT_MAX = 2000
LOCKED_FROM = 3
LEAST_PASSWORD = 8
OFFICERS = {
    "siti": ("Siti Rahma", "supervisor", "2002"),
    "rina": ("Rina", "complaints", "3003"),
    "adi": ("Adi", "officer", "1001"),
    "tono": ("Tono", "technician", "4004"),
}
OPEN = {"received", "verified", "forwarded", "reopened"}
MOVES: dict[str, tuple[set[str], str]] = {
    "verify": ({"received", "reopened"}, "verified"),
    "forward": (OPEN, "forwarded"),
    "answer": (OPEN, "answered"),
    "reject": (OPEN, "rejected"),
    "close": ({"answered"}, "closed"),
    "reopen": ({"answered", "closed", "rejected", "merged"}, "reopened"),
    "merge": (OPEN, "merged"),
    "reply": (OPEN | {"answered"}, "reopened"),
}

NEEDED = {"answer": ("text",), "reject": ("text", "to"), "forward": ("to",), "merge": ("into",), "reply": ("text",)}


@dataclass
class Case:
    """One complaint with its words."""

    told: ms.Complaint
    secret: str
    texts: list[str]
    contact: str = ""


@dataclass
class FeedbackDesk:
    """Fills the answers of a `WebOffice`."""

    office: WebOffice
    rated: dict[str, int] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    surveyed: list[dict[str, Any]] = field(default_factory=list)
    box: list[tuple[ms.Suggestion, str]] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    plans: list[dict[str, Any]] = field(default_factory=list)
    contacts_read: list[tuple[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    """Why sessions were ended."""
    passwords: dict[str, str] = field(default_factory=dict)
    factors: dict[str, str] = field(default_factory=dict)
    code: str = "123456"
    """The one that is right."""
    wrong_pins: int = 0

    def __post_init__(self) -> None:
        """Take the office's requests."""
        names = (
            "rate invited survey suggest suggestions suggestion suggestion_step complain complaint complaint_step"
            " complaints staff_in staff_out staff_sessions staff_revoke staff_password staff_totp staff_reset"
            " survey_plan"
        )
        self.office.answers |= {name: getattr(self, name) for name in names.split()}

    # -- visitors -----------------------------------------------------------------------------------------------------

    def rate(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take a rating."""
        ticket = self.office.tickets.get(request["ticket"])
        if ticket is None:
            refuse("unknown_ticket")
        if ticket.state != "finished":
            refuse("illegal_transition")
        if ticket.id in self.rated:
            refuse("already_given")
        if request["score"] not in {1, 2, 3, 4}:
            refuse("bad_request", field="score")
        self.rated[ticket.id] = request["score"]
        return {}

    def invited(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Invite the one ticket that is."""
        is_invited = request["ticket"] == KEY and INVITATION not in self.spent
        return {"invitations": [{"survey": "skm", "invitation": INVITATION}] if is_invited else []}

    def survey(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take answers."""
        invitation, session = request.get("invitation"), request.get("session")
        if session is not None:
            self._officer(session)
            if not request.get("service"):
                refuse("bad_request", field="service")
        elif invitation in self.spent:
            refuse("already_given")
        elif invitation != INVITATION:
            refuse("not_invited")
        else:
            self.spent.add(invitation)
        self.surveyed.append({name: value for name, value in request.items() if name not in {"session", "invitation"}})
        return {}

    def suggest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Put something into the box."""
        text = _text(request, needed=True)
        one = ms.Suggestion(
            id=f"s{len(self.box)}",
            day=self.office.now().date(),
            text=text[:80],
            is_whole=len(text) <= 80,
            service=request.get("service"),
            language=request.get("language", ""),
        )
        self.box.append((one, text))
        return {}

    def complain(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take a complaint."""
        if request["kind"] not in {"information", "aspiration", "complaint", "supervision"}:
            refuse("bad_request", field="kind")
        if request.get("anonymous") and request.get("contact"):
            refuse("bad_request", field="contact")
        if request.get("ticket") == "Z-999":
            refuse("unknown_ticket")
        if "session" in request:
            self._officer(request["session"])
        text, now = _text(request, needed=True), self.office.now()
        number = f"{now.year}-{len(self.cases) + 1:04}"
        secret = _secret(number)
        told = ms.Complaint(
            number=number,
            kind=request["kind"],
            state="received",
            received_at=now,
            verify_by=now.date() + dt.timedelta(days=3),
            answer_by=now.date() + dt.timedelta(days=14),
            anonymous=bool(request.get("anonymous")),
            confidential=bool(request.get("confidential")),
            service=request.get("service"),
            ticket=request.get("ticket"),
            has_contact=bool(request.get("contact")),
            language=request.get("language", ""),
            steps=(ms.ComplaintStep(at=now, type="received", has_text=True),),
        )
        self.cases[number] = Case(told, secret, [text], request.get("contact", ""))
        receipt = ms.Receipt(
            number=number,
            secret=secret,
            kind=told.kind,
            received_at=now,
            verify_by=told.verify_by,
            answer_by=told.answer_by,
            qr=f"http://antrian.lan/c/{number}#{secret}",
        )
        return {"receipt": receipt.model_dump(mode="json")}

    def complaint(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Show a complaint, the words of a step, or the contact."""
        case = self._case(request)
        if "step" in request:
            self._reader(request, case)
            return {"text": case.texts[request["step"]]}
        if request.get("contact"):
            officer = self._officer(request["session"])
            if OFFICERS[officer][1] != "complaints":
                refuse("not_allowed")
            self.contacts_read.append((officer, case.told.number))
            return {"contact": case.contact}
        told = case.told
        if "session" not in request:
            steps = tuple(step.model_copy(update={"by": None}) for step in told.steps)
            told = told.model_copy(update={"ticket": None, "steps": steps})
        return {"complaint": told.model_dump(mode="json")}

    def complaint_step(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Do something with a complaint."""
        case, action = self._case(request), request["action"]
        of_holder = "session" not in request
        self._reader(request, case)
        if action not in MOVES or (of_holder != (action == "reply") and action != "close"):
            refuse("not_allowed")
        states, after = MOVES[action]
        if of_holder:
            states = OPEN | {"answered"}
        if case.told.state not in states:
            refuse("illegal_transition")
        for name in NEEDED.get(action, ()):
            if not request.get(name):
                refuse("bad_request", field=name)
        if action == "merge" and (request["into"] not in self.cases or request["into"] == case.told.number):
            refuse("unknown_complaint")
        if action == "reply" and case.told.state != "answered":
            after = case.told.state
        text, now = _text(request), self.office.now()
        by = None if of_holder else OFFICERS[self._officer(request["session"])][0]
        kind = {"reply": "replied"}.get(action, after)
        step = ms.ComplaintStep(at=now, type=kind, by=by, to=request.get("to"), has_text=bool(text))
        case.texts.append(text)
        closes_on = now.date() + dt.timedelta(days=10) if after == "answered" else None
        changes = {"state": after, "closes_on": closes_on, "merged_into": request.get("into")}
        case.told = case.told.model_copy(update={**changes, "steps": (*case.told.steps, step)})
        return {"complaint": case.told.model_dump(mode="json")}

    # -- staff --------------------------------------------------------------------------------------------------------

    def staff_in(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Sign somebody in; three wrong PINs lock."""
        name, role, pin = OFFICERS.get(request["officer"], ("", "", None))
        if self.wrong_pins >= LOCKED_FROM:
            refuse("wrong_pin", locked_s=300)
        known = self.passwords.get(request["officer"], pin)
        if pin is None or known != (request.get("pin") or request.get("password")):
            self.wrong_pins += 1
            refuse("wrong_pin" if name else "unknown_officer", locked_s=300 if self.wrong_pins >= LOCKED_FROM else 0)
        secret = self.factors.get(request["officer"])
        if secret is not None and not request.get("code"):
            refuse("code_needed")
        if secret is not None and request["code"] != self.code:
            refuse("wrong_code")
        session = hashlib.sha256(f"{request['officer']}{len(self.sessions)}".encode()).hexdigest()[:32]
        self.sessions[session] = request["officer"]
        return {"session": session, "officer": name, "role": role}

    def staff_out(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Sign somebody out."""
        self.sessions.pop(request["session"], None)
        return {}

    def staff_sessions(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List sessions: one's own, and those of others for whoever may see them."""
        own, asker = request["session"], self._officer(request["session"])
        sees_all = permissions.may(OFFICERS[asker][1], "sessions_of_others")
        listed = [
            ms.StaffSession(
                id=session[:16],
                officer=officer,
                name=OFFICERS[officer][0],
                role=OFFICERS[officer][1],
                since=self.office.now(),
                is_own=session == own,
                with_password=officer in self.passwords,
                with_code=officer in self.factors,
            )
            for session, officer in self.sessions.items()
            if sees_all or officer == asker
        ]
        listed.sort(key=lambda one: not one.is_own)
        wanted = listed[:1] if request.get("own") else listed
        return {"sessions": [one.model_dump(mode="json") for one in wanted]}

    def staff_password(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take a password."""
        officer = self._officer(request["session"])
        if request["old"] != self.passwords.get(officer, OFFICERS[officer][2]):
            refuse("wrong_pin", locked_s=0)
        if len(request["new"]) < LEAST_PASSWORD:
            refuse("weak_password", reason="short")
        self.passwords[officer] = request["new"]
        return {}

    def staff_totp(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin, confirm or end a second factor, by one code that is always right."""
        officer = self._officer(request["session"])
        if request["action"] == "begin":
            return {"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}
        if request.get("code") != self.code:
            refuse("wrong_code", locked_s=0)
        if request["action"] == "confirm":
            self.factors[officer] = self.code
        else:
            del self.factors[officer]
        return {}

    def staff_reset(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take away what is lost."""
        if not permissions.may(OFFICERS[self._officer(request["session"])][1], "staff_reset"):
            refuse("not_allowed")
        if request["officer"] not in OFFICERS:
            refuse("unknown_officer")
        (self.passwords if request["what"] == "password" else self.factors).pop(request["officer"], None)
        return {}

    def staff_revoke(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """End sessions."""
        asker = self._officer(request["session"])
        sees_all = permissions.may(OFFICERS[asker][1], "sessions_of_others")
        if not request["reason"]:
            refuse("bad_request")
        meant = [
            session
            for session, officer in self.sessions.items()
            if request["of"] in {session[:16], officer} and (sees_all or officer == asker)
        ]
        if not meant:
            refuse("unknown_session")
        for session in meant:
            del self.sessions[session]
        self.revoked += [request["reason"]] * len(meant)
        return {}

    def complaints(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List complaints by their next date."""
        self._handler(request)
        listed = [
            one.told
            for one in self.cases.values()
            if request.get("state") == "all" or one.told.state in OPEN | {"answered"}
        ]
        listed.sort(key=lambda one: one.verify_by if one.state == "received" else one.answer_by)
        return {"complaints": [one.model_dump(mode="json", exclude={"steps"}) for one in listed], "pages": 1}

    def suggestions(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List the box."""
        self._handler(request)
        return {"suggestions": [one.model_dump(mode="json") for one, _ in reversed(self.box)], "pages": 1}

    def suggestion(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Show one whole."""
        self._handler(request)
        return {"text": self.box[self._place(request)][1]}

    def suggestion_step(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Tag one."""
        self._handler(request)
        place = self._place(request)
        one, text = self.box[place]
        changes = {"tags": tuple(request.get("tags", one.tags)), "is_read": request.get("is_read", one.is_read)}
        self.box[place] = one.model_copy(update=changes), text
        return {"suggestion": self.box[place][0].model_dump(mode="json")}

    def survey_plan(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Write a plan down."""
        if OFFICERS[self._officer(request["session"])][1] != "supervisor":
            refuse("not_allowed")
        self.plans.append({name: value for name, value in request.items() if name != "session"})
        return {}

    # -- inside -------------------------------------------------------------------------------------------------------

    def _officer(self, session: str) -> str:
        if session not in self.sessions:
            refuse("no_session")
        return self.sessions[session]

    def _handler(self, request: Mapping[str, Any]) -> None:
        if not permissions.may(OFFICERS[self._officer(request["session"])][1], "complaints"):
            refuse("not_allowed")

    def _case(self, request: Mapping[str, Any]) -> Case:
        case = self.cases.get(request["complaint"])
        if "session" in request:
            self._handler(request)
        elif case is not None and request.get("secret") != case.secret:
            case = None
        if case is None:
            refuse("unknown_complaint")
        return case

    def _reader(self, request: Mapping[str, Any], case: Case) -> None:
        """Refuse a confidential complaint to staff who may not read contacts."""
        is_ours = "session" not in request or OFFICERS[self._officer(request["session"])][1] == "complaints"
        if case.told.confidential and not is_ours:
            refuse("not_allowed")

    def _place(self, request: Mapping[str, Any]) -> int:
        found = [place for place, (one, _) in enumerate(self.box) if one.id == request["suggestion"]]
        return found[0] if found else refuse("unknown_suggestion")


def _text(request: Mapping[str, Any], *, needed: bool = False) -> str:
    text = request.get("text", "")
    if (needed and not text) or len(text) > TEXT_MAX or len(text.encode()) > 6000:
        refuse("bad_request", field="text")
    return str(text)


def _secret(number: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(letters[one % 32] for one in hashlib.sha256(number.encode()).digest()[:16])
