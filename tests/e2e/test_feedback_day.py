"""Two days of what visitors say, told to a true broker: what display and counter then show is what was said."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

import pytest

from broker.config.surveys import shipped_survey
from broker.contract.messages import FeedbackMessage
from broker.language import Phrases
from counter.desk.own_ratings import Ratings
from display.pages.results import ResultPage, Ways, count_pages, published_on, survey_pages
from tests.support.caller import wait_until
from tests.support.feedback_day import COUNTER, OFFICER, PIN, RATED_NOW, RATED_THEN, fill
from tests.support.office import OfficeProcess

PHRASES = functools.partial(Phrases, "display")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeProcess]:
    """Yield the office of today, open."""
    office = fill(tmp_path_factory.mktemp("feedback") / "var")
    office.start()
    yield office
    office.stop()


def roomy(page: ResultPage) -> bool:
    """Tell that anything fits."""
    return bool(page.title)


def test_the_display_shows_the_index_of_the_regulations_example_and_what_is_done_about_the_lowest(
    office: OfficeProcess,
) -> None:
    told: list[FeedbackMessage] = []
    caller = office.caller("looking")
    caller.bus.listen(caller.bus.topics.feedback(), FeedbackMessage, told.append)
    with caller:
        wait_until(lambda: bool(told), "feedback is published")
    message = published_on(told[-1], told[-1].at.date())
    assert message is not None
    index, lowest, *_ = survey_pages(message, ("id",), phrases=PHRASES, fits=roomy)
    assert (index.figure, index.beside) == ("91,48", ("Mutu A", "Sangat Baik"))
    names = {element.code: element.label["id"] for element in shipped_survey("skm").elements}
    assert [str(part).split(".")[0] for part in lowest.parts] == [
        f"{names['time']}: 3,45 dari 4",
        f"{names['procedure']}: 3,48 dari 4",
        f"{names['product']}: 3,52 dari 4",
    ]
    assert "Berkas diperiksa sebelum nomor dipanggil" in str(lowest.parts[0])
    assert "Rencana perbaikan sedang disusun" in str(lowest.parts[2])
    complaints, ratings = count_pages(message, ("id",), phrases=PHRASES, fits=roomy, ways=Ways())
    assert complaints.parts[0] == "2 dijawab, 2 di antaranya tepat waktu"
    assert (ratings.figure, ratings.parts[0]) == ("83%", f"Dari {len(RATED_NOW)} penilaian")
    assert message.complaints is not None
    assert message.complaints.overdue == 2, "what nobody saw to last month"


def test_an_officer_hears_of_their_own_ratings_and_no_other_does(office: OfficeProcess) -> None:
    with office.caller("windows") as window:
        desk = {"counter": COUNTER, "session": window.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]}
        own = Ratings.model_validate(window.do("ratings", **desk))
        window.do("close", **desk)
        other = {"counter": COUNTER, "session": window.do("open", counter=COUNTER, officer="budi", pin=PIN)["session"]}
        others = Ratings.model_validate(window.do("ratings", **other))
        window.do("close", **other)
    assert sum(own.today) == len(RATED_NOW)
    assert sum(map(sum, (week.counts for week in own.weeks))) == len(RATED_NOW) + len(RATED_THEN)
    assert sum(others.month) == 0
    assert own.weeks[-1].begin <= dt.datetime.now(office.settings.office.zone).date()
