"""The whole screen of one moment: which page, and what stands around it. Pure."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from broker.contract.messages import HallMessage, OfficeMessage
from broker.language import mark, own_name
from kiosk.pages.access import access_page
from kiosk.pages.aside import help_banner, help_page, pin_page, staff_page
from kiosk.pages.complaint import strange_receipt
from kiosk.pages.feedback import PAGES, feedback_offline, screen_name
from kiosk.pages.lane import lane_page, rule_page
from kiosk.pages.offers import closed_banner, offer_banner
from kiosk.pages.page import (
    Banner,
    Bar,
    Choice,
    Footer,
    FoundPage,
    Header,
    IdleWarning,
    LanePage,
    NumberPage,
    OfflinePage,
    Page,
    RequirementsPage,
    Screen,
    ServicesPage,
    WelcomePage,
)
from kiosk.pages.problem import problem_page
from kiosk.pages.returning import STRANGE, code_page, confirm_page, found_page, more_page, number_page, strange_code
from kiosk.pages.services import ALONE, missing_page, requirements_page, services_page
from kiosk.pages.ticket import no_paper_banner, staff_words, ticket_page
from kiosk.pages.waiting import UNANSWERED, issuing_page, offline_page
from kiosk.pages.welcome import in_each_language, welcome_page
from kiosk.visit.feedback import step_before
from kiosk.visit.offer import in_language, is_anything_open, is_shut
from kiosk.visit.state import State, StrangeCode
from kiosk.visit.steps import MOST_EXTENSIONS, Aside, Errand, Step, Visit

_CHOOSING = frozenset({Step.REQUIREMENTS, Step.MISSING, Step.LANE})
_UNDER_WAY = frozenset({Step.ISSUING, Step.REQUESTING, Step.SENDING})
_STARTS = frozenset({Step.LANGUAGE, Step.SERVICE, Step.FEEDBACK, Step.RESTING})
"""Where there is nothing to do without connection."""
_SAID_HERE = (
    frozenset(PAGES)
    - _STARTS
    - {Step.PROBLEM, Step.SENDING, Step.THANKS, Step.RECEIPT, Step.STATUS, Step.NUMBER, Step.CODE}
)
"""Where a visitor of a feedback kiosk goes on without connection: only to send needs one."""
_WITH_TICKET = frozenset({Step.NUMBER, Step.FOUND, Step.CODE, Step.CONFIRM})
_MID_FLOW = _CHOOSING | _WITH_TICKET
_PAGES: Mapping[Step, Callable[[State, OfficeMessage], Page]] = {
    Step.LANGUAGE: welcome_page,
    Step.SERVICE: services_page,
    Step.REQUIREMENTS: requirements_page,
    Step.MISSING: missing_page,
    Step.LANE: lane_page,
    Step.ISSUING: issuing_page,
    Step.TICKET: ticket_page,
    Step.PROBLEM: problem_page,
    Step.NUMBER: number_page,
    Step.REQUESTING: issuing_page,
    Step.FOUND: found_page,
    Step.CODE: code_page,
    Step.CONFIRM: confirm_page,
}


FIGURES_EVERY_S = 1.5
"""Nobody reads a count of waiting people that changes more often; each change costs a frame, all of the screen anew."""


class Composer:
    """Turns each state into its screen, and hands that over where it is another one than before.

    States come many times a second: nothing is composed of one that says nothing new, and the office's figures alone
    make a new screen only now and then. What the visitor does is shown at once, with the newest figures.
    """

    def __init__(self, show: Callable[[Screen], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take who draws, and a clock that never jumps."""
        self._show = show
        self._monotonic = monotonic
        self._seen: tuple[object, ...] = ()
        self._hall: HallMessage | None = None
        self._composed_s = -math.inf
        self._shown: Screen | None = None

    def show(self, state: State) -> None:
        """Take what the presenter knows now; it tells again, many times a second."""
        seen, now_s = _beside_figures(state), self._monotonic()
        is_due = now_s - self._composed_s >= FIGURES_EVERY_S and state.hall is not self._hall
        if seen == self._seen and not is_due:
            return
        self._seen, self._hall, self._composed_s = seen, state.hall, now_s
        screen = compose(state)
        if screen != self._shown:
            self._shown = screen
            self._show(screen)


def _beside_figures(state: State) -> tuple[object, ...]:
    """Return all that a screen depends on but how many wait and how long: of the times what is seen of them."""
    moves = state.is_starting or state.visit.step in _UNDER_WAY
    seen = replace(state, hall=None, now=state.now.replace(second=0, microsecond=0), elapsed_s=0.0)
    hall, ticket = state.hall, state.visit.ticket if state.visit.step is Step.FOUND else None
    shut = () if hall is None else tuple(group for group in hall.waiting if group.offer != "open")
    offers = tuple((group.stage, group.service, group.lane, group.offer) for group in shut)  # the open ones come and go
    calls = () if hall is None or ticket is None else tuple(one for one in hall.calling if one.number == ticket.number)
    by_hand = None if hall is None else (hall.intake, hall.closed_today)
    return seen, state.is_slow, state.beat if moves else 0, offers, by_hand, calls


def compose(state: State) -> Screen:
    """Return what the screen shows now."""
    name, page = _page(state)
    step = state.visit.step
    return Screen(
        name=name,
        header=_header(state, with_languages=not isinstance(page, WelcomePage | OfflinePage)),
        footer=_footer(state),
        page=page,
        banner=_banner(state, page),
        bar=_bar(state),
        access=state.visit.access,
        is_blocked=state.offline_since is not None
        and step in (_WITH_TICKET if state.is_alone else _MID_FLOW)
        and state.visit.aside is None,
        warning=_warning(state),
        rtl=state.words.rtl,
        languages=state.languages,
        turn_back=_in_all(state, _TURN_BACK),
        turn_on=_in_all(state, _TURN_ON),
    )


def _bar(state: State) -> Bar:
    """Return the buttons below the page: help and access always, the way back where there is one."""
    visit = state.visit
    begins = {Step.LANGUAGE} if state.asks is None else {Step.FEEDBACK, Step.RESTING}
    has_begun = visit.aside is not None or not visit.access.is_plain or (state.asks is not None and _has_begun(visit))
    may_leave = (visit.step not in begins or has_begun) and visit.step not in _UNDER_WAY | {Step.RECEIPT}
    return Bar(
        back=_in_all(state, _BACK) if _has_back(state) else "",
        access=_in_all(state, _ACCESS),
        help=_in_all(state, _HELP),
        start_over=_in_all(state, _START_OVER) if may_leave else "",
    )


def _has_begun(visit: Visit) -> bool:
    """Tell whether somebody was at the start of a feedback kiosk before."""
    return visit.has_chosen_language or visit.opinion.topic is not None


_BACK = mark("Back")
_ACCESS = mark("Access")
_HELP = mark("Help")
_START_OVER = mark("Start over")
_TURN_BACK = mark("Previous")
_TURN_ON = mark("Next")


def _in_all(state: State, message: str) -> str:
    """Return a word in the visitor's language; before one was chosen in all of them."""
    codes = (state.visit.language,) if state.visit.has_chosen_language else state.languages
    return " / ".join(dict.fromkeys(state.phrases(code).say(message) for code in codes))


def _has_back(state: State) -> bool:
    visit = state.visit
    if visit.aside is not None:
        return True
    if state.asks is not None:
        return step_before(state, visit.step, visit.opinion) is not None
    return visit.step in _CHOOSING | {Step.CODE} or (visit.step is Step.REQUESTING and visit.errand is Errand.LOOKUP)


def _page(state: State) -> tuple[str, Page]:
    """Return the page and its name; without connection nothing can be begun."""
    step = state.visit.step
    aside = state.visit.aside
    if aside is not None and (page := _aside(state, aside)) is not None:
        return aside.value, page
    if state.office is None or (state.offline_since is not None and step in _STARTS and not state.is_alone):
        is_ours = state.asks is not None and not state.is_starting and state.standing not in {"taken", "untrusted"}
        return "offline", feedback_offline(state) if is_ours else offline_page(state)
    pages = _PAGES if state.asks is None else PAGES
    return screen_name(state), pages[step](state, state.office)


def _aside(state: State, aside: Aside) -> Page | None:
    match aside:
        case Aside.ACCESS:
            return access_page(state)
        case Aside.MORE:
            return None if state.office is None or state.visit.ticket is None else more_page(state, state.office)
        case Aside.RULE:
            return None if state.office is None else rule_page(state, state.office)
        case Aside.HELP:
            return help_page(state)
        case Aside.PIN:
            return pin_page(state)
        case Aside.STAFF:
            return staff_page(state)
    assert_never(aside)


def _header(state: State, *, with_languages: bool) -> Header:
    office = state.office
    choices = tuple(Choice(code, own_name(code)) for code in state.languages)
    return Header(
        office="" if office is None else in_language(office.office.name, state.visit.language),
        date=state.words.date(state.now.date()),
        clock=state.words.clock(state.now),
        language=state.visit.language,
        languages=choices if with_languages and len(choices) > 1 else (),
    )


def _footer(state: State) -> Footer:
    words, since = state.words, state.offline_since
    connection = ""
    if since is not None:
        message = "Not connected since {time}"
        is_for_all = state.is_alone and not state.visit.has_chosen_language
        connection = _in_all_languages(state, message) if is_for_all else words.say(message, time=words.clock(since))
    if state.is_starting:
        connection = words.say("Starting")
    return Footer(connection, is_connected=since is None, staff=staff_words(state))


def _banner(state: State, page: Page) -> Banner | None:  # noqa: PLR0911 - each remark that there is, the gravest first
    words, since = state.words, state.offline_since
    if state.visit.aside is not None:
        return None
    if (called := help_banner(state)) is not None:
        return called
    if since is not None and state.visit.step in (_WITH_TICKET if state.is_alone else {*_MID_FLOW, Step.PROBLEM}):
        return Banner(
            "warn",
            _in_all_languages(state, "Not connected since {time}"),
            words.say("Your choices are kept, please wait a moment. If this lasts, please ask an officer."),
        )
    if since is not None and state.asks is not None and state.visit.step in _SAID_HERE:
        return Banner("warn", _in_all_languages(state, "Not connected since {time}"), words.say(_GO_ON))
    if state.strange_code is not None and not isinstance(page, OfflinePage | NumberPage):
        is_receipt = state.visit.step is Step.SECRET
        return strange_receipt(words) if is_receipt else _strange_banner(state, state.strange_code)
    if state.is_unanswered and isinstance(page, WelcomePage | ServicesPage | RequirementsPage | LanePage | FoundPage):
        return _unanswered_banner(state)
    if state.visit.step in _CHOOSING and not is_shut(state.hall) and (banner := offer_banner(state)) is not None:
        return banner
    if isinstance(page, WelcomePage) and _gives_nothing(state):
        return closed_banner(state)
    if state.late_number is not None and not isinstance(page, OfflinePage):
        return Banner(
            "info",
            words.say("Ticket {number} was printed for an earlier visitor", number=state.late_number),
            words.say("Please hand it to an officer."),
        )
    said = no_paper_banner(state) if isinstance(page, WelcomePage | ServicesPage) else None
    return _alone_banner(state) if said is None and state.is_alone and isinstance(page, WelcomePage) else said


def _gives_nothing(state: State) -> bool:
    """Tell whether no service gives out numbers though the office is open: outside its hours the page says so."""
    office, hall = state.office, state.hall
    return office is not None and not is_shut(hall) and not is_anything_open(office, hall)


def _strange_banner(state: State, code: StrangeCode) -> Banner:
    """Return that a code is none of ours; at the start in every language, where what to do stands beside."""
    if state.visit.has_chosen_language:
        return strange_code(code, state.words)
    return Banner("warn", in_each_language(state, STRANGE[code][0]))


def _unanswered_banner(state: State) -> Banner:
    """Return that the office answers nobody now; before a language was chosen, in every one."""
    if state.visit.has_chosen_language:
        return Banner("warn", state.words.say(UNANSWERED), state.words.say(_UNANSWERED_ADVICE))
    return Banner("warn", in_each_language(state, UNANSWERED), in_each_language(state, _UNANSWERED_ADVICE))


def _alone_banner(state: State) -> Banner:
    """Return that numbers are valid all the same, in few words: since when it is alone stands in the head."""
    return Banner("info", in_each_language(state, ALONE))


_GO_ON = mark("Please go on: it is kept here and sent as soon as the connection is back.")
_UNANSWERED_ADVICE = mark("Please wait a moment, or ask an officer.")


def _in_all_languages(state: State, message: str) -> str:
    """Return a message about the lost connection, the visitor's language first."""
    since = state.offline_since or state.now
    codes = (state.visit.language, *(code for code in state.languages if code != state.visit.language))
    return " / ".join(state.phrases(code).say(message, time=state.phrases(code).clock(since)) for code in codes)


def _warning(state: State) -> IdleWarning | None:
    left = state.warning_left_s
    if left is None:
        return None
    words = state.words
    if state.visit.extended >= MOST_EXTENSIONS:
        return IdleWarning(
            title=words.say("Thank you, others may be waiting"),
            text=words.count(
                "This visit ends in {n} second. You can begin again at any time.",
                "This visit ends in {n} seconds. You can begin again at any time.",
                left,
            ),
            stay="",
            leave=words.say("Back to the start"),
        )
    return IdleWarning(
        title=words.say("Are you still there?"),
        text=words.count(
            "This screen returns to the start in {n} second.", "This screen returns to the start in {n} seconds.", left
        ),
        stay=words.say("Yes, go on"),
        leave=words.say("No, back to the start"),
    )
