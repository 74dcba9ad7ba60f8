"""The words of a feedback kiosk: its start, a face, thanks, trouble; and which page belongs to which step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from broker.contract.messages import OfficeMessage
from broker.language import Phrases, mark
from kiosk.pages.complaint import (
    case_page,
    confidential_page,
    kind_page,
    reach_page,
    receipt_page,
    review_page,
    settle_page,
    status_page,
    visit_page,
)
from kiosk.pages.page import (
    AskPage,
    Banner,
    Choice,
    FacesPage,
    FeedbackPage,
    IssuingPage,
    NumberPage,
    OfflinePage,
    Page,
    ProblemPage,
    RestPage,
)
from kiosk.pages.returning import code_page, number_page
from kiosk.pages.services import SCAN
from kiosk.pages.survey import about_page, intro_page, profile_page, question_page, surveys_page
from kiosk.pages.writing import CONTINUE, secret_page, write_page
from kiosk.visit.feedback import offered_topics
from kiosk.visit.offer import counter_label
from kiosk.visit.opinion import Topic
from kiosk.visit.state import State
from kiosk.visit.steps import Problem, Step

FACES: tuple[tuple[str, str], ...] = (
    ("sentiment_very_dissatisfied", mark("Not satisfied")),
    ("sentiment_dissatisfied", mark("Less satisfied")),
    ("sentiment_satisfied", mark("Satisfied")),
    ("sentiment_very_satisfied", mark("Very satisfied")),
)
"""The signs and the words of the scores 1 to 4."""
HOW_WAS_IT = mark("How was our service?")
_TOPICS: Mapping[Topic, tuple[str, str]] = {
    "rating": ("sentiment_satisfied", mark("Rate your visit")),
    "survey": ("assignment", mark("Answer the survey")),
    "suggestion": ("lightbulb", mark("Suggest something")),
    "complaint": ("campaign", mark("Complain, or ask the office")),
    "status": ("search", mark("See what became of a complaint")),
}


def feedback_start(state: State, _office: OfficeMessage) -> FeedbackPage:
    """Return the start, in every language until one was chosen."""
    topics = () if state.asks is None else offered_topics(state.asks, state.surveys, state.feedback)
    return FeedbackPage(
        titles=tuple(words.say(HOW_WAS_IT) for words in _speakers(state)),
        choices=tuple(_topic(state, topic) for topic in topics),
        scan="\n".join(words.say(SCAN) for words in _speakers(state)) if state.has_scanner else "",
    )


def _topic(state: State, topic: Topic) -> Choice:
    icon, name = _TOPICS[topic]
    first, *others = (words.say(name) for words in _speakers(state))
    return Choice(topic, first, "  /  ".join(others), icon=icon)


def _speakers(state: State) -> tuple[Phrases, ...]:
    """Return the visitor's words, and until a language was chosen those of all."""
    codes = (state.visit.language,) if state.visit.has_chosen_language else state.languages
    return tuple(state.phrases(code) for code in codes)


def rest_page(state: State, office: OfficeMessage) -> RestPage:
    """Return what a counter's tablet says while nobody is asked."""
    counter = counter_label(office, None if state.asks is None else state.asks.counter) or ""
    title, text = (
        mark("Counter {counter}"),
        mark("When you are done here, please tell us how it was: one touch is enough."),
    )
    words = tuple(state.phrases(code) for code in state.languages)
    return RestPage(tuple((one.say(title, counter=counter), one.say(text)) for one in words), "sentiment_satisfied")


def faces_page(state: State, _office: OfficeMessage) -> FacesPage:
    """Return the question for a face."""
    words = state.words
    is_tablet = state.asks is not None and state.asks.counter is not None
    hint = words.say("One touch is enough. Nobody sees who you are.") if is_tablet else ""
    return FacesPage(
        title=words.say(HOW_WAS_IT),
        hint=hint or words.say("Please choose the face that fits. Nobody sees who you are."),
        choices=tuple(Choice(str(at), words.say(word), icon=icon) for at, (icon, word) in enumerate(FACES, start=1)),
    )


def more_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return whether a sentence is to follow."""
    words = state.words
    score = state.visit.opinion.score or len(FACES)
    icon, name = FACES[score - 1]
    return AskPage(
        kicker=words.say(name),
        title=words.say("Would you like to say why?"),
        text=words.say("You may add a sentence. You need not."),
        choices=(
            Choice("send", words.say("No, just send it")),
            Choice("write", words.say("Yes, write a sentence")),
        ),
        icon=icon,
        main="send",
    )


# -- ends -----------------------------------------------------------------------------------------------------------


def thanks_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return thanks, and the survey that the visitor is invited to."""
    words, opinion = state.words, state.visit.opinion
    is_tablet = state.asks is not None and state.asks.counter is not None
    text = words.say(_THANKS[opinion.topic or "rating"])
    if opinion.is_sent_later:
        text = words.say("It is kept here and sent as soon as the connection is back.")
    if opinion.invitations:
        return AskPage(
            kicker=text,
            title=words.say("You are invited to our survey"),
            text=words.say("It takes about a minute and a half and is answered without your name."),
            choices=(
                Choice("survey", words.say("Yes, answer it now")),
                Choice("done", words.say("No, thank you")),
            ),
            icon="assignment",
            main="survey",
        )
    if opinion.can_add:
        return AskPage(
            kicker=text,
            title=words.say("Would you like to say why?"),
            text=words.say("You may add a sentence. You need not."),
            choices=(
                Choice("write", words.say("Yes, write a sentence")),
                Choice("done", words.say("No, that was all")),
            ),
            icon="check_circle",
            main="done",
        )
    done = () if is_tablet else (Choice("done", words.say("Done")),)
    return AskPage(kicker="", title=words.say("Thank you!"), text=text, choices=done, icon="check_circle", main="done")


_THANKS: Mapping[Topic, str] = {
    "rating": mark("Your answer helps us to serve better."),
    "survey": mark("Your answers were counted. The office publishes what all of them come to."),
    "suggestion": mark("Your suggestion was received. It is read by the office."),
    "complaint": mark("Your answer helps us to serve better."),
    "status": mark("Your answer helps us to serve better."),
}


def sending_page(state: State, _office: OfficeMessage) -> IssuingPage:
    """Return that it is being sent, and what to do where that is slow."""
    words, since = state.words, state.offline_since
    banner = None
    if since is not None or state.is_slow:
        title = words.say("Still working, please wait")
        if since is not None:
            title = words.say("Not connected since {time}", time=words.clock(since))
        elif state.is_unanswered:
            title = words.say("The queue system is not answering right now")
        text = mark("What you entered is kept here. It is sent by itself, and only once.")
        banner = Banner("warn", title, words.say(text))
    title = words.say(_UNDER_WAY.get(state.visit.opinion.asked, _SENDING))
    return IssuingPage(title, words.say("Please wait a moment."), banner, state.beat)


_SENDING = mark("It is being sent")
_UNDER_WAY: Mapping[str, str] = {
    "lookup": mark("Your ticket is being looked up"),
    "invited": mark("Your ticket is being looked up"),
    "complaint": mark("Your complaint is being looked up"),
}


def feedback_problem(state: State, _office: OfficeMessage) -> ProblemPage:
    """Return why it came to nothing, and what can be done."""
    words, problem, opinion = state.words, state.visit.problem, state.visit.opinion
    leave = Choice("start_over", words.say("Back to the start"))
    if opinion.asked == "unfinished":
        text = words.say("You can rate your visit once you were served.")
        return ProblemPage(words.say("Your visit is not over yet"), text, "", (leave,))
    if opinion.asked == "nothing":
        text = words.say("Not everybody is asked, and everybody once: chance decides who is invited.")
        return ProblemPage(words.say("There is no survey for this ticket"), text, "", (leave,))
    if opinion.asked == "complaint_step" and problem == "illegal_transition":
        text = words.say("It has gone on since you looked. What you entered was not sent.")
        look = Choice("again", words.say("Look at it again"))
        return ProblemPage(words.say("This cannot be done with it now"), text, "", (look, leave))
    if problem is Problem.NO_ANSWER:
        return ProblemPage(
            words.say("It is not confirmed yet"),
            words.say("What you entered is still here. It is sent as soon as that is possible, and only once."),
            words.say("If you leave now, it may or may not have arrived. An officer can write it down as well."),
            (Choice("again", words.say("Wait on")), leave),
        )
    if isinstance(problem, Problem) or problem is None:
        text = words.say("The answer could not be read.")
        return ProblemPage(words.say("Please see an officer"), text, "", (leave,))
    again = Choice("again", words.say("Try again"))
    is_kept = words.say("What you entered is still here.")
    ways = (again, leave) if problem in _REPEATABLE else (leave,)
    advice = is_kept if problem in _REPEATABLE else words.say("An officer will gladly help you.")
    return ProblemPage(words.say("This could not be sent"), words.error(problem), advice, ways)


_REPEATABLE = frozenset({"storage_failed", "not_ready", "too_many", "too_late"})


def feedback_offline(state: State) -> OfflinePage:
    """Return, in every language, that nothing can be said here now."""
    since = state.offline_since or state.now
    text = mark("This screen will work again by itself.")
    words = tuple(
        (
            state.phrases(code).say("Not connected since {time}", time=state.phrases(code).clock(since)),
            state.phrases(code).say(text),
        )
        for code in state.languages
    )
    return OfflinePage(words, is_starting=False, beat=0)


def whose_page(state: State, office: OfficeMessage) -> NumberPage:
    """Return the question for the number of a ticket, or for its code."""
    page = number_page(state, office) if state.visit.step is Step.NUMBER else code_page(state, office)
    page = replace(page, find=replace(page.find, title=state.words.say(CONTINUE)))
    if state.visit.opinion.topic == "complaint" and state.strange_code == "past":
        words = state.words  # whatever day it was of: the number alone is wanted
        text = words.say("You can type its number all the same.")
        return replace(page, banner=Banner("warn", words.say("This is not a ticket of today"), text))
    return page


PAGES: Mapping[Step, Callable[[State, OfficeMessage], Page]] = {
    Step.FEEDBACK: feedback_start,
    Step.RESTING: rest_page,
    Step.NUMBER: whose_page,
    Step.CODE: whose_page,
    Step.FACES: faces_page,
    Step.MORE: more_page,
    Step.SENTENCE: write_page,
    Step.SURVEYS: surveys_page,
    Step.INTRO: intro_page,
    Step.ABOUT: about_page,
    Step.QUESTION: question_page,
    Step.PROFILE: profile_page,
    Step.SUGGESTION: write_page,
    Step.KIND: kind_page,
    Step.COMPLAINT: write_page,
    Step.VISIT: visit_page,
    Step.REACH: reach_page,
    Step.CONTACT: write_page,
    Step.CONFIDENTIAL: confidential_page,
    Step.REVIEW: review_page,
    Step.SENDING: sending_page,
    Step.RECEIPT: receipt_page,
    Step.CASE: case_page,
    Step.SECRET: secret_page,
    Step.STATUS: status_page,
    Step.REPLY: write_page,
    Step.SETTLE: settle_page,
    Step.THANKS: thanks_page,
    Step.PROBLEM: feedback_problem,
}


def screen_name(state: State) -> str:
    """Return what a page is called: each question is one of its own."""
    step = state.visit.step
    return f"{step.value}-{state.visit.opinion.at + 1}" if step in {Step.QUESTION, Step.PROFILE} else step.value
