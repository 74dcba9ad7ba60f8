"""Every screen that a visitor can meet at a feedback kiosk, with the office's own texts and surveys. Pure.

For whoever has to know whether all of it fits: `antrean check-config`, the pictures and the tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from broker.config.settings import Kiosk, Settings
from broker.contract.messages import (
    Complaint,
    ComplaintFigures,
    ComplaintStep,
    FeedbackMessage,
    Invitation,
    OfficeMessage,
    Receipt,
    SurveyChoice,
    SurveyElement,
    SurveyMessage,
    SurveyProfile,
)
from kiosk.pages.page import Screen
from kiosk.pages.samples import NOW, OFFLINE_SINCE, ScreenOf, state_of
from kiosk.pages.screen import compose
from kiosk.visit.keyboard import Keyboard
from kiosk.visit.offer import in_language, list_in_language
from kiosk.visit.opinion import Asks, Opinion, asks_of
from kiosk.visit.steps import Aside, Problem, Step, Visit

TEXT = "Saya menunggu dua jam di loket 3 dan tidak ada petugas yang memanggil nomor saya sampai siang hari."
SENTENCE = "The officer explained every step, and very kindly."
CONTACT = "siti@surel.id"
RECEIPT = Receipt(
    number="2025-0007",
    secret="K7QX2M4PZB5WT3HD",  # noqa: S106 - of nobody
    kind="complaint",
    received_at=NOW,
    verify_by=dt.date(2025, 11, 27),
    answer_by=dt.date(2025, 12, 12),
    qr="HTTP://ANTRIAN.LAN/C/2025-0007#K7QX2M4PZB5WT3HD",
)
ANSWER = "Mohon maaf atas antrean itu. Mulai Senin ada petugas kedua di loket 3, dan kursi untuk ibu hamil."
CASE = Complaint(
    number=RECEIPT.number,
    kind="supervision",
    state="answered",
    received_at=NOW,
    verify_by=RECEIPT.verify_by,
    answer_by=RECEIPT.answer_by,
    closes_on=dt.date(2025, 12, 24),
    steps=(
        ComplaintStep(at=NOW, type="received", has_text=True),
        ComplaintStep(at=NOW + dt.timedelta(days=1), type="verified"),
        ComplaintStep(at=NOW + dt.timedelta(days=2), type="forwarded", to="Inspektorat Jenderal", has_text=True),
        ComplaintStep(at=NOW + dt.timedelta(days=6), type="answered", has_text=True),
    ),
)
PUBLISHED = FeedbackMessage(at=NOW, complaints=ComplaintFigures(since=dt.date(2025, 1, 1)), ratings=(1, 2, 30, 40))


def surveys_of(settings: Settings) -> tuple[SurveyMessage, ...]:
    """Return the office's surveys in each of its languages, as the engine would tell them."""
    return tuple(
        SurveyMessage(
            id=one.id,
            version=one.definition.version,
            language=language,
            name=in_language(one.definition.name, language),
            intro=in_language(one.definition.intro, language),
            elements=tuple(
                SurveyElement(
                    code=element.code,
                    label=in_language(element.label, language),
                    question=in_language(element.question, language),
                    answers=list_in_language(element.answers, language),
                )
                for element in one.definition.elements
            ),
            profile=tuple(
                SurveyProfile(
                    code=question.code,
                    question=in_language(question.question, language),
                    choices=tuple(
                        SurveyChoice(code=choice.code, label=in_language(choice.label, language))
                        for choice in question.choices
                    ),
                )
                for question in one.definition.profile
            ),
            is_open=one.open,
        )
        for one in settings.feedback.surveys
        for language in settings.office.languages
    )


def feedback_screens(
    settings: Settings, offer: OfficeMessage, language: str, kiosk: Kiosk | None = None
) -> Iterator[tuple[str, Screen]]:
    """Yield every screen of a feedback kiosk in one language, each with a name; without one of all kinds together."""
    surveys = surveys_of(settings)
    default = Asks(surveys=tuple(one.id for one in settings.feedback.surveys), page="http://antrian.lan")
    asks = default if kiosk is None else asks_of(settings, kiosk)

    def view(step: Step, opinion: Opinion | None = None, /, **changes: object) -> Screen:
        values: dict[str, object] = {"has_chosen_language": step not in {Step.FEEDBACK, Step.RESTING}}
        for name in ("typed", "code", "code_trouble", "problem", "aside", "is_not_found", "has_chosen_language"):
            if name in changes:
                values[name] = changes.pop(name)
        visit = Visit(step, language, 0.0, opinion=opinion or Opinion(), **values)  # type: ignore[arg-type]  # Visit's own
        told: dict[str, object] = {"asks": asks, "surveys": surveys, "feedback": PUBLISHED}
        return compose(state_of(visit, offer, **(told | changes)))

    if asks.counter is None:
        yield from _begun(offer, view)
        yield from _surveyed(surveys, language, view)
        yield from _written(view)
        yield from _complained(view, asks, offer.services[0].id)
        yield from _followed(view)
    if asks.counter is not None or kiosk is None:
        tablet = replace(asks, counter=asks.counter or offer.counters[0].id)
        yield "20-resting", view(Step.RESTING, asks=tablet)
        yield "20-faces-tablet", view(Step.FACES, Opinion(topic="rating"), asks=tablet)
        yield "20-thanks-tablet", view(Step.THANKS, Opinion(topic="rating", is_sent_later=True), asks=tablet)
        yield "20-thanks-add", view(Step.THANKS, Opinion(topic="rating", can_add=True), asks=tablet)
    yield "20-offline", view(Step.FEEDBACK, offline_since=OFFLINE_SINCE)


def _begun(offer: OfficeMessage, view: ScreenOf) -> Iterator[tuple[str, Screen]]:
    """Yield the start, and what leads to a face."""
    yield "20-start", view(Step.FEEDBACK)
    yield "20-start-scanner", view(Step.FEEDBACK, has_scanner=True)
    yield "20-start-chosen", view(Step.FEEDBACK, has_chosen_language=True)
    yield "20-start-idle", view(Step.FEEDBACK, has_chosen_language=True, warning_left_s=17)
    rating = Opinion(topic="rating", score=4)
    letter = offer.services[0].letter
    yield "20-number", view(Step.NUMBER, rating, typed=f"{letter}01")
    yield "20-number-unknown", view(Step.NUMBER, rating, typed=f"{letter}012", is_not_found=True)
    for trouble in (None, "wrong", "locked"):
        yield f"20-code-{trouble or 'new'}", view(Step.CODE, rating, code="04", code_trouble=trouble)
    yield "20-faces", view(Step.FACES, rating)
    yield "20-faces-unlinked", view(Step.FACES, rating, offline_since=OFFLINE_SINCE)
    yield "20-more", view(Step.MORE, rating)
    invited = replace(rating, invitations=(Invitation(survey="skm", invitation="K7QX2M4PZB5WT3HD"),))
    yield "20-thanks", view(Step.THANKS, rating)
    yield "20-thanks-invited", view(Step.THANKS, invited)
    yield "20-access", view(Step.FACES, rating, aside=Aside.ACCESS, has_voice=True)
    for asked in ("lookup", "complain"):
        yield f"20-sending-{asked}", view(Step.SENDING, Opinion(asked=asked), elapsed_s=3.2)
    yield "20-sending-unlinked", view(Step.SENDING, Opinion(asked="rate"), elapsed_s=3.2, offline_since=OFFLINE_SINCE)
    for asked, problem in (
        ("unfinished", "illegal_transition"),
        ("nothing", "not_allowed"),
        ("rate", "storage_failed"),
        ("complain", "bad_request"),
        ("complain", Problem.NO_ANSWER),
        ("rate", Problem.UNREADABLE),
    ):
        name = problem if isinstance(problem, str) else problem.value
        yield f"20-problem-{asked}-{name}", view(Step.PROBLEM, Opinion(asked=asked), problem=problem)


def _surveyed(surveys: tuple[SurveyMessage, ...], language: str, view: ScreenOf) -> Iterator[tuple[str, Screen]]:
    yield "21-surveys", view(Step.SURVEYS, Opinion(topic="survey"))
    yield "21-about", view(Step.ABOUT, Opinion(topic="survey"))
    for survey in surveys:
        if survey.language != language:
            continue
        yield f"21-intro-{survey.id}", view(Step.INTRO, Opinion(topic="survey", survey=survey.id))
        for at, element in enumerate(survey.elements):
            opinion = Opinion(topic="survey", survey=survey.id, at=at, answers=((survey.elements[0].code, 3),))
            yield f"21-question-{survey.id}-{element.code}", view(Step.QUESTION, opinion)
        for at, question in enumerate(survey.profile):
            opinion = Opinion(topic="survey", survey=survey.id, at=at)
            yield f"21-profile-{survey.id}-{question.code}", view(Step.PROFILE, opinion)
    yield "21-thanks", view(Step.THANKS, Opinion(topic="survey"))


def _written(view: ScreenOf) -> Iterator[tuple[str, Screen]]:
    """Yield the keyboard: empty, in use, with its figures, full."""
    yield "22-suggestion", view(Step.SUGGESTION, Opinion(topic="suggestion"))
    yield "22-suggestion-written", view(Step.SUGGESTION, Opinion(topic="suggestion", text=TEXT))
    figures = Opinion(topic="suggestion", text="Loket ", keyboard=Keyboard("figures"))
    yield "22-suggestion-figures", view(Step.SUGGESTION, figures)
    yield "22-sentence", view(Step.SENTENCE, Opinion(topic="rating", score=2, text=SENTENCE))
    full = Opinion(topic="rating", score=2, text=(SENTENCE * 10)[:499])
    yield "22-sentence-full", view(Step.SENTENCE, full)
    yield "22-suggestion-unlinked", view(Step.SUGGESTION, Opinion(text=TEXT), offline_since=OFFLINE_SINCE)
    yield "22-thanks", view(Step.THANKS, Opinion(topic="suggestion"))


def _complained(view: ScreenOf, asks: Asks, service: str) -> Iterator[tuple[str, Screen]]:
    complaint = Opinion(topic="complaint", kind="supervision", text=TEXT, contact=CONTACT, is_confidential=True)
    yield "23-kind", view(Step.KIND, complaint)
    yield "23-complaint", view(Step.COMPLAINT, complaint)
    yield "23-visit", view(Step.VISIT, complaint, has_scanner=True)
    complaint = replace(complaint, ticket="AP-012", service=service)
    yield "23-visit-given", view(Step.VISIT, complaint)
    yield "23-visit-past", view(Step.NUMBER, complaint, has_scanner=True, strange_code="past")
    yield "23-reach", view(Step.REACH, complaint)
    yield "23-contact", view(Step.CONTACT, complaint)
    yield "23-confidential", view(Step.CONFIDENTIAL, complaint)
    yield "23-review", view(Step.REVIEW, complaint)
    long = replace(complaint, text=(f"{TEXT} " * 20)[:1990], contact="", is_anonymous=True)
    yield "23-review-long", view(Step.REVIEW, long)
    for paper in ("printing", "printed", "failed") if asks.has_printer else (None, "printed", "failed"):
        held = Opinion(topic="complaint", receipt=RECEIPT, receipt_paper=paper)
        yield f"23-receipt-{paper or 'screen'}", view(Step.RECEIPT, held)
    bare = Opinion(topic="complaint", receipt=RECEIPT.model_copy(update={"qr": None}))
    yield "23-receipt-no-page", view(Step.RECEIPT, bare)


def _followed(view: ScreenOf) -> Iterator[tuple[str, Screen]]:
    """Yield what leads to what became of a complaint, and that."""
    held = Opinion(topic="status", case="20250007", secret=RECEIPT.secret)
    yield "24-case", view(Step.CASE, Opinion(topic="status", case="2025"), has_scanner=True)
    yield "24-case-unknown", view(Step.CASE, replace(held, is_unknown=True))
    yield "24-secret", view(Step.SECRET, replace(held, secret=held.secret[:10]))
    yield "24-secret-whole", view(Step.SECRET, held)
    new = CASE.model_copy(update={"state": "received", "closes_on": None, "steps": CASE.steps[:1]})
    yield "24-status-received", view(Step.STATUS, replace(held, complaint=new))
    late = new.model_copy(update={"state": "forwarded", "is_overdue": True, "steps": CASE.steps[:3]})
    yield "24-status-late", view(Step.STATUS, replace(held, complaint=late))
    texts = ((2, "Diteruskan karena menyangkut tarif."), (3, ANSWER))
    yield "24-status-answered", view(Step.STATUS, replace(held, complaint=CASE, texts=texts))
    closed = CASE.model_copy(update={"state": "closed", "closes_on": None})
    yield "24-status-closed", view(Step.STATUS, replace(held, complaint=closed))
    yield "24-reply", view(Step.REPLY, replace(held, complaint=CASE, text=SENTENCE))
    yield "24-settle", view(Step.SETTLE, replace(held, complaint=CASE))
