"""What Prometheus reads of an office: the figures of the moment, nobody's name, and nothing old."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.played_office import PlayedOffice
from tests.fakes.web_office import WebOffice
from tests.support.caller import wait_until
from tests.web.test_report_pages import opened

TOKEN = "0123456789abcdef" * 2
BEARER = {"Authorization": f"Bearer {TOKEN}"}
Figures = dict[tuple[str, tuple[str, ...]], float]


def read(client: httpx.Client) -> Figures:
    """Return the figures by their names and the values of their labels, in the order of the labels' names."""
    answer = client.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return {
        (one.name, tuple(one.labels[label] for label in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def test_prometheus_reads_who_waits_where_and_how_devices_are(office: WebOffice) -> None:
    played = PlayedOffice(office, FeedbackDesk(office))
    played.morning()
    with opened(office, None, api_token=TOKEN) as near:
        played.hear("kiosk-1", printer="paper_low, 12 %")
        low = ("antrean_device_state", ("printer", "kiosk-1", "warn"))
        wait_until(lambda: low in read(near.client), "the kiosk's paper is low")
        figures = read(near.client)
        assert (figures["antrean_fresh", ()], figures["antrean_part_up", ("kiosk-1",)]) == (1, 1)
        waiting = {labels: value for (name, labels), value in figures.items() if name == "antrean_waiting"}
        assert sum(waiting.values()) == len(played.waiting()) > 0
        longest = {labels for name, labels in figures if name == "antrean_longest_wait_seconds"}
        assert longest == waiting.keys(), "whoever waits has waited for a while"
        states = {labels[0] for name, labels in figures if name == "antrean_counter_state"}
        assert states == {counter.id for counter in office.settings.counters}
        office.happen("issued")
        wait_until(lambda: read(near.client).get(("antrean_events_total", ("issued",))) == 1, "an event is counted")
        text = near.client.get("/metrics", headers=BEARER).text
        assert not [one.name for one in office.settings.officers if one.name in text], "nobody is measured"

        office.go_down()
        wait_until(lambda: read(near.client)["antrean_fresh", ()] == 0, "what is known is old")
        assert not {name for name, _ in read(near.client)} & {"antrean_waiting", "antrean_counter_state"}


def test_only_who_has_the_token_reads_them(office: WebOffice) -> None:
    with opened(office, None, api_token=TOKEN) as near:
        assert near.client.get("/metrics").status_code == 401
        assert near.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
    with opened(office, None) as near:
        assert near.client.get("/metrics", headers=BEARER).status_code == 404
