"""A small office, a clock that tests move, and messages as the engine would publish them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from broker.contract.messages import (
    Calling,
    ComplaintFigures,
    CounterInfo,
    ElementResult,
    EventMessage,
    FeedbackMessage,
    FollowUp,
    HallMessage,
    LaneInfo,
    OfficeMessage,
    OfficeName,
    ServiceInfo,
    StageInfo,
    SurveyResult,
    WaitingGroup,
)
from broker.language import Phrases
from display.hall.announcer import SpeechRules, manner_of

ZONE = ZoneInfo("Asia/Jakarta")
SPEECH = SpeechRules(manner=lambda language: manner_of(Phrases("display", language)))
MORNING = dt.datetime(2025, 6, 12, 9, 0, tzinfo=ZONE)


@dataclass
class TestClock:
    """The office's time, moved by hand; the display's own clock may be `ahead_s` of it."""

    __test__ = False
    at: dt.datetime = field(default=MORNING)
    ticks_s: float = 1000.0
    ahead_s: float = 0.0

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return self.at

    def own(self) -> dt.datetime:
        """Return the time by the display's own clock."""
        return self.at + dt.timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        """Return seconds since some moment."""
        return self.ticks_s

    def pass_s(self, seconds: float) -> None:
        """Move on."""
        self.at += dt.timedelta(seconds=seconds)
        self.ticks_s = round(self.ticks_s + seconds, 6)


def service(letter: str, name: str, english: str) -> ServiceInfo:
    return ServiceInfo(
        id=name.lower().replace(" ", "-"),
        letter=letter,
        name={"id": name, "en": english},
        stages=("interview",),
        promised_wait_s=3600,
        documents={"id": ("e-KTP", "Kartu keluarga"), "en": ("Identity card", "Family card")},
        steps={"id": ("Wawancara", "Bayar"), "en": ("Interview", "Pay")},
        fee={"id": "Rp350.000", "en": "Rp350,000"},
        time={"id": "4 hari kerja", "en": "4 working days"},
        source="PP 45/2024",
        effective_from=dt.date(2024, 12, 17),
    )


def office(*services: ServiceInfo) -> OfficeMessage:
    return OfficeMessage(
        office=OfficeName(id="demo", name={"id": "Kantor Contoh", "en": "Sample Office"}, timezone="Asia/Jakarta"),
        languages=("id", "en"),
        services=services or (service("A", "Paspor baru", "New passport"), service("B", "Izin tinggal", "Stay permit")),
        lanes=(
            LaneInfo(
                id="regular",
                letter="",
                shape="circle",
                name={"id": "Umum", "en": "Regular"},
                rule={},
                promised_wait_s=3600,
            ),
            LaneInfo(
                id="priority",
                letter="P",
                shape="diamond",
                name={"id": "Prioritas", "en": "Priority"},
                rule={},
                promised_wait_s=900,
            ),
        ),
        stages=(StageInfo(id="interview", name={"id": "Wawancara", "en": "Interview"}),),
        counters=(CounterInfo(id="c3", label="3", stages=("interview",)),),
    )


def called(
    number: str,
    seq: int,
    at: dt.datetime,
    *,
    counter: str = "3",
    times: int = 1,
    language: str = "id",
    type_: str = "called",
) -> EventMessage:
    return EventMessage(
        seq=seq,
        at=at,
        type=type_,
        number=number,
        lane="priority" if "P" in number else "regular",
        language=language,
        counter=f"c{counter}",
        counter_label=counter,
        times_called=times,
        called_at=at,
    )


def told(type_: str, number: str, seq: int, at: dt.datetime, *, counter: str = "3") -> EventMessage:
    """Return an event about a ticket that is no call."""
    return EventMessage(
        seq=seq,
        at=at,
        type=type_,
        number=number,
        lane="priority" if "P" in number else "regular",
        language="id",
        counter=f"c{counter}",
        counter_label=counter,
    )


def calling(number: str, at: dt.datetime, *, counter: str = "3", times: int = 1) -> Calling:
    return Calling(
        number=number,
        lane="priority" if "P" in number else "regular",
        counter=f"c{counter}",
        counter_label=counter,
        called_at=at,
        times_called=times,
    )


def hall(
    seq: int,
    at: dt.datetime,
    *,
    now_calling: tuple[Calling, ...] = (),
    recent: tuple[Calling, ...] = (),
    waiting: tuple[WaitingGroup, ...] = (),
) -> HallMessage:
    return HallMessage(revision=seq, seq=seq, at=at, day=at.date(), calling=now_calling, recent=recent, waiting=waiting)


def survey_result() -> SurveyResult:
    """Return a closed survey, as the engine would publish it."""
    names = {"time": ("Waktu", "Speed"), "facilities": ("Sarana", "Facilities"), "fee": ("Biaya", "Fee")}
    return SurveyResult(
        survey="skm",
        name={"id": "Survei Kepuasan Masyarakat", "en": "Public satisfaction survey"},
        period="2025-05",
        begin=dt.date(2025, 5, 1),
        end=dt.date(2025, 5, 31),
        answers=312,
        wanted=291,
        index=86.25,
        grade="B",
        performance={"id": "Baik", "en": "Good"},
        low=85.04,
        high=87.41,
        elements=tuple(
            ElementResult(code=code, label={"id": name, "en": english}, value=3.12)
            for code, (name, english) in names.items()
        ),
        lowest=(
            FollowUp(code="time", plan="Dua loket dibuka pukul 07.30.", by=dt.date(2025, 12, 31)),
            FollowUp(code="facilities", plan="Kursi ditambah"),
            FollowUp(code="fee"),
        ),
        before=(84.1, 85.02),
    )


def published(
    at: dt.datetime = MORNING, *results: SurveyResult, ratings: tuple[int, ...] = (1, 2, 30, 67)
) -> FeedbackMessage:
    """Return what an office publishes of its visitors' voice."""
    figures = ComplaintFigures(since=dt.date(at.year, 1, 1), received=128, answered=119, in_time=117)
    return FeedbackMessage(at=at, complaints=figures, ratings=ratings, results=results or (survey_result(),))
