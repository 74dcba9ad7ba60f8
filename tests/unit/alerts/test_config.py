"""The section of alerts: shipped rules are good, and nonsense is refused in words on its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from broker.bootstrap.reload import change_of
from broker.bootstrap.rules import office_rules
from broker.config import Settings, load_settings
from broker.config.alerts import webhook_fault
from broker.domain import alerts
from tests.unit.config.sample import changed, problems_of

SHIPPED = Path(__file__).parents[3] / "config.yaml"


def told(text: str) -> str:
    """Return the office with this section, and pages."""
    return changed(("demo: true", f"demo: true\nweb: {{}}\nalerts: {text}"))


def read(folder: Path, text: str) -> Settings:
    path = folder / "one.yaml"
    path.write_text(text)
    return load_settings(path, {})


def test_the_office_that_is_shipped_has_a_rule_of_each_kind_and_tells_nobody_outside() -> None:
    settings = load_settings(SHIPPED, {})
    assert sorted(rule.type for rule in settings.alerts.rules) == sorted(alerts.KINDS)
    assert settings.alerts.email is None
    assert settings.alerts.webhook is None
    rules = office_rules(settings).alerts
    assert {"kiosk-1", "display-1", "web"} <= rules.watched
    assert all(rule.end <= rule.limit for rule in rules.rules)
    assert all(rule.is_quiet(dt.time(2)) and not rule.is_quiet(dt.time(9)) for rule in rules.rules)


def test_without_the_section_nobody_is_told_anything(tmp_path: Path) -> None:
    assert office_rules(read(tmp_path, changed())).alerts.rules == ()


def test_minutes_and_percent_become_levels(tmp_path: Path) -> None:
    text = told(
        "{rules: [{id: a, type: wait, limit_percent: 50}, {id: b, type: forecast, within_min: 10, late_by_min: 3},"
        " {id: c, type: idle_counter, after_min: 5}, {id: d, type: device_lost, after_min: 1, quiet_hours: []}]}"
    )
    wait, forecast, idle, lost = office_rules(read(tmp_path, text)).alerts.rules
    assert (wait.limit, wait.end) == (50, 45)
    assert (forecast.limit, forecast.ahead_s) == (180, 600)
    assert idle.limit == 300
    assert (lost.for_s, lost.quiet) == (60, ())


@pytest.mark.parametrize(
    ("section", "path", "message"),
    [
        ("{rules: [{id: a, type: wiat}]}", "alerts.rules[0].type", "must be one of"),
        ("{rules: [{id: a, type: wait}, {id: a, type: forecast}]}", "alerts.rules[1].id", "already the id of another"),
        (
            "{rules: [{id: a, type: wait, limit_percent: 80, end_percent: 80}]}",
            "alerts.rules[0].end_percent",
            "80 must be below limit_percent, 80",
        ),
        ("{rules: [{id: a, type: quota_near, end_percent: 95}]}", "alerts.rules[0].end_percent", "must be below"),
        ("{rules: [{id: a, type: wait, lanes: [fast]}]}", "alerts.rules[0].lanes[0]", '"fast" is not the id of one of'),
        ("{rules: [{id: a, type: paper_low, clients: [k9]}]}", "alerts.rules[0].clients[0]", '"k9" is not the id'),
        ("{rules: [{id: a, type: wait, roles: [boss]}]}", "alerts.rules[0].roles[0]", "boss"),
        ("{rules: [{id: a, type: wait, roles: []}]}", "alerts.rules[0].roles", "at least"),
        ('{quiet_hours: ["00:00-12:00", "12:00-24:00"]}', "alerts.quiet_hours", "covers the whole day"),
        ('{quiet_hours: ["08:00-08:00"]}', "alerts.quiet_hours[0]", "ends when it begins"),
        (
            "{email: {host: mail.lan, tls: none, sender: a@b.id, to: [c@d.id]}}",
            "alerts.email.tls",
            '"none" lets others read along on the way to mail.lan',
        ),
        ("{email: {host: mail.lan, sender: a@b.id, to: [nobody]}}", "alerts.email.to[0]", "one e-mail address"),
        (
            "{email: {host: mail.lan, user: me, sender: a@b.id, to: [c@d.id]}}",
            "alerts.email",
            "user and password go together",
        ),
        ('{webhook: {url: "ftp://gateway.id"}}', "alerts.webhook.url", "must begin with https:// or http://"),
        ('{webhook: {url: "https://me:pw@gateway.id/"}}', "alerts.webhook.url", "no name and password"),
    ],
)
def test_nonsense_is_refused_on_its_line(section: str, path: str, message: str, tmp_path: Path) -> None:
    found = [problem for problem in problems_of(tmp_path, told(section)) if message in str(problem)]
    assert found, [str(problem) for problem in problems_of(tmp_path, told(section))]
    assert path in str(found[0])


def test_what_is_sent_by_the_pages_needs_them(tmp_path: Path) -> None:
    text = changed(("demo: true", 'demo: true\nalerts: {webhook: {url: "https://gateway.id"}}'))
    assert any("there is no section web" in str(problem) for problem in problems_of(tmp_path, text))


@pytest.mark.parametrize(
    "url", ["https://gateway.kantor.go.id/antrean?a=b", "http://127.0.0.1:9000/hook", "https://[::1]:8443/x"]
)
def test_an_address_is_taken_as_it_is(url: str) -> None:
    assert webhook_fault(url) is None


@pytest.mark.parametrize("url", ["https://", "javascript:alert(1)", "https://a b/", "https://a/#b", "https://a:x/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    assert webhook_fault(url) is not None


def test_secrets_stand_in_no_log(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        told(
            "{email: {host: mail.lan, user: me, password: hush-hush, sender: a@b.id, to: [c@d.id]},"
            ' webhook: {url: "https://gateway.id/hush-hush", token: hush-hush}}'
        ),
    )
    assert "hush" not in repr(settings.alerts)


def test_rules_count_at_once_and_ways_out_after_a_restart(tmp_path: Path) -> None:
    old = read(tmp_path, told("{rules: [{id: a, type: wait}]}"))
    new = read(tmp_path, told('{rules: [], webhook: {url: "https://gateway.id"}}'))
    change = change_of(old, new)
    assert change.settings.alerts.rules == ()
    assert change.settings.alerts.webhook is None
    assert change.live == ("alerts",)
    assert change.waiting == ("alerts",)
