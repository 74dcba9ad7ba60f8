"""`make tables`: what every command does to a ticket in every state, asked of the domain, for docs/commands.md."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

from broker.bootstrap.rules import office_rules
from broker.config import load_settings
from broker.domain import commands as cmd
from broker.domain.apply import apply
from broker.domain.decide import decide
from broker.domain.errors import DomainError
from broker.domain.feedback import apply as feedback
from broker.domain.feedback import commands as fb
from broker.domain.feedback.book import Book
from broker.domain.feedback.decide import answer as find
from broker.domain.feedback.decide import decide as decide_feedback
from broker.domain.hall import Hall
from broker.domain.identity import qr_text
from broker.domain.model import Office as Rules
from broker.domain.model import TicketState
from broker.domain.vocabulary import COMMANDS as ALL
from broker.domain.vocabulary import Command

CONFIG = Path(__file__).parents[1] / "config.yaml"
TICKET, NUMBER = str(uuid.UUID(int=1)), "A-001"
SERVICE, OTHER_SERVICE, OTHER_STAGE = "new-passport", "collection", "payment"
COUNTER, OTHER_COUNTER, OFFICER, SESSION = "counter-1", "counter-2", "siti", "the session"
SUPERVISOR, THIRD_COUNTER = "maria", "counter-3"
AT, BESIDE = (COUNTER, SESSION), (THIRD_COUNTER, "another session")
STAFF = "a staff session"
WHY = "said so"
STEP = dt.timedelta(seconds=5)
TIME_TO_COME = dt.timedelta(seconds=60)
CHECK, WRONG_CHECK = "4711", "0000"
KIOSK, OTHER_KIOSK = "kiosk-1", "kiosk-2"

HEAD = """\
# Every command, in every state of a ticket

Made by `make tables` from the domain itself and compared with it by the tests: do not edit.

There is one ticket, at the first of the stages {stages}. The counter is open and serves them all.
Where the ticket is `called` or `serving`, it is at this counter; in every other state the counter is free, and the
ticket got into its state here, just now: that is what `undo` takes back. `finished` is a ticket after its last stage:
there `finish` leads to `finished`, and to `waiting` for the next stage before. A supervisor sits at another counter.

- **-> state**: the command works, and this is the ticket's state afterwards; **works**: it stays as it is.
- `code`: the command is refused with this error, and nothing changes.
"""

FOOT = """\
## What is refused before the ticket is looked at

| error | when |
|---|---|
| `bad_request` | no JSON; longer than 8 KiB; an argument missing, unknown or of a wrong type; no such stage; \
a supervisor who does not say why |
| `unknown_service`, `unknown_lane`, `unknown_counter`, `unknown_officer` | the office has no such thing |
| `unknown_ticket` | no such ticket today |
| `service_closed`, `lane_closed`, `quota_reached` | `issue`: outside the hours, after the day's last number, \
or while staff have closed it for today or stopped all numbers |
| `weak_pin` | `pin`, `reset_pin`: fewer than 4 digits, all alike, a run such as 1234, or the old one |
| `wrong_pin` | `open`, `pin`: the PIN is not right, or too many wrong ones were tried |
| `no_session` | nobody is signed in with this session |
| `unknown_session` | `staff_revoke`: no open session of this id or officer, or it is somebody else's |
| `code_needed`, `wrong_code` | `staff_in`: the officer has a second factor, and its code did not come or is not right |
| `conflict` | `rules_change`: somebody else has changed the configuration since; \
`hand_in`: the number is somebody else's |
| `bad_rules` | `rules_change`: the office could not work by it, or that place is not changed from here |
| `weak_password` | `staff_password`: too short, the officer's name or id, \
one character again and again, or the old one |
| `not_allowed` | the counter does not serve this ticket; the officer sits elsewhere; \
only supervisors may do it; the visitor was missed too \
often; an officer names another's ticket in `transfer` |
| `counter_busy` | the counter has a visitor: finish with that one first; the one to `leave` has |
| `nothing_to_undo` | `undo`, `staff_undo`: no last action, older than 30 s, or somebody has gone on with the ticket |
| `not_holder` | `cancel`, `rejoin`, `reprint`: neither the QR, the key nor the check code of the paper was shown, \
nor did a counter or whoever issued it ask; `rate` the same; also `lookup`: the check code that was \
given is wrong, or five were |
| `already_given`, `not_invited` | `rate`: the ticket was rated; `hand_in`: it was handed in before; \
`survey`: the invitation is used, or none |
| `unknown_survey`, `unknown_complaint`, `unknown_suggestion` | there is no such thing, or not for whoever asks |
| `too_early` | `no_show`: the visitor was called only just now (`no_show_after_s` of the lane) |
| `too_late` | the request was meant until a moment that is past; `hand_in`: the number's day is long over |
| `too_many` | the client has asked more than can be answered now |
| `storage_failed`, `not_ready` | the change could not be saved; the engine is still starting |
"""

Reach = Callable[["Office"], None]


class Office:
    """The demo office with one ticket and one open counter."""

    def __init__(self, rules: Rules) -> None:
        """Issue the ticket, sign in."""
        self.now = dt.datetime(2025, 11, 24, 9, 0, tzinfo=rules.zone)
        self.hall = Hall(rules)
        self.book = Book(rules, lambda text: text)
        self.do(cmd.Issue(TICKET, SERVICE, None, None, CHECK, KIOSK))
        self.do(cmd.SignIn(COUNTER, OFFICER, "", SESSION, pin_matches=True))
        self.do(cmd.SignIn(THIRD_COUNTER, SUPERVISOR, "", BESIDE[1], pin_matches=True))
        self.do(cmd.StaffIn(SUPERVISOR, "1234", STAFF, pin_matches=True))

    @property
    def state(self) -> TicketState:
        """Return the ticket's state."""
        return self.hall.tickets[TICKET].state

    def do(self, *commands: Command | dt.timedelta) -> None:
        """Do commands one after the other, some seconds apart, or let more time pass."""
        for command in commands:
            if isinstance(command, dt.timedelta):
                self.now += command
                continue
            self.now += STEP
            if isinstance(command, fb.FeedbackCommand):
                self._do_beside(command)
                continue
            for event in decide(self.hall, command, self.now):
                apply(self.hall, event)

    def _do_beside(self, command: fb.FeedbackCommand) -> None:
        """Do what belongs to feedback."""
        if isinstance(command, fb.Question):
            find(self.hall, self.book, command, self.now)
            return
        decided = decide_feedback(self.hall, self.book, command, self.now)
        for event in decided.events:
            feedback.apply(self.book, event)
        for entry in decided.entries:
            feedback.enter(self.book, entry)


def _finished(office: Office) -> None:
    for _ in office.hall.office.services[SERVICE].stages:
        office.do(cmd.Next(*AT), cmd.Start(*AT), cmd.Finish(*AT))


STATES: dict[TicketState, Reach] = {
    TicketState.WAITING: lambda _office: None,
    TicketState.CALLED: lambda office: office.do(cmd.Next(*AT)),
    TicketState.SERVING: lambda office: office.do(cmd.Next(*AT), cmd.Start(*AT)),
    TicketState.HELD: lambda office: office.do(cmd.Next(*AT), cmd.Start(*AT), cmd.Hold(*AT)),
    TicketState.FINISHED: _finished,
    TicketState.NO_SHOW: lambda office: office.do(cmd.Next(*AT), TIME_TO_COME, cmd.NoShow(*AT)),
    TicketState.CANCELLED: lambda office: office.do(cmd.Cancel(TICKET, asker=KIOSK)),
}
"""How a ticket comes into each state."""

Asked = Command | tuple[dt.timedelta | Command, Command]
COMMANDS: dict[str, tuple[tuple[str, Asked], ...]] = {
    "issue": (("", cmd.Issue(str(uuid.UUID(int=2)), SERVICE, None, None)),),
    "printed": (("", cmd.Printed(TICKET, "confirmed", None)),),
    "reprint": (
        ("by the visitor, `check`", cmd.Reprint(NUMBER, check=CHECK)),
        ("with the number only", cmd.Reprint(NUMBER)),
        ("at the counter", cmd.Reprint(NUMBER, cmd.AtCounter(*AT))),
    ),
    "lookup": (
        ("with the number only", cmd.Lookup(NUMBER)),
        ("with a wrong `check`", cmd.Lookup(NUMBER, WRONG_CHECK)),
    ),
    "cancel": (
        ("by the visitor, the QR", cmd.Cancel(qr_text(TICKET, CHECK))),
        ("by the visitor, `check`", cmd.Cancel(NUMBER, check=CHECK)),
        ("by whoever issued it, the id", cmd.Cancel(TICKET, asker=KIOSK)),
        ("by another, the id", cmd.Cancel(TICKET, asker=OTHER_KIOSK)),
        ("with the number only", cmd.Cancel(NUMBER, asker=KIOSK)),
        ("at the counter", cmd.Cancel(TICKET, cmd.AtCounter(*AT), WHY)),
        ("by a supervisor", cmd.Cancel(TICKET, cmd.AtCounter(*BESIDE), WHY)),
    ),
    "rejoin": (
        ("by the visitor, the QR", cmd.Rejoin(qr_text(TICKET, CHECK))),
        ("with the number only", cmd.Rejoin(NUMBER, asker=KIOSK)),
        ("at the counter", cmd.Rejoin(NUMBER, cmd.AtCounter(*AT))),
    ),
    "open": (
        ("the same officer", cmd.SignIn(COUNTER, OFFICER, "", "a new session", pin_matches=True)),
        ("elsewhere", cmd.SignIn(OTHER_COUNTER, OFFICER, "", "a new session", pin_matches=True)),
        ("elsewhere, `leave`", cmd.SignIn(OTHER_COUNTER, OFFICER, "", "session", pin_matches=True, leave=COUNTER)),
    ),
    "close": (("", cmd.Close(*AT)),),
    "pause": (("", cmd.Pause(*AT)),),
    "resume": (("not paused", cmd.Resume(*AT)),),
    "next": (("", cmd.Next(*AT)),),
    "call": (("", cmd.Call(*AT, ticket=TICKET)),),
    "recall": (("", cmd.Recall(*AT)),),
    "start": (("", cmd.Start(*AT)),),
    "finish": (("", cmd.Finish(*AT)),),
    "no_show": (("at once", cmd.NoShow(*AT)), ("a minute later", (TIME_TO_COME, cmd.NoShow(*AT)))),
    "hold": (("", cmd.Hold(*AT)),),
    "unhold": (("", cmd.Unhold(*AT, ticket=TICKET)),),
    "transfer": (
        ("to a stage", cmd.Transfer(*AT, stage=OTHER_STAGE)),
        ("to a service", cmd.Transfer(*AT, service=OTHER_SERVICE)),
        ("to a counter", cmd.Transfer(*AT, to_counter=OTHER_COUNTER)),
        ("by a supervisor, `ticket`", cmd.Transfer(*BESIDE, ticket=TICKET, stage=OTHER_STAGE, reason=WHY)),
    ),
    "undo": (("", cmd.Undo(*AT)),),
    "staff_transfer": (
        ("to a stage", cmd.StaffTransfer(STAFF, TICKET, WHY, stage=OTHER_STAGE)),
        ("to a service", cmd.StaffTransfer(STAFF, TICKET, WHY, service=OTHER_SERVICE)),
        ("to a counter", cmd.StaffTransfer(STAFF, TICKET, WHY, to_counter=OTHER_COUNTER)),
    ),
    "staff_cancel": (("", cmd.StaffCancel(STAFF, TICKET, WHY)),),
    "staff_call": (
        ("to the counter", cmd.StaffCall(STAFF, TICKET, COUNTER, WHY)),
        ("to one where nobody is", cmd.StaffCall(STAFF, TICKET, OTHER_COUNTER, WHY)),
    ),
    "staff_undo": (
        ("", cmd.StaffUndo(STAFF)),
        ("after `staff_cancel`", (cmd.StaffCancel(STAFF, TICKET, WHY), cmd.StaffUndo(STAFF))),
        ("after `staff_call`", (cmd.StaffCall(STAFF, TICKET, COUNTER, WHY), cmd.StaffUndo(STAFF))),
    ),
    "pin": (
        ("", cmd.ChangePin(*AT, "1234", "8051", OFFICER, pin_matches=True)),
        ("too easy to guess", cmd.ChangePin(*AT, "1234", "4444", OFFICER, pin_matches=True)),
        ("the old one wrong", cmd.ChangePin(*AT, "9999", "8051", OFFICER)),
    ),
    "reset_pin": (
        ("by an officer", cmd.ResetPin(*AT, "budi", "8051")),
        ("by a supervisor", cmd.ResetPin(*BESIDE, "budi", "8051")),
    ),
    "unlock": (
        ("by an officer", cmd.Unlock(*AT, "budi")),
        ("by a supervisor", cmd.Unlock(*BESIDE, "budi")),
    ),
    "help": (
        ("`ask`", cmd.Help("ask", asker=KIOSK)),
        ("`ask` by what is no kiosk", cmd.Help("ask", asker=COUNTER)),
        ("`come`, nobody has asked", cmd.Help("come", KIOSK, desk=cmd.AtCounter(*AT))),
    ),
    "rate": (
        ("by the visitor, `check`", fb.Rate(NUMBER, 4, CHECK)),
        ("with the number only", fb.Rate(NUMBER, 4)),
    ),
    "invited": (
        ("by the visitor, `check`", fb.Invitations(NUMBER, CHECK)),
        ("with the number only", fb.Invitations(NUMBER)),
    ),
}
"""The protocol's commands, some in several forms."""
OF_NO_TICKET = (
    "staff_in",
    "staff_out",
    "staff_sessions",
    "staff_revoke",
    "board",
    "ticket_history",
    "rules_change",
    "staff_password",
    "staff_totp",
    "staff_reset",
    "offer",
    "quota",
    "intake",
    "ask_counter",
    "asked",
    "announce",
    "unannounce",
    "alert_ack",
    "training",
    "lease",
    "hand_in",
    "give_back",
    "ratings",
    "suggest",
    "suggestions",
    "suggestion",
    "suggestion_step",
    "complain",
    "complaint",
    "complaint_step",
    "complaints",
    "purge",
    "survey",
    "survey_plan",
)
"""Commands that change no ticket; those of staff sessions are in tests/unit/staff."""


def demo_rules() -> Rules:
    """Return the rules of the demo office."""
    return office_rules(load_settings(CONFIG, {}))


def outcome(rules: Rules, asked: Asked, state: TicketState) -> str:
    """Return what the domain makes of a command while the ticket is in a state."""
    office = Office(rules)
    STATES[state](office)
    if office.state is not state:
        message = f"the ticket is {office.state}, not {state}"
        raise ValueError(message)
    try:
        office.do(*asked if isinstance(asked, tuple) else (asked,))
    except DomainError as error:
        return f"`{error.code}`"
    after = office.state
    return "works" if after is state else f"-> {after}"


def page(rules: Rules) -> str:
    """Return docs/commands.md."""
    told = {*COMMANDS, *OF_NO_TICKET}
    if told != ALL.keys():
        message = f"not in both: {sorted(told ^ ALL.keys())}"
        raise ValueError(message)
    lines = [
        f"| command | {' | '.join(STATES)} |",
        "|---" * (len(STATES) + 1) + "|",
        *(
            f"| `{name}`{form and f' {form}'} | {' | '.join(outcome(rules, command, state) for state in STATES)} |"
            for name, forms in COMMANDS.items()
            for form, command in forms
        ),
    ]
    stages = ", ".join(rules.services[SERVICE].stages)
    beside = ", ".join(f"`{name}`" for name in OF_NO_TICKET)
    return "\n".join([HEAD.format(stages=stages), *lines, "", f"Of no ticket: {beside}.", "", FOOT])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(demo_rules()), encoding="utf-8")
