"""Surveys on the wire: what is asked comes and goes with the configuration, and whatever is told fits a message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.bootstrap.reload import change_of, reconfiguration
from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.contract.messages import (
    MAX_PAYLOAD_BYTES,
    ElementResult,
    FeedbackMessage,
    FollowUp,
    ServiceProgress,
    SurveyMessage,
    SurveyProgress,
    SurveyResult,
)
from broker.contract.topics import Topics
from broker.domain.hall import Hall
from broker.gateway import MqttWire
from broker.gateway.surveys import fitting
from tests.fakes.offices import small_office
from tests.support.office import CONFIG
from tests.unit.config.sample import OFFICE

DAY = dt.date(2026, 11, 1)


@dataclass
class Kept:
    """A server that keeps what is retained; an empty message takes it off."""

    messages: dict[str, bytes] = field(default_factory=dict)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep a message."""
        if retain and payload:
            self.messages[topic] = payload
        else:
            self.messages.pop(topic, None)
        return True

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Let it be."""

    def announce(self) -> None:
        """Let it be."""

    def surveys(self) -> dict[str, SurveyMessage]:
        """Return what is asked, by the end of its topic."""
        found = {topic: body for topic, body in self.messages.items() if "/state/survey/" in topic}
        return {topic.split("/survey/")[1]: SurveyMessage.model_validate_json(body) for topic, body in found.items()}


def shown(kept: Kept, wire: MqttWire) -> None:
    wire.show_all(Hall(small_office()), dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC))
    assert kept.messages


def test_a_survey_that_is_added_is_asked_and_one_that_is_gone_is_taken_off_the_server(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(OFFICE + "feedback: {surveys: [{id: skm}]}\n")
    before = load_settings(path, {})
    path.write_text(OFFICE + "feedback: {surveys: [{id: ipk, open: false}]}\n")
    change = change_of(before, load_settings(path, {}))
    assert (change.live, change.waiting) == (("feedback",), ())
    told = reconfiguration(change, "digest")
    assert list(told.rules.feedback.surveys) == ["ipk"]
    kept = Kept()
    wire = MqttWire(Topics("test"), kept, office_message(before), (), before.feedback.surveys, first_revision=lambda: 1)
    shown(kept, wire)
    assert sorted(kept.surveys()) == ["skm/en", "skm/id"]
    wire.renew(told.office, told.announcements, told.surveys)
    shown(kept, wire)
    assert {topic: one.is_open for topic, one in kept.surveys().items()} == {"ipk/en": False, "ipk/id": False}


def test_in_a_language_that_a_survey_lacks_it_is_asked_whole_in_another() -> None:
    settings = load_settings(CONFIG, {})
    office = office_message(settings).model_copy(update={"languages": ("zh", "en", "id")})
    kept = Kept()
    shown(kept, MqttWire(Topics("demo"), kept, office, (), settings.feedback.surveys, first_revision=lambda: 1))
    assert kept.surveys()["skm/zh"].language == "en"
    assert kept.surveys()["skm/id"].name == "Survei Kepuasan Masyarakat"


def crowded(plan: str) -> FeedbackMessage:
    text = dict.fromkeys(("id", "en", "ar", "zh"), "Penanganan Pengaduan dan Saran")
    result = SurveyResult(
        survey="skm",
        name=text,
        period="2026-10",
        begin=DAY,
        end=DAY,
        answers=200,
        wanted=210,
        index=81.09,
        grade="B",
        performance=text,
        low=80.0,
        high=82.0,
        elements=tuple(ElementResult(code=f"element-{n}", label=text, value=3.25) for n in range(9)),
        lowest=tuple(FollowUp(code=f"element-{n}", plan=plan, by=DAY) for n in range(3)),
        before=(80.1,) * 6,
        digest="0" * 64,
    )
    services = tuple(ServiceProgress(service=f"service-number-{n}", answers=100, wanted=200) for n in range(30))
    running = SurveyProgress(survey="skm", name=text, period="2026-11", begin=DAY, end=DAY, services=services)
    at = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)
    return FeedbackMessage(at=at, surveys=(running, running), results=(result, result))


def test_whatever_is_published_fits_a_message_and_the_index_goes_last() -> None:
    short = FeedbackMessage.model_validate_json(fitting(crowded("Singkat")))
    assert len(short.results) == 2
    assert short.surveys[0].services == ()
    for length in (10, 300, 3000):
        payload = fitting(crowded("x" * length))
        assert len(payload) <= MAX_PAYLOAD_BYTES
        assert FeedbackMessage.model_validate_json(payload).results
    small = crowded("Singkat").model_copy(update={"results": ()})
    assert FeedbackMessage.model_validate_json(fitting(small)) == small
