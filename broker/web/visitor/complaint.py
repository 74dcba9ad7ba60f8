"""`/complain` and `/c`: what went wrong, the receipt, and what became of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import Complaint, ComplaintStep, Error, Receipt
from broker.language import Phrases, mark
from broker.web.visitor.writing import (
    CONTACT_MAX,
    TEXT_MAX,
    Field,
    Fields,
    Notice,
    Option,
    is_ticked,
    read,
    read_line,
    text_field,
    too_long,
)

KINDS: Mapping[str, tuple[str, str]] = {
    "complaint": (
        mark("Something went wrong"),
        mark("For example: waited too long, wrong information, unfriendly treatment, a broken facility."),
    ),
    "supervision": (
        mark("A rule was broken"),
        mark("For example: money asked for without a receipt, a bribe, a go-between, misuse of office."),
    ),
    "information": (mark("I need information"), mark("A question that nobody has answered so far.")),
    "aspiration": (mark("I have a wish for the office"), mark("Something that the office should do or change.")),
}
"""The four classes of a complaint in plain words, the most frequent first."""
STATES: Mapping[str, str] = {
    "received": mark("Received: the office will look at it."),
    "verified": mark("The office has looked at it and is working on an answer."),
    "forwarded": mark("Passed on to whoever can answer it."),
    "answered": mark("Answered: the answer is below."),
    "closed": mark("Closed."),
    "rejected": mark("Not a matter of this office: below is who can help."),
    "reopened": mark("Open again: the office is looking at what you wrote."),
    "merged": mark("Joined with another complaint about the same matter."),
}
STEPS: dict[str, str] = {
    "received": mark("Received"),
    "complained": mark("Received"),
    "verify": mark("Looked at"),
    "verified": mark("Looked at"),
    "forward": mark("Passed on"),
    "forwarded": mark("Passed on"),
    "answer": mark("Answer of the office"),
    "answered": mark("Answer of the office"),
    "reply": mark("Your reply"),
    "replied": mark("Your reply"),
    "close": mark("Closed"),
    "closed": mark("Closed"),
    "reject": mark("Not a matter of this office"),
    "rejected": mark("Not a matter of this office"),
    "reopen": mark("Opened again"),
    "reopened": mark("Opened again"),
    "merge": mark("Joined with another one"),
    "merged": mark("Joined with another one"),
}
STAFF_STEPS: Mapping[str, str] = STEPS | dict.fromkeys(("reply", "replied"), mark("Reply of who complained"))
"""The same as staff read it."""
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{1,7}")
_SECRET = re.compile(r"[A-Z2-7]{16}")
_OVER = frozenset({"closed", "rejected", "merged"})


@dataclass(frozen=True, slots=True)
class Complaining:
    """What somebody filled in."""

    kind: str = ""
    text: str = ""
    contact: str = ""
    service: str = ""
    ticket: str = ""
    anonymous: bool = False
    confidential: bool = False

    def arguments(self, language: str) -> dict[str, object]:
        """Return the arguments of `complain`."""
        given: dict[str, object] = {"kind": self.kind, "text": self.text, "language": language}
        optional = {"contact": self.contact, "service": self.service, "ticket": self.ticket}
        given.update((name, value) for name, value in optional.items() if value)
        flags = {"anonymous": self.anonymous, "confidential": self.confidential}
        given.update((name, True) for name, is_set in flags.items() if is_set)
        return given


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """The form, for visitors and for staff who write down what somebody tells them."""

    title: str
    intro: str
    mark: str
    kinds_label: str
    kinds: tuple[Option, ...]
    text: Field
    contact: Field
    ticket: Field
    service_label: str
    services: tuple[Option, ...]
    anonymous: Option
    confidential: Option
    send: str
    privacy: str
    kind_fault: str = ""
    notice: Notice | None = None
    look_up: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What whoever complained has to keep."""

    title: str
    notice: Notice
    number_label: str
    number: str
    secret_label: str
    secret: str
    """In groups of four."""
    dates: tuple[str, ...]
    keep: str
    print: str
    follow: str
    qr: str = ""
    qr_label: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing that happened."""

    at: str
    what: str
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class LookUpPage:
    """Asks for number and secret."""

    title: str
    intro: str
    number: Field
    secret: Field
    send: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class StatusPage:
    """What became of a complaint, and what may be done."""

    title: str
    number: str
    secret: str
    mark: str
    kind: str = ""
    state: str = ""
    dates: tuple[str, ...] = ()
    steps_label: str = ""
    steps: tuple[StepRow, ...] = ()
    reply: Field | None = None
    reply_button: str = ""
    close_label: str = ""
    close_button: str = ""
    notice: Notice | None = None


def read_complaint(fields: Fields) -> Complaining:
    """Return what was filled in."""
    return Complaining(
        kind=fields.get("kind", ""),
        text=read(fields, "text"),
        contact=read_line(fields, "contact"),
        service=read_line(fields, "service"),
        ticket=read_line(fields, "ticket").upper(),
        anonymous=is_ticked(fields, "anonymous"),
        confidential=is_ticked(fields, "confidential"),
    )


def faults(p: Phrases, filled: Complaining) -> dict[str, str]:
    """Return what is wrong with it, by the names of its fields."""
    found = {}
    if filled.kind not in KINDS:
        found["kind"] = p.say("Please choose what it is about.")
    if not filled.text:
        found["text"] = p.say("Please write what happened.")
    elif over := too_long(p, filled.text, TEXT_MAX):
        found["text"] = over
    if over := too_long(p, filled.contact, CONTACT_MAX):
        found["contact"] = over
    elif filled.anonymous and filled.contact:
        found["contact"] = p.say("You chose to stay anonymous: please empty this field, or take the tick away.")
    if len(filled.ticket) > _TICKET_MAX:
        found["ticket"] = p.say(
            "This is no ticket number. Please write it as it stands on the ticket, or leave it empty."
        )
    return found


_TICKET_MAX = 12


def form(
    p: Phrases,
    filled: Complaining,
    form_mark: str,
    *,
    services: Sequence[tuple[str, str]],
    found: Mapping[str, str] | None = None,
    notice: Notice | None = None,
    by_staff: bool = False,
) -> ComplaintForm:
    """Return the form with what was filled in, and what is wrong with it."""
    wrong = found or {}
    contact_hint = p.say("Telephone or e-mail. Only for an answer; few may read it, and it is deleted in time.")
    intro = p.say(
        "The office answers by a date that you are told. You get a number and a secret, with which you can read the"
        " answer."
    )
    return ComplaintForm(
        title=p.say("Complaint, question or wish"),
        intro=p.say("Write down what you are told, in the visitor's words.") if by_staff else intro,
        mark=form_mark,
        kinds_label=p.say("What is it about?"),
        kinds=tuple(
            Option(kind, p.say(label), p.say(hint), is_chosen=kind == filled.kind)
            for kind, (label, hint) in KINDS.items()
        ),
        kind_fault=wrong.get("kind", ""),
        text=text_field(
            p,
            "text",
            p.say("What happened?"),
            filled.text,
            limit=TEXT_MAX,
            hint=p.say("When, where, and what you would like to happen. No officer's name is needed."),
            fault=wrong.get("text", ""),
        ),
        contact=Field(
            "contact",
            p.say("How can the office reach you? (may stay empty)"),
            filled.contact,
            contact_hint,
            wrong.get("contact", ""),
            CONTACT_MAX,
        ),
        ticket=Field(
            "ticket",
            p.say("Ticket number (may stay empty)"),
            filled.ticket,
            p.say("Such as A-012, if it is about a visit."),
            wrong.get("ticket", ""),
            _TICKET_MAX,
        ),
        service_label=p.say("Which service? (may stay empty)"),
        services=(
            Option("", p.say("No particular service")),
            *(Option(code, name, is_chosen=code == filled.service) for code, name in services),
        ),
        anonymous=Option(
            "anonymous",
            p.say("I stay anonymous"),
            p.say("Nobody learns who you are: you leave no contact, and read the answer with number and secret."),
            is_chosen=filled.anonymous,
        ),
        confidential=Option(
            "confidential",
            p.say("Please treat this as confidential"),
            p.say("Only those who handle complaints read it. It is not passed on with your name."),
            is_chosen=filled.confidential,
        ),
        send=p.say("Send"),
        privacy=p.say(
            "What you write is kept locked, is read only by those who handle complaints, and is deleted in time. No ID"
            " number is needed."
        ),
        notice=notice,
        look_up="" if by_staff else p.say("Already have a number? See what became of it"),
    )


def refused(p: Phrases, error: Error) -> tuple[dict[str, str], Notice]:
    """Return what the engine found wrong with a complaint: at its field, and above the form."""
    at = str(error.detail.get("field", ""))
    named = {
        "contact": p.say("Please look at this field again."),
        "text": p.say("The office's system cannot take this text. Please shorten or change it: it is still here."),
        "ticket": p.say("This ticket number is not known. Please correct it, or leave it empty."),
        "kind": p.say("Please choose what it is about."),
    }
    if error.code == "unknown_ticket":
        at = "ticket"
    found = {at: named[at]} if at in named else {}
    return found, Notice("error", p.say("This was not sent yet."), "" if found else p.error(error.code))


def receipt(p: Phrases, given: Receipt) -> ReceiptPage:
    """Return the page that shows number and secret: this once."""
    return ReceiptPage(
        title=p.say("Your receipt"),
        notice=Notice("done", p.say("Thank you. The office has received it.")),
        number_label=p.say("Number"),
        number=given.number,
        secret_label=p.say("Secret"),
        secret=grouped(given.secret),
        dates=(
            p.say("The office looks at it by {date} at the latest.", date=p.date(given.verify_by)),
            p.say("You get an answer by {date} at the latest.", date=p.date(given.answer_by)),
        ),
        keep=p.say(
            "Please write down number and secret, take a picture of this page, or print it. The secret is shown only"
            " now: without it nobody can read the answer, not even you."
        ),
        print=p.say("Print"),
        follow=p.say("See what becomes of it"),
        qr=given.qr or "",
        qr_label=p.say("QR code that leads to the answer"),
    )


def grouped(secret: str) -> str:
    """Return a secret in groups of four, as people read and write it."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def read_access(fields: Fields) -> tuple[str, str]:
    """Return number and secret as they are meant: small letters, blanks and look-alikes are forgiven."""
    number = read_line(fields, "number").replace(" ", "").replace("\u2013", "-")
    secret = re.sub(r"[\s-]", "", read_line(fields, "secret")).upper().translate({0x30: "O", 0x31: "I", 0x38: "B"})
    return number, secret


def could_be(number: str, secret: str) -> bool:
    """Tell whether these could be number and secret of a complaint at all."""
    return bool(_NUMBER.fullmatch(number) and _SECRET.fullmatch(secret))


def look_up(p: Phrases, number: str = "", secret: str = "", notice: Notice | None = None) -> LookUpPage:
    """Return the page that asks for number and secret."""
    return LookUpPage(
        title=p.say("What became of my complaint?"),
        intro=p.say("Number and secret stand on your receipt."),
        number=Field("number", p.say("Number"), number, p.say("Such as 2026-0007"), limit=12),
        secret=Field("secret", p.say("Secret"), grouped(secret), p.say("16 letters and digits"), limit=24),
        send=p.say("Show"),
        notice=notice,
    )


def unknown(p: Phrases) -> Notice:
    """Return what is said of a wrong number and of a wrong secret alike."""
    return Notice(
        "error",
        p.say("There is no complaint with this number and secret."),
        p.say("Please compare both with your receipt. The secret has no 0, 1, 8 or 9."),
    )


def status(
    p: Phrases,
    complaint: Complaint,
    secret: str,
    form_mark: str,
    *,
    zone: dt.tzinfo,
    texts: Mapping[int, str],
    reply: str = "",
    fault: str = "",
    notice: Notice | None = None,
) -> StatusPage:
    """Return what the holder of number and secret sees; `texts` are the words of the steps, by their place."""
    is_over = complaint.state in _OVER
    reply_hint = p.say("If the answer does not help, or something is to be added. An answered one is opened again.")
    return StatusPage(
        title=p.say("Complaint {number}", number=complaint.number),
        number=complaint.number,
        secret=secret,
        mark=form_mark,
        kind=p.say(KINDS[complaint.kind][0]) if complaint.kind in KINDS else complaint.kind,
        state=p.say(STATES[complaint.state]) if complaint.state in STATES else complaint.state,
        dates=tuple(dates(p, complaint)),
        steps_label=p.say("What happened so far"),
        steps=tuple(step_rows(p, complaint.steps, zone, texts)),
        reply=text_field(p, "text", p.say("Your reply"), reply, limit=TEXT_MAX, hint=reply_hint, fault=fault)
        if not is_over
        else None,
        reply_button=p.say("Send reply"),
        close_label="" if is_over else p.say("Has it been settled for you?"),
        close_button=p.say("Yes, close it"),
        notice=notice,
    )


def unsent(
    p: Phrases, number: str, secret: str, form_mark: str, *, action: str, text: str, notice: Notice
) -> StatusPage:
    """Return the page while nobody answers: what was written is in it, and nothing is known of the rest."""
    return StatusPage(
        title=p.say("Complaint {number}", number=number),
        number=number,
        secret=secret,
        mark=form_mark,
        reply=text_field(p, "text", p.say("Your reply"), text, limit=TEXT_MAX) if action == "reply" else None,
        reply_button=p.say("Send reply"),
        close_label=p.say("Has it been settled for you?") if action == "close" else "",
        close_button=p.say("Yes, close it"),
        notice=notice,
    )


def step_refused(p: Phrases, error: Error) -> Notice:
    """Return why a reply was not taken, or why it was not closed."""
    if error.code == "illegal_transition":
        text = p.say(
            "It has gone on since then: please look at its state here. A new complaint can be sent at any time."
        )
        return Notice("error", p.say("This cannot be done with the complaint now."), text)
    return Notice("error", p.error(error.code))


def dates(p: Phrases, complaint: Complaint) -> list[str]:
    """Return by when something happens next."""
    match complaint.state:
        case "received":
            first = p.say("The office looks at it by {date} at the latest.", date=p.date(complaint.verify_by))
            return [first, p.say("You get an answer by {date} at the latest.", date=p.date(complaint.answer_by))]
        case "verified" | "forwarded" | "reopened":
            said = [p.say("You get an answer by {date} at the latest.", date=p.date(complaint.answer_by))]
            late = p.say("This date has passed. The office's supervisors see that.")
            return [*said, late] if complaint.is_overdue else said
        case "answered" if complaint.closes_on is not None:
            return [p.say("Unless you reply, it is closed on {date}.", date=p.date(complaint.closes_on))]
        case _:
            return []


def step_rows(
    p: Phrases,
    steps: Sequence[ComplaintStep],
    zone: dt.tzinfo,
    texts: Mapping[int, str],
    words: Mapping[str, str] = STEPS,
) -> list[StepRow]:
    """Return what happened, the oldest first, each with its day and time."""
    return [
        StepRow(
            at=p.say("{date}, {time}", date=p.date(at.date()), time=p.clock(at)),
            what=_what(p, step, words),
            text=texts.get(place, ""),
            by=step.by or "",
        )
        for place, step in enumerate(steps)
        if (at := step.at.astimezone(zone))
    ]


def _what(p: Phrases, step: ComplaintStep, words: Mapping[str, str]) -> str:
    said = p.say(words[step.type]) if step.type in words else step.type
    return p.say("{what}: {whom}", what=said, whom=step.to) if step.to else said


EMPTY = Complaining()
