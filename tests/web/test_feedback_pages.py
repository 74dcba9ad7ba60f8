"""Rating, survey, suggestion box, complaints and results, as a phone without JavaScript meets them."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from html import unescape

import pytest

from broker.config.feedback import Feedback
from broker.contract import messages as ms
from tests.fakes.feedback_desk import INVITATION, FeedbackDesk
from tests.fakes.web_office import KEY, OTHER_KEY, WebOffice, demo_settings, refuse
from tests.support.browsing import Visitor, visitor
from tests.support.surveys import result_of, skm_message
from tests.web.test_ticket_page import text_of

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnirts desrever \u2066isolate",
    "{{ 1234 * 5678 }} {% raw %}",
    "[b]markup[/b] [color=ff0000]x",
    "=HYPERLINK(1)\x00\x07\x1b[31m",
    "baris satu\r\nbaris dua\u2028baris tiga",
    "\U0001f44d\U0001f3fd emoji dan é kombinasi",
)
SECRET = re.compile(r"[A-Z2-7]{4}(?: [A-Z2-7]{4}){3}")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for the engine no longer than a test does."""
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)


@pytest.fixture
def desk(office: WebOffice) -> FeedbackDesk:
    """Return what the engine of that office does with feedback."""
    office.say(office.topics.survey("skm", "en"), skm_message("en"))
    office.say(office.topics.survey("skm", "id"), skm_message("id"))
    return FeedbackDesk(office)


def hidden(html: str, name: str = "request") -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found is not None, html
    return unescape(found[1])


def answers(score: int = 4) -> dict[str, str]:
    """Return a survey answered with one score throughout."""
    return {f"a-{element.code}": str(score) for element in skm_message("en").elements}


def complain(page: Visitor, *, status: int = 200, **fields: str) -> str:
    """Send a complaint by a form that was just opened."""
    mark = hidden(page.get("/complain"))
    return page.post(
        "/complain", status=status, **{"request": mark, "kind": "complaint", "text": "Lama sekali", **fields}
    )


def refused_with(code: ms.ErrorCode, _request: Mapping[str, object]) -> None:
    """Refuse whatever is asked."""
    refuse(code)


# -- rating ---------------------------------------------------------------------------------------------------------


def test_one_tap_rates_and_a_sentence_may_follow(page: Visitor, desk: FeedbackDesk) -> None:
    page.office.give_out(state="finished")
    asked = page.get(f"/r/{KEY.lower()}")
    assert re.findall(r'name="score" value="(\d)"', asked) == ["1", "2", "3", "4"]
    assert "Very satisfied" in asked
    thanks = page.post(f"/r/{KEY}", status=200, request=hidden(asked), score="4")
    assert desk.rated == {f"id-{KEY}": 4}
    assert "Your rating has been counted" in thanks
    done = page.post(f"/r/{KEY}", status=200, request=hidden(thanks), score="4", then="text", text="Ramah sekali")
    assert "This helps the office" in done
    assert [(one.service, text) for one, text in desk.box] == [("new-passport", "Ramah sekali")]


def test_a_rating_counts_once_from_two_phones_and_by_two_taps(page: Visitor, desk: FeedbackDesk) -> None:
    page.office.give_out(state="finished")
    mark = hidden(page.get(f"/r/{KEY}"))
    first = page.post(f"/r/{KEY}", status=200, request=mark, score="1")
    assert page.post(f"/r/{KEY}", status=200, request=mark, score="1") == first
    other = page.post(f"/r/{KEY}", status=200, request=hidden(page.get(f"/r/{KEY}")), score="4")
    assert "has been rated already" in other
    assert desk.rated == {f"id-{KEY}": 1}


@pytest.mark.parametrize(
    ("key", "state", "said"),
    [(KEY, "waiting", "Your visit is not over yet."), (OTHER_KEY, "finished", "ticket of another day")],
)
def test_a_rating_that_is_not_taken_says_why(
    page: Visitor, desk: FeedbackDesk, key: str, state: str, said: str
) -> None:
    page.office.give_out(state=state)
    assert said in page.post(f"/r/{key}", status=422, score="2")
    assert not desk.rated


def test_no_key_is_no_page(page: Visitor, desk: FeedbackDesk) -> None:
    assert desk is not None
    page.get("/r/short", status=404)
    page.get("/r/" + "A" * 200, status=404)


def test_whoever_is_invited_is_led_to_the_survey(page: Visitor, desk: FeedbackDesk) -> None:
    page.office.give_out(state="finished")
    thanks = page.post(f"/r/{KEY}", status=200, score="3")
    assert f'href="/s/skm?i={INVITATION}"' in thanks
    assert desk.rated


# -- survey ---------------------------------------------------------------------------------------------------------


def test_a_survey_is_one_page_of_nine_questions_and_counts_once(page: Visitor, desk: FeedbackDesk) -> None:
    asked = page.get(f"/s/skm?i={INVITATION.lower()}")
    assert asked.count('<fieldset class="step"') == 9
    assert "9 questions, about 90 seconds." in asked
    sent = {"request": hidden(asked), "i": hidden(asked, "i"), **answers(), "p-sex": "female", "text": "Baik"}
    thanks = page.post("/s/skm", status=200, **sent)
    assert "Your answers have been counted" in thanks
    assert page.post("/s/skm", status=200, **sent) == thanks
    again = page.post("/s/skm", status=200, **{**sent, "request": "0" * 32})
    assert "counted already" in again
    (taken,) = desk.surveyed
    assert taken["answers"] == {element.code: 4 for element in skm_message("en").elements}
    assert taken["version"] == skm_message("en").version
    assert (taken["profile"], taken["text"], taken["language"]) == ({"sex": "female"}, "Baik", "en")


def test_what_is_missing_is_marked_and_what_was_answered_stays(page: Visitor, desk: FeedbackDesk) -> None:
    sent = {**answers(2), "i": INVITATION, "text": "tetap"}
    missing = sent.pop("a-time")
    assert missing == "2"
    asked = page.post("/s/skm", status=422, **sent)
    assert asked.count("Please choose one answer.") == 1
    assert asked.count(" checked>") == 8
    assert "tetap</textarea>" in asked
    assert not desk.surveyed


@pytest.mark.parametrize("value", ["0", "5", "-1", "1.0", "x", "\u0664", "4 "])
def test_an_answer_that_is_none_counts_as_missing(page: Visitor, desk: FeedbackDesk, value: str) -> None:
    told = page.post("/s/skm", status=200 if value == "4 " else 422, i=INVITATION, **{**answers(), "a-fee": value})
    assert ("Please choose one answer." in told) == (value != "4 ")
    assert len(desk.surveyed) == (value == "4 ")


def test_nobody_answers_without_an_invitation(page: Visitor, desk: FeedbackDesk) -> None:
    assert "answered by invitation" in page.get("/s/skm")
    assert "answered by invitation" in page.post("/s/skm", status=422, i="ZZZZZZZZZZZZZZZZ", **answers())
    assert not desk.surveyed
    assert "There is no such survey" in page.get("/s/none?i=" + INVITATION, status=404)


# -- suggestions ----------------------------------------------------------------------------------------------------


def test_a_suggestion_goes_into_the_box_once(page: Visitor, desk: FeedbackDesk) -> None:
    mark = hidden(page.get("/suggest"))
    for _ in range(2):
        assert page.post("/suggest", request=mark, text="Kursi lebih banyak", service="new-passport") == "/suggest?sent"
    assert "Your suggestion is in the box" in page.get("/suggest?sent")
    assert [(one.service, text) for one, text in desk.box] == [("new-passport", "Kursi lebih banyak")]
    page.post("/suggest", request=mark, text="Lain")
    assert len(desk.box) == 2, "other words by the same form are another suggestion"


def test_an_empty_suggestion_and_one_that_is_too_long_are_refused_in_words(page: Visitor, desk: FeedbackDesk) -> None:
    assert "Please write your suggestion." in page.post("/suggest", status=422, text=" \n\x00 ")
    told = page.post("/suggest", status=422, text="x" * 10_000)
    assert "This is 8000 characters too long" in told
    assert "x" * 10_000 in told, "nothing is lost"
    assert "too long for the office" in page.post("/suggest", status=422, text="\U0001f600" * 1900)
    assert not desk.box


# -- complaints -----------------------------------------------------------------------------------------------------


def test_a_complaint_is_received_with_number_secret_and_dates(page: Visitor, desk: FeedbackDesk) -> None:
    receipt = complain(page, contact="0812-000", ticket="a-012", confidential="yes", service="new-passport")
    (case,) = desk.cases.values()
    text = text_of(receipt)
    assert case.told.number in text
    assert SECRET.search(text), "in groups of four"
    assert "You get an answer by" in text
    assert '<svg class="segno"' in receipt or "<svg" in receipt
    assert (case.contact, case.told.ticket, case.told.confidential) == ("0812-000", "A-012", True)
    assert f"?{case.secret}" not in receipt
    assert 'class="languages"' not in receipt, "another language would be another page, without the secret"


def test_the_same_form_sent_again_gives_the_same_receipt(page: Visitor, desk: FeedbackDesk) -> None:
    mark = hidden(page.get("/complain"))
    sent = {"request": mark, "kind": "information", "text": "Kapan buka?"}
    assert page.post("/complain", status=200, **sent) == page.post("/complain", status=200, **sent)
    assert len(desk.cases) == 1
    page.post("/complain", status=200, **{**sent, "text": "Dan hari Sabtu?"})
    assert len(desk.cases) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "Please choose what it is about."),
        ({"kind": "<b>"}, "Please choose what it is about."),
        ({"text": ""}, "Please write what happened."),
        ({"text": "y" * 2001}, "This is 1 character too long"),
        ({"anonymous": "yes", "contact": "0812"}, "You chose to stay anonymous"),
        ({"contact": "c" * 201}, "This is 1 character too long"),
        ({"ticket": "A-0000000000012"}, "This is no ticket number"),
        ({"ticket": "Z-999"}, "This ticket number is not known"),
    ],
)
def test_what_is_wrong_with_a_complaint_is_said_and_nothing_is_lost(
    page: Visitor, desk: FeedbackDesk, fields: dict[str, str], said: str
) -> None:
    html = complain(page, status=422, **fields)
    assert said in html
    assert fields.get("text", "Lama sekali") in html
    assert not desk.cases


def test_what_becomes_of_a_complaint_is_seen_with_number_and_secret_alone(page: Visitor, desk: FeedbackDesk) -> None:
    complain(page)
    (case,) = desk.cases.values()
    spoken = " ".join(case.secret[n : n + 4].lower() for n in range(0, 16, 4))
    seen = page.post("/c", status=200, number=case.told.number, secret=spoken)
    assert "Lama sekali" in seen
    assert "Received: the office will look at it." in seen
    for number, secret in ((case.told.number, "A" * 16), ("2026-9999", case.secret), ("x", ""), (case.told.number, "")):
        told = page.post("/c", status=422, number=number, secret=secret)
        assert "There is no complaint with this number and secret." in told
        assert "Lama sekali" not in told


def test_the_holder_replies_and_closes(page: Visitor, desk: FeedbackDesk) -> None:
    complain(page)
    (case,) = desk.cases.values()
    desk.sessions["s"] = "rina"
    desk.complaint_step({"complaint": case.told.number, "session": "s", "action": "answer", "text": "Maaf."})
    own = {"number": case.told.number, "secret": case.secret}
    url = f"/c/{case.told.number}"
    seen = page.post(url, status=200, **own)
    assert "Maaf." in seen
    assert "Unless you reply, it is closed on" in seen
    assert "Rina" not in seen, "who answered is for staff alone"
    assert "Please write your reply." in page.post(f"{url}/reply", status=422, text="", **own)
    reply = {"request": hidden(seen), "text": "Belum jelas", **own}
    assert "Your reply has been received" in page.post(f"{url}/reply", status=200, **reply)
    page.post(f"{url}/reply", status=200, **reply)
    assert case.texts.count("Belum jelas") == 1
    assert case.told.state == "reopened"
    closed = page.post(f"{url}/close", status=200, request=hidden(seen), **own)
    assert "The complaint is closed." in closed
    assert "Yes, close it" not in closed
    assert "cannot be done" in page.post(f"{url}/reply", status=422, request="f" * 32, text="lagi", **own)
    page.post(f"{url}/purge", status=404, **own)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text_wherever_it_is_shown(page: Visitor, desk: FeedbackDesk, text: str) -> None:
    wrong = complain(page, status=422, kind="", text=text, contact=text)
    complain(page, text=text)
    (case,) = desk.cases.values()
    seen = page.post("/c", status=200, number=case.told.number, secret=case.secret)
    for html in (wrong, seen):
        for markup in ("<script>alert", "<img", "\x00", "\x1b", "\u202e", "7006652"):
            assert markup not in html.partition("<main")[2]
    kept = "".join(text.split()).replace("\x00", "").replace("\x07", "").replace("\x1b", "")
    kept = kept.replace("\u202e", "").replace("\u2066", "")
    assert kept in "".join(case.texts[0].split()).replace("e\u0301", "é")


# -- the engine is away ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "kept"),
    [
        ("/complain", {"kind": "complaint", "text": "Tetap di sini", "contact": "0812"}, ("Tetap di sini", "0812")),
        ("/suggest", {"text": "Tetap di sini"}, ("Tetap di sini",)),
        ("/s/skm", {"i": INVITATION, "text": "Tetap di sini", **answers(3)}, ("Tetap di sini", " checked>")),
        (f"/r/{KEY}", {"score": "3"}, ("is-chosen",)),
    ],
)
def test_while_the_engine_is_away_all_stays_and_is_sent_again_as_the_same(
    page: Visitor, desk: FeedbackDesk, path: str, fields: dict[str, str], kept: tuple[str, ...]
) -> None:
    page.office.give_out(state="finished")
    mark = "a" * 32
    page.office.is_silent = True
    away = page.post(path, status=503, request=mark, **fields)
    assert "does not answer just now" in away
    assert hidden(away) == mark, "the same form"
    for text in kept:
        assert text in away
    page.office.is_silent = False
    page.post(path, status=303 if path == "/suggest" else 200, request=mark, **fields)
    page.post(path, status=303 if path == "/suggest" else 200, request=mark, **fields)
    assert len(desk.cases) + len(desk.box) + len(desk.surveyed) + len(desk.rated) == 1
    asked = [request for command, request in page.office.asked if command in {"complain", "suggest", "survey", "rate"}]
    assert all(request == asked[0] for request in asked)


def test_a_refusal_that_may_pass_is_no_refusal(page: Visitor, desk: FeedbackDesk) -> None:
    assert desk is not None
    codes: tuple[ms.ErrorCode, ...] = ("not_ready", "storage_failed", "too_many")
    for code in codes:
        page.office.answers["suggest"] = functools.partial(refused_with, code)
        assert "does not answer just now" in page.post("/suggest", status=503, text=f"Tetap {code}")


# -- results --------------------------------------------------------------------------------------------------------


def published(office: WebOffice, **changes: object) -> None:
    """Let the office publish something."""
    message = ms.FeedbackMessage.model_validate({"at": office.now(), **changes})
    office.say(office.topics.feedback(), message)


def test_results_are_told_with_interval_elements_and_plans(page: Visitor, desk: FeedbackDesk) -> None:
    assert desk is not None
    assert "Nothing has been published yet." in page.get("/results")
    figures = ms.ComplaintFigures(since=dt.date(2026, 1, 1), received=12, answered=9, in_time=8, open=3, overdue=1)
    published(page.office, complaints=figures, ratings=(1, 2, 30, 40), results=(result_of("skm"),))
    html = page.get("/results")
    text = text_of(html)
    assert "91.48 Grade A" in text
    assert "between 89.90 and 93.02" in text
    assert "Received 12" in text
    assert "of these in time 8" in text
    assert "Very satisfied 40" in text
    assert text.count("(among the three lowest)") == 3
    assert html.count('<th scope="row">') >= 9
    assert "91,48" in page.get("/results", language="id"), "as Indonesian writes figures"


def test_waits_are_told_beside_what_is_promised(page: Visitor, desk: FeedbackDesk) -> None:
    assert desk is not None
    waited = ms.PublishedWaits(n=120, within=92.4, median_min=7.1, most_min=19.0, served=110)
    row = ms.PublishedRow(id="priority", promised_s=900, day=waited, month=waited)
    few = ms.PublishedRow(id="regular", promised_s=1800)
    told = ms.ResultsMessage(
        at=page.office.now(), day=dt.date(2026, 3, 3), begin=dt.date(2026, 3, 1), total=few, lanes=(few, row)
    )
    page.office.say(page.office.topics.results(), told)
    html = page.get("/results")
    text = text_of(html)
    assert (
        text.count("promised: 15 minutes; half waited up to 7.1 minutes, nine in ten up to 19.0; 120 visitors 92%") == 2
    )
    assert "Waits: Tuesday, March 3, 2026" in text
    assert "promised: 30" not in text, "of a few nothing is published"
    assert "7,1 menit" in page.get("/results", language="id")


def test_the_offices_page_leads_to_what_it_asks(page: Visitor, desk: FeedbackDesk) -> None:
    assert desk is not None
    html = page.get("/")
    for url in ("/suggest", "/complain", "/c", "/results"):
        assert f'<a href="{url}">' in html
        page.get(url)


def test_what_the_office_does_not_ask_has_no_page() -> None:
    settings = demo_settings().model_copy(update={"feedback": Feedback()})
    with visitor(WebOffice(settings=settings)) as page:
        for path in (f"/r/{KEY}", "/s/skm", "/suggest", "/complain", "/c", "/results"):
            page.get(path, status=404)
            assert f'href="{path}"' not in page.get("/")


def test_waits_are_published_where_nothing_is_asked_of_visitors() -> None:
    settings = demo_settings().model_copy(update={"feedback": Feedback()})
    office = WebOffice(settings=settings)
    waited = ms.PublishedWaits(n=120, within=92.4, median_min=7.1, most_min=19.0, served=110)
    lane = ms.PublishedRow(id="priority", promised_s=900, day=waited, month=waited)
    service = ms.PublishedRow(id="new-passport", day=waited, month=waited)
    told = ms.ResultsMessage(
        at=office.now(),
        day=dt.date(2026, 3, 3),
        begin=dt.date(2026, 3, 1),
        total=lane,
        lanes=(lane,),
        services=(service,),
    )
    with visitor(office) as page:
        page.get("/results", status=404)
        office.say(office.topics.results(), told)
        assert 'href="/results"' in page.get("/")
        text = text_of(page.get("/results"))
        assert text.count("promised: 15 minutes; half waited up to 7.1 minutes") == 2, "the last day, and the month"
        assert text.count("New passport half waited up to 7.1 minutes") == 2
        assert "survey" not in text, "there is none to be closed"


def test_what_the_office_asks_follows_its_configuration_while_the_pages_are_served(
    page: Visitor, desk: FeedbackDesk
) -> None:
    assert desk is not None
    figures = ms.ComplaintFigures(since=dt.date(2026, 1, 1), received=0, answered=0, in_time=0, open=0, overdue=0)
    page.office.give_out(state="finished")
    page.get("/suggest")
    published(page.office, suggestions=False, ratings=(0, 0, 0, 0))
    for path in ("/suggest", "/complain", "/c", "/s/skm"):
        page.get(path, status=404)
        assert f'href="{path}"' not in page.get("/")
    assert f'href="/r/{KEY}"' in page.get(f"/t/{KEY}")
    page.get(f"/r/{KEY}")
    published(page.office, suggestions=True, complaints=figures)
    for path in ("/suggest", "/complain", "/c", "/results"):
        page.get(path)
        assert f'href="{path}"' in page.get("/")
    page.get(f"/r/{KEY}", status=404)
    assert f'href="/r/{KEY}"' not in page.get(f"/t/{KEY}")


def test_what_was_written_before_it_was_asked_no_more_is_refused_in_words_and_kept(
    page: Visitor, desk: FeedbackDesk
) -> None:
    assert desk is not None
    form = hidden(page.get("/suggest"))
    page.office.answers["suggest"] = lambda _request: refuse("not_allowed")
    published(page.office, suggestions=False)
    html = page.post("/suggest", status=422, request=form, text="Kursi lebih banyak")
    assert "This is not allowed here." in html
    assert "Kursi lebih banyak" in html


def test_pages_of_feedback_need_no_open_hall(page: Visitor, desk: FeedbackDesk) -> None:
    page.office.say_hall(hours={"is_open": False})
    assert "Your suggestion" in page.get("/suggest")
    assert page.post("/suggest", text="Malam") == "/suggest?sent"
    complain(page)
    assert (len(desk.box), len(desk.cases)) == (1, 1)
