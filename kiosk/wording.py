"""Turns a moment of a visit into the view of it: which page, which words. Pure."""

from __future__ import annotations

from typing import Literal, assert_never

from broker.contract.messages import OfficeMessage
from broker.language import Phrases, mark, own_name
from kiosk.offer import in_language, is_anything_open, open_counters
from kiosk.pages import (
    Banner,
    Choice,
    Footer,
    Header,
    IdleWarning,
    IssuingPage,
    NumberPage,
    OfflinePage,
    Page,
    ServicesPage,
    View,
    WelcomePage,
)
from kiosk.scene import Scene
from kiosk.visit import Errand, Step
from kiosk.wording_choices import SCAN, closed_banner, lane_page, offer_banner, requirements_page, services_page
from kiosk.wording_holder import (
    FOREIGN,
    confirm_page,
    errand_problem_page,
    errand_words,
    foreign_code,
    found_page,
    number_page,
)
from kiosk.wording_paper import no_paper_banner, staff_words
from kiosk.wording_result import problem_page, ticket_page

_CHOOSING = frozenset({Step.REQUIREMENTS, Step.LANE})
_WITH_TICKET = frozenset({Step.NUMBER, Step.FOUND, Step.CONFIRM})
_MID_FLOW = _CHOOSING | _WITH_TICKET


def compose(scene: Scene) -> View:
    """Return what the screen shows now."""
    name, page = _page(scene)
    step = scene.visit.step
    words = scene.words
    return View(
        name=name,
        header=_header(scene, with_languages=not isinstance(page, WelcomePage | OfflinePage)),
        footer=_footer(scene),
        page=page,
        banner=_banner(scene, page),
        back=words.say("Back") if _has_back(scene) else "",
        start_over=words.say("Start over") if step in _CHOOSING | {Step.NUMBER} else "",
        is_blocked=scene.offline_since is not None and step in _MID_FLOW,
        warning=_warning(scene),
    )


def _has_back(scene: Scene) -> bool:
    visit = scene.visit
    return visit.step in _CHOOSING or (visit.step is Step.ASKING and visit.errand is Errand.LOOKUP)


def _page(scene: Scene) -> tuple[str, Page]:
    """Return the page and its name; without connection nothing can be begun."""
    step = scene.visit.step
    if scene.office is None or (scene.offline_since is not None and step in {Step.LANGUAGE, Step.SERVICE}):
        return "offline", _offline(scene)
    return step.value, _step_page(scene, scene.office)


def _step_page(scene: Scene, office: OfficeMessage) -> Page:
    page: Page
    match scene.visit.step:
        case Step.LANGUAGE:
            page = _welcome(scene)
        case Step.SERVICE:
            page = services_page(scene, office)
        case Step.REQUIREMENTS:
            page = requirements_page(scene, office)
        case Step.LANE:
            page = lane_page(scene, office)
        case Step.ISSUING:
            page = _issuing(scene)
        case Step.TICKET:
            page = ticket_page(scene, office)
        case Step.PROBLEM:
            page = problem_page(scene, office) if scene.visit.errand is Errand.ISSUE else errand_problem_page(scene)
        case _:
            page = _holder_page(scene, office, scene.visit.step)
    return page


def _holder_page(
    scene: Scene, office: OfficeMessage, step: Literal[Step.NUMBER, Step.ASKING, Step.FOUND, Step.CONFIRM]
) -> Page:
    match step:
        case Step.NUMBER:
            return number_page(scene, office)
        case Step.ASKING:
            return _issuing(scene)
        case Step.FOUND:
            return found_page(scene, office)
        case Step.CONFIRM:
            return confirm_page(scene)
        case _:
            assert_never(step)


def _header(scene: Scene, *, with_languages: bool) -> Header:
    office = scene.office
    choices = tuple(Choice(code, own_name(code)) for code in scene.languages)
    return Header(
        office="" if office is None else in_language(office.office.name, scene.visit.language),
        date=scene.words.date(scene.now.date()),
        clock=scene.words.clock(scene.now),
        language=scene.visit.language,
        languages=choices if with_languages and len(choices) > 1 else (),
    )


def _footer(scene: Scene) -> Footer:
    words, since = scene.words, scene.offline_since
    connection = words.say("Connected")
    if since is not None:
        connection = words.say("Not connected since {time}", time=scene.words.clock(since))
    if scene.is_starting:
        connection = words.say("Starting")
    return Footer(
        words.say("Need help? Please ask an officer."), connection, is_connected=since is None, staff=staff_words(scene)
    )


def _banner(scene: Scene, page: Page) -> Banner | None:
    words, since = scene.words, scene.offline_since
    if since is not None and scene.visit.step in {*_MID_FLOW, Step.PROBLEM}:
        return Banner(
            "warn",
            _in_all_languages(scene, "Not connected since {time}"),
            words.say("Your choices are kept, please wait a moment. If this lasts, please ask an officer."),
        )
    if scene.is_foreign_code and not isinstance(page, OfflinePage | NumberPage):
        return _foreign_banner(scene)
    if scene.visit.step in _CHOOSING and (banner := offer_banner(scene)) is not None:
        return banner
    if isinstance(page, WelcomePage) and scene.office is not None and not is_anything_open(scene.office, scene.hall):
        return closed_banner(scene)
    if scene.late_number is not None and not isinstance(page, OfflinePage):
        return Banner(
            "info",
            words.say("Ticket {number} was printed for an earlier visitor", number=scene.late_number),
            words.say("Please hand it to an officer."),
        )
    return no_paper_banner(scene) if isinstance(page, WelcomePage | ServicesPage) else None


def _foreign_banner(scene: Scene) -> Banner:
    """Return that a code is none of ours; at the start in every language, where what to do stands beside."""
    if scene.visit.has_chosen_language:
        return foreign_code(scene.words)
    return Banner("warn", _each(scene, FOREIGN))


def _in_all_languages(scene: Scene, message: str) -> str:
    """Return a message about the lost connection, the visitor's language first."""
    since = scene.offline_since or scene.now
    codes = (scene.visit.language, *(code for code in scene.languages if code != scene.visit.language))
    return " / ".join(scene.phrases(code).say(message, time=scene.phrases(code).clock(since)) for code in codes)


def _welcome(scene: Scene) -> WelcomePage:
    first = scene.phrases(scene.languages[0])
    waiting = 0 if scene.hall is None else sum(group.count for group in scene.hall.waiting)
    remarks = (_waiting(first, waiting), _open(first, open_counters(scene.hall)))
    return WelcomePage(
        titles=tuple(scene.phrases(code).say("Take your queue number here") for code in scene.languages),
        steps=tuple(_in_two_languages(scene, message) for message in _STEPS),
        remark="  ·  ".join(remarks),
        choices=tuple(
            Choice(code, own_name(code), scene.phrases(code).say("Touch here to begin")) for code in scene.languages
        ),
        entry=_entry(scene),
        scan=_each(scene, SCAN) if scene.has_scanner else "",
    )


def _entry(scene: Scene) -> Choice:
    first, *others = (scene.phrases(code).say("I have a ticket") for code in scene.languages)
    return Choice("have_ticket", first, "  /  ".join(others))


def _each(scene: Scene, message: str) -> str:
    """Return a text in every language of the office, one a line."""
    return "\n".join(scene.phrases(code).say(message) for code in scene.languages)


def _waiting(words: Phrases, count: int) -> str:
    if count == 0:
        return words.say("Nobody is waiting")
    return words.count("{n} person is waiting", "{n} people are waiting", count)


def _open(words: Phrases, count: int) -> str:
    if count == 0:
        return words.say("No counter is open yet")
    return words.count("{n} counter is open", "{n} counters are open", count)


def _in_two_languages(scene: Scene, message: str) -> tuple[str, str]:
    words = [scene.phrases(code).say(message) for code in scene.languages[:2]]
    return words[0], words[1] if len(words) > 1 else ""


_STEPS = (mark("Choose a service"), mark("Check your documents"), mark("Take your ticket"))


def _issuing(scene: Scene) -> IssuingPage:
    words, since = scene.words, scene.offline_since
    banner = None
    if scene.is_slow:
        title = words.say("Still working, please wait")
        if since is not None:
            title = words.say("Not connected since {time}", time=scene.words.clock(since))
        banner = Banner(
            "warn",
            title,
            words.say("You will not lose your place and need not touch again. If this lasts, please ask an officer."),
        )
    return IssuingPage(
        title=errand_words(scene),
        text=words.say("Please wait a moment."),
        banner=banner,
        beat=scene.beat,
    )


def _offline(scene: Scene) -> OfflinePage:
    if scene.is_starting:
        words = tuple(
            (scene.phrases(code).say("One moment, please"), scene.phrases(code).say("This screen is starting."))
            for code in scene.languages
        )
        return OfflinePage(words, is_starting=True, beat=scene.beat)
    since = scene.offline_since or scene.now
    words = tuple(
        (
            scene.phrases(code).say("Not connected since {time}", time=scene.phrases(code).clock(since)),
            scene.phrases(code).say("Please ask an officer for your number. This screen will work again by itself."),
        )
        for code in scene.languages
    )
    return OfflinePage(words, is_starting=False, beat=0)


def _warning(scene: Scene) -> IdleWarning | None:
    left = scene.warning_left_s
    if left is None:
        return None
    words = scene.words
    return IdleWarning(
        title=words.say("Are you still there?"),
        text=words.count(
            "This screen returns to the start in {n} second.", "This screen returns to the start in {n} seconds.", left
        ),
        stay=words.say("Yes, go on"),
        leave=words.say("No, back to the start"),
    )
