"""The words of a feedback kiosk: a face, a survey, a suggestion, a complaint and its receipt. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from broker.contract.messages import OfficeMessage, SurveyMessage
from broker.language import Phrases, mark
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
    ReceiptPage,
    RestPage,
    ReviewPage,
    WritePage,
)
from kiosk.pages.returning import code_page, number_page
from kiosk.pages.services import SCAN
from kiosk.visit import keyboard as keys
from kiosk.visit import opinion as said
from kiosk.visit.feedback import (
    is_written,
    most_signs,
    offered_topics,
    open_surveys,
    survey_in,
    written_so_far,
)
from kiosk.visit.offer import counter_label, short_name
from kiosk.visit.opinion import Kind, Topic
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
}
KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    "complaint": (mark("Complaint"), mark("About the service, a fee or a wait")),
    "information": (mark("Request for information"), mark("You want to know something from the office")),
    "aspiration": (mark("Wish"), mark("What the office should do or change")),
    "supervision": (mark("Report of misconduct"), mark("Bribes, abuse of office, or other serious wrongs")),
}
MOST_REVIEWED = 600
_FEW_LEFT = 100
"""From so many signs on the page tells how much room is left."""


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


# -- a survey -------------------------------------------------------------------------------------------------------


def _survey(state: State) -> SurveyMessage | None:
    return survey_in(state.surveys, state.visit.opinion.survey, state.visit.language, *state.languages)


def surveys_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question which survey, where there are several."""
    words, opinion = state.words, state.visit.opinion
    ids = tuple(one.survey for one in opinion.invitations) or open_surveys(state)
    found = (survey_in(state.surveys, one, words.language, *state.languages) for one in ids)
    return AskPage(
        kicker="",
        title=words.say("Which survey would you like to answer?"),
        text="",
        choices=tuple(Choice(one.id, one.name) for one in found if one is not None),
    )


def intro_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return what the survey is about, and how long it takes."""
    words, survey = state.words, _survey(state)
    count = 0 if survey is None else len(survey.elements)
    how_long = words.count("{n} question, about a minute.", "{n} questions, about a minute and a half.", count)
    return AskPage(
        kicker="",
        title="" if survey is None else survey.name,
        text="\n".join(filter(None, ("" if survey is None else survey.intro, how_long, words.say(_NOBODY_KNOWS)))),
        choices=(Choice("begin", words.say("Begin")),),
        main="begin",
    )


_NOBODY_KNOWS = mark("Your answers are kept without your name and without your number.")


def about_page(state: State, office: OfficeMessage) -> AskPage:
    """Return the question which service the visitor came for."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("Which service did you come for?"),
        text="",
        choices=tuple(Choice(one.id, short_name(one, words.language), icon=one.icon or "") for one in office.services),
        is_list=True,
    )


def question_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return one question of the survey with its four answers."""
    words, survey, opinion = state.words, _survey(state), state.visit.opinion
    if survey is None or opinion.at >= len(survey.elements):
        return AskPage("", words.say(_GONE), "", ())
    element, given = survey.elements[opinion.at], dict(opinion.answers)
    progress = words.say("Question {at} of {of}", at=opinion.at + 1, of=len(survey.elements))
    return AskPage(
        kicker=progress,
        title=_breakable(element.question),
        text="",
        choices=tuple(
            Choice(str(worth), _breakable(answer), is_on=True if given.get(element.code) == worth else None)
            for worth, answer in enumerate(element.answers, start=1)
        ),
    )


def _breakable(text: str) -> str:
    """Return a text whose long words may break behind a stroke, a hyphen or an @: large type needs that."""
    return re.sub(r"(?<=[/@-])(?=\w)", "\u200b", text)


_GONE = mark("This survey has just changed. Please begin again.")


def profile_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return one question about the visitor, which nobody has to answer."""
    words, survey, opinion = state.words, _survey(state), state.visit.opinion
    if survey is None or opinion.at >= len(survey.profile):
        return AskPage("", words.say(_GONE), "", ())
    question, given = survey.profile[opinion.at], dict(opinion.profile)
    return AskPage(
        kicker=words.say("About you: {at} of {of}", at=opinion.at + 1, of=len(survey.profile)),
        title=question.question,
        text=words.say("You need not answer this."),
        choices=(
            *(
                Choice(one.code, _breakable(one.label), is_on=True if given.get(question.code) == one.code else None)
                for one in question.choices
            ),
            Choice("skip", words.say("I would rather not say")),
            Choice("none", words.say("Skip all of these and send")),
        ),
        is_list=True,
    )


# -- writing --------------------------------------------------------------------------------------------------------


def write_page(state: State, _office: OfficeMessage) -> WritePage:
    """Return the keyboard and what was typed."""
    words, step, opinion = state.words, state.visit.step, state.visit.opinion
    language, text, board = state.visit.language, written_so_far(opinion, state.visit.step), opinion.keyboard
    layer = board.layer
    shifted = keys.is_shifted(board, language, text, is_sentence=step is not Step.CONTACT)
    most = most_signs(step)
    has_room = keys.fits(text, "a", most=most, most_bytes=said.MOST_TEXT_BYTES)
    left = most - len(text)
    title, hint = _WRITING[step]
    page = "" if state.asks is None else _phone_page(state.asks.page, step)
    elsewhere = ""
    if not keys.can_write(language):
        on_phone = mark("You can type Latin letters only here. On your phone you can write as you are used to.")
        elsewhere = words.say(on_phone) if page else words.say(_LATIN_ONLY)
    return WritePage(
        title=words.say(title),
        hint=words.say(hint),
        typed=text,
        left=words.count("Room for {n} more sign", "Room for {n} more signs", left) if left <= _FEW_LEFT else "",
        rows=tuple(
            Choice(sign, sign.upper() if shifted else sign, is_available=has_room)
            for row in keys.rows(language, layer)
            for sign in row
        ),
        special=_special(state, is_shifted=shifted),
        find=Choice("written", words.say(_SEND if step in _SENDS else _ON), is_available=is_written(opinion, step)),
        elsewhere=elsewhere,
        qr=page if elsewhere else "",
        echo=keys.word_in_hand(text) or (words.say(_SPACE) if text else ""),
    )


_SEND, _ON = mark("Send"), mark("Continue")
_SPACE = mark("Space")
_SENDS = frozenset({Step.SENTENCE, Step.SUGGESTION})
_LATIN_ONLY = mark("You can type Latin letters only here. An officer can write it down for you in your language.")
_WRITING: Mapping[Step, tuple[str, str]] = {
    Step.SENTENCE: (mark("Why was it so?"), mark("One sentence is enough. Please write no names.")),
    Step.SUGGESTION: (
        mark("What should we do better?"),
        mark("Nobody sees who you are. Please write no names and no numbers of yours."),
    ),
    Step.COMPLAINT: (mark("What happened, or what would you like to know?"), mark("Where and when, if you know it.")),
    Step.CONTACT: (
        mark("How can we reach you?"),
        mark("A phone number or an e-mail address. It is stored locked, and erased later."),
    ),
}
_LAYER_SIGNS: Mapping[keys.Layer, str] = {"figures": "123", "latin": "ABC"}


def _special(state: State, *, is_shifted: bool) -> tuple[Choice, ...]:
    words, opinion, language = state.words, state.visit.opinion, state.visit.language
    text, layer = written_so_far(opinion, state.visit.step), opinion.keyboard.layer
    has_capitals = keys.has_capitals(language, layer)
    following = keys.next_layer(language, layer)
    latin = "ABC" if keys.has_capitals(language, "letters") else keys.rows(language, "letters")[0][:3]
    is_spaced = keys.fits(text, " ", most=most_signs(state.visit.step), most_bytes=said.MOST_TEXT_BYTES)
    return (
        Choice(
            "shift",
            words.say("Capitals"),
            icon="shift",
            is_available=has_capitals,
            is_on=is_shifted if has_capitals else None,
        ),
        Choice("layer", _LAYER_SIGNS.get(following, latin)),
        Choice("space", words.say(_SPACE), icon="space_bar", is_available=is_spaced),
        Choice("erase", words.say("Erase"), icon="backspace", is_available=bool(text)),
    )


def _phone_page(address: str, step: Step) -> str:
    """Return where the same can be written on a phone."""
    if not address:
        return ""
    place = {Step.COMPLAINT: "complain", Step.CONTACT: "complain", Step.SUGGESTION: "suggest"}.get(step)
    return f"{address.rstrip('/')}/{place}" if place else ""


# -- a complaint ----------------------------------------------------------------------------------------------------


def kind_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question what it is."""
    words = state.words
    return AskPage(
        kicker="",
        title=words.say("What is it?"),
        text="",
        choices=tuple(Choice(kind, words.say(name), words.say(about)) for kind, (name, about) in KIND_WORDS.items()),
    )


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


def review_page(state: State, _office: OfficeMessage) -> ReviewPage:
    """Return all that would be sent."""
    words, opinion = state.words, state.visit.opinion
    kind = words.say(KIND_WORDS[opinion.kind][0]) if opinion.kind is not None else ""
    who = words.say("Only who handles complaints") if opinion.is_confidential else words.say("The office")
    return ReviewPage(
        title=words.say("Is this right?"),
        facts=(
            (words.say("What it is"), kind),
            (words.say("What you write"), _beginning(opinion.text.strip(), words)),
            (words.say("Your contact"), _breakable(opinion.contact.strip()) or words.say("None: you stay anonymous")),
            (words.say("Who reads it"), who),
        ),
        choices=(
            Choice("send", words.say("Send")),
            Choice("text", words.say("Change the text")),
            Choice("contact", words.say("Change the contact")),
        ),
    )


def _beginning(text: str, words: Phrases) -> str:
    """Return a long text's beginning, and how much follows: nobody turns twenty pages to look through it."""
    if len(text) <= MOST_REVIEWED:
        return text
    rest = words.count("... and {n} more sign", "... and {n} more signs", len(text) - MOST_REVIEWED)
    return f"{text[:MOST_REVIEWED]} {rest}"


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
    done = () if is_tablet else (Choice("done", words.say("Done")),)
    return AskPage(kicker="", title=words.say("Thank you!"), text=text, choices=done, icon="check_circle", main="done")


_THANKS: Mapping[Topic, str] = {
    "rating": mark("Your answer helps us to serve better."),
    "survey": mark("Your answers were counted. The office publishes what all of them come to."),
    "suggestion": mark("Your suggestion was received. It is read by the office."),
    "complaint": mark("Your answer helps us to serve better."),
}


def sending_page(state: State, _office: OfficeMessage) -> IssuingPage:
    """Return that it is being sent, and what to do where that is slow."""
    words, since = state.words, state.offline_since
    is_question = state.visit.opinion.asked in {"lookup", "invited"}
    banner = None
    if since is not None or state.is_slow:
        title = words.say("Still working, please wait")
        if since is not None:
            title = words.say("Not connected since {time}", time=words.clock(since))
        elif state.is_unanswered:
            title = words.say("The queue system is not answering right now")
        text = mark("What you entered is kept here. It is sent by itself, and only once.")
        banner = Banner("warn", title, words.say(text))
    title = mark("Your ticket is being looked up") if is_question else mark("It is being sent")
    return IssuingPage(words.say(title), words.say("Please wait a moment."), banner, state.beat)


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
    return replace(page, find=replace(page.find, title=state.words.say(_ON)))


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
    Step.REACH: reach_page,
    Step.CONTACT: write_page,
    Step.CONFIDENTIAL: confidential_page,
    Step.REVIEW: review_page,
    Step.SENDING: sending_page,
    Step.RECEIPT: receipt_page,
    Step.THANKS: thanks_page,
    Step.PROBLEM: feedback_problem,
}


def screen_name(state: State) -> str:
    """Return what a page is called: each question is one of its own."""
    step = state.visit.step
    return f"{step.value}-{state.visit.opinion.at + 1}" if step in {Step.QUESTION, Step.PROFILE} else step.value
