"""The words of a complaint: what it is, all that would be sent, its receipt, and later what became of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from broker.contract.messages import Complaint, ComplaintStep, OfficeMessage
from broker.language import Phrases, mark
from kiosk.pages.page import AskPage, Banner, CasePage, Choice, NumberPage, ReceiptPage, ReviewPage, Tone
from kiosk.pages.survey import breakable
from kiosk.visit import status
from kiosk.visit.offer import service_of, short_name
from kiosk.visit.opinion import Kind, Opinion
from kiosk.visit.state import State

KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    "complaint": (mark("Complaint"), mark("About the service, a fee or a wait")),
    "information": (mark("Request for information"), mark("You want to know something from the office")),
    "aspiration": (mark("Wish"), mark("What the office should do or change")),
    "supervision": (mark("Report of misconduct"), mark("Bribes, abuse of office, or other serious wrongs")),
}
MOST_REVIEWED = 600


def kind_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question what it is."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("What is it?"),
        text="",
        choices=tuple(Choice(kind, words.say(name), words.say(about)) for kind, (name, about) in KIND_WORDS.items()),
    )


def visit_page(state: State, office: OfficeMessage) -> AskPage:
    """Return the question which ticket and which service it is about: what was given is taken out by a touch."""
    words, opinion = state.words, state.visit.opinion
    service = _service(state, office, opinion)
    ticket = words.say("Ticket {number}", number=opinion.ticket) if opinion.ticket else words.say("Give my ticket")
    is_given = bool(opinion.ticket or service)
    hint = words.say("You need not say. It helps the office to look into it.")
    can_scan = state.has_scanner and not opinion.ticket and state.offline_since is None
    return AskPage(
        kicker="",
        title=words.say("Is it about a certain visit?"),
        text=f"{hint}\n{words.say(_HOLD)}" if can_scan else hint,
        choices=(
            Choice("on", words.say("Continue") if is_given else words.say("No, go on without")),
            Choice("ticket", ticket, is_on=True if opinion.ticket else None),
            Choice("service", service or words.say("Choose the service"), is_on=True if service else None),
        ),
        main="on",
    )


_HOLD = mark("Or hold the code of your ticket to the scanner.")


def _service(state: State, office: OfficeMessage, opinion: Opinion) -> str:
    found = service_of(office, opinion.service)
    return "" if found is None else short_name(found, state.words.language)


def reach_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question whether the office may write back."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("May we reach you?"),
        text=words.say("Without that you can still look up the answer, with the number and the code that you get."),
        choices=(
            Choice("contact", words.say("Yes, I leave a contact")),
            Choice("anonymous", words.say("No, I stay anonymous")),
        ),
    )


def confidential_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question who may read it."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("Who may read it?"),
        text="",
        choices=(
            Choice("no", words.say("Those in the office whom it concerns"), words.say("They can answer faster")),
            Choice("yes", words.say("Only who handles complaints"), words.say("It stays confidential")),
        ),
    )


def review_page(state: State, office: OfficeMessage) -> ReviewPage:
    """Return all that would be sent."""
    words, opinion = state.words, state.visit.opinion
    kind = words.say(KIND_WORDS[opinion.kind][0]) if opinion.kind is not None else ""
    who = words.say("Only who handles complaints") if opinion.is_confidential else words.say("The office")
    visit = ", ".join(filter(None, (opinion.ticket, _service(state, office, opinion))))
    return ReviewPage(
        title=words.say("Is this right?"),
        facts=(
            (words.say("What it is"), kind),
            (words.say("What you write"), _beginning(opinion.text.strip(), words)),
            (words.say("Which visit"), visit or words.say("None named")),
            (words.say("Your contact"), breakable(opinion.contact.strip()) or words.say("None: you stay anonymous")),
            (words.say("Who reads it"), who),
        ),
        choices=(
            Choice("send", words.say("Send")),
            Choice("text", words.say("Change the text")),
            Choice("visit", words.say("Change the visit")),
            Choice("contact", words.say("Change the contact")),
        ),
    )


def _beginning(text: str, words: Phrases) -> str:
    """Return a long text's beginning, and how much follows: nobody turns twenty pages to look through it."""
    if len(text) <= MOST_REVIEWED:
        return text
    rest = words.count("... and {n} more sign", "... and {n} more signs", len(text) - MOST_REVIEWED)
    return f"{text[:MOST_REVIEWED]} {rest}"


# -- the receipt ----------------------------------------------------------------------------------------------------


def receipt_page(state: State, _office: OfficeMessage) -> ReceiptPage:
    """Return what the visitor takes along; without paper it stands until it was written down."""
    words, opinion = state.words, state.visit.opinion
    receipt = opinion.receipt
    if receipt is None:
        message = "a receipt's step without one"
        raise ValueError(message)
    done = Choice("noted", words.say("I have written it down"))
    match opinion.receipt_paper:
        case "printing":
            paper = Banner("info", words.say("Your receipt is being printed"), words.say("Please wait for the paper."))
        case "printed":
            paper = Banner("good", words.say("Please take your receipt"), words.say(_BOTH))
            done = Choice("noted", words.say("Done"))
        case "failed":
            paper = Banner("warn", words.say("The printer could not print"), words.say(_COPY))
        case None:
            paper = Banner("info", words.say("Please write down number and code"), words.say(_COPY))
    return ReceiptPage(
        title=words.say("We have received it"),
        caption=words.say("Number"),
        number=receipt.number,
        secret=words.say("Code {code}", code=in_fours(receipt.secret)),
        facts=(
            (words.say("Looked at by"), words.date(receipt.verify_by)),
            (words.say("Answered by"), words.date(receipt.answer_by)),
        ),
        paper=paper,
        qr=receipt.qr or "",
        qr_caption=words.say("This code leads to your complaint on a phone.") if receipt.qr else "",
        choices=(done,),
    )


_COPY = mark("Or photograph this screen. With both you can look up the answer; nobody can tell you the code later.")
_BOTH = mark("With number and code you can look up the answer, here at the office or on a phone.")


def in_fours(secret: str) -> str:
    """Return a code as people can copy it: in fours, and where it takes two lines with two of them in each."""
    fours = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return " ".join("\u00a0".join(fours[at : at + 2]) for at in range(0, len(fours), 2))


# -- what became of it ----------------------------------------------------------------------------------------------


def case_page(state: State, _office: OfficeMessage) -> NumberPage:
    """Return the question for the number on a receipt."""
    words, opinion = state.words, state.visit.opinion
    banner = None
    if opinion.is_unknown:
        text = words.say("Please compare both with your receipt. The code has no 0, 1, 8 or 9.")
        banner = Banner("warn", words.say("There is no complaint with this number and code"), text)
    if state.strange_code is not None:
        banner = strange_receipt(words)
    hint = words.say("It stands on your receipt, such as {example}.", example=f"{state.now.year}-0007")
    can_scan = state.has_scanner and banner is None and state.offline_since is None
    has_room = len(opinion.case) < status.MOST_DIGITS

    def key(name: str) -> Choice:
        return Choice(name, name, is_available=has_room)

    return NumberPage(
        title=words.say("Type the number of your complaint"),
        hint=f"{hint} {words.say(_HOLD_RECEIPT)}" if can_scan else hint,
        typed=status.case_shown(opinion.case),
        letters=(),
        digits=(*map(key, "123456789"), Choice("erase", words.say("Erase"), is_available=bool(opinion.case)), key("0")),
        find=Choice("find", words.say("Continue"), is_available=status.is_case(opinion.case)),
        banner=banner,
    )


def strange_receipt(words: Phrases) -> Banner:
    """Return that a scanned code leads to no complaint."""
    text = words.say("Please hold the code of your receipt to the scanner, or type number and code.")
    return Banner("warn", words.say("This code is not a receipt of this office"), text)


_HOLD_RECEIPT = mark("Or hold its code to the scanner.")


def status_page(state: State, _office: OfficeMessage) -> CasePage:
    """Return how a complaint stands, what to do next, by when, and what happened so far."""
    words, opinion = state.words, state.visit.opinion
    found = opinion.complaint
    if found is None:
        message = "a complaint's step without one"
        raise ValueError(message)
    texts = dict(opinion.texts)
    reply = (Choice("reply", words.say("Reply to the office")), Choice("settled", words.say("It is settled: close it")))
    return CasePage(
        title=words.say("Complaint {number}", number=found.number),
        state=Banner(_tone(found), *_state(found, words)),
        facts=(
            *_next_date(found, words),
            *_answer(found, texts, words),
            (words.say("What it is"), _kind(found.kind, words)),
            *_history(found, texts, words),
        ),
        choices=(Choice("done", words.say("Done")), *(reply if found.state in status.OPEN else ())),
    )


def _kind(kind: str, words: Phrases) -> str:
    return next((words.say(name) for one, (name, _) in KIND_WORDS.items() if one == kind), kind)


def _tone(found: Complaint) -> Tone:
    if found.state in {"answered", "closed"}:
        return "good"
    return "warn" if found.is_overdue or found.state == "rejected" else "info"


def _state(found: Complaint, words: Phrases) -> tuple[str, str]:
    """Return how it stands, and what whoever complained does next."""
    to = next((step.to for step in reversed(found.steps) if step.to), "") or ""
    match found.state:
        case "received":
            said = words.say("The office has received it"), words.say(_NOTHING)
        case "verified":
            said = words.say("The office is working on an answer"), words.say(_NOTHING)
        case "forwarded":
            said = words.say("It was passed on to {whom}", whom=to), words.say(_NOTHING)
        case "reopened":
            said = words.say("It is open again"), words.say(_NOTHING)
        case "answered":
            said = words.say("The office has answered"), words.say(_ANSWERED)
        case "closed":
            said = words.say("It is closed"), words.say(_CLOSED)
        case "rejected":
            said = words.say("It is not a matter of this office"), words.say("{whom} can help you.", whom=to)
        case "merged":
            into = words.say("Number {number}", number=found.merged_into or "")
            said = words.say("It was joined with another one about the same matter"), into
        case _:
            return found.state, ""
    return (said[0], words.say(_LATE)) if found.is_overdue and found.state != "answered" else said


_NOTHING = mark("You need not do anything. You can look here again at any time.")
_ANSWERED = mark("Does it help? Then you need not do anything. Else reply to the office: it is opened again.")
_CLOSED = mark("You need not do anything. If something is left, please complain anew and name this number.")
_LATE = mark("Its date has passed, and the supervisors see that. You can also ask an officer for them now.")


def _next_date(found: Complaint, words: Phrases) -> Iterator[tuple[str, str]]:
    """Yield by when something happens next, while something does."""
    match found.state:
        case "received":
            yield words.say("Looked at by"), words.date(found.verify_by)
            yield words.say("Answered by"), words.date(found.answer_by)
        case "verified" | "forwarded" | "reopened":
            yield words.say("Answered by"), words.date(found.answer_by)
        case "answered" if found.closes_on is not None:
            yield words.say("Closed by itself on"), words.date(found.closes_on)
        case _:
            pass


def _answer(found: Complaint, texts: Mapping[int, str], words: Phrases) -> Iterator[tuple[str, str]]:
    """Yield the office's last words."""
    place = max(texts, default=None)
    if place is not None and place < len(found.steps):
        yield words.say("The office writes"), texts[place]


def _history(found: Complaint, texts: Mapping[int, str], words: Phrases) -> Iterator[tuple[str, str]]:
    """Yield what happened so far, the oldest first; the last words of the office stand above already."""
    last = max(texts, default=None)
    for place, step in enumerate(found.steps):
        text = "" if place == last else texts.get(place, "")
        yield words.date(step.at.date()), " ".join(filter(None, (_happened(step, words), text)))


def _happened(step: ComplaintStep, words: Phrases) -> str:
    what = words.say(STEPS[step.type]) if step.type in STEPS else step.type
    return words.say("{what}: {whom}.", what=what, whom=step.to) if step.to else f"{what}."


STEPS: Mapping[str, str] = {
    "received": mark("Received"),
    "verified": mark("Looked at"),
    "forwarded": mark("Passed on"),
    "answered": mark("Answered"),
    "replied": mark("Your reply"),
    "closed": mark("Closed"),
    "rejected": mark("Not a matter of this office"),
    "reopened": mark("Opened again"),
    "merged": mark("Joined with another one"),
}


def settle_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question before a complaint is closed; to leave it open is the easier answer."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("Close this complaint?"),
        text=words.say("The office does nothing more about it. This cannot be taken back."),
        choices=(Choice("no", words.say("No, leave it open")), Choice("yes", words.say("Yes, close it"))),
        main="no",
    )
