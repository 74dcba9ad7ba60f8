"""The config.yaml that comes with antrean: whole, explained, and without a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from broker.config import Settings, check_settings, load_settings
from broker.config.schema import Place, top
from broker.config.settings import Hours
from tests.unit.config.sample import OFFICE, problems_of

SHIPPED = Path(__file__).parents[3] / "config.yaml"
LINES = SHIPPED.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def office() -> Settings:
    return load_settings(SHIPPED, {})


def keys(place: Place) -> Iterator[str]:
    """Yield every key that the settings know."""
    inner = [place.inside(0, None), *(place.inside(key, None) for key in place.keys)]
    yield from place.keys
    for inside in inner:
        if inside is not None:
            yield from keys(inside)


def test_it_has_no_fault_and_no_warning() -> None:
    assert check_settings(SHIPPED, {}) == []


@pytest.mark.parametrize("key", sorted(set(keys(top(Settings)))))
def test_every_key_is_there_and_explained_where_it_first_comes(key: str) -> None:
    first = next((n for n, line in enumerate(LINES) if re.match(rf"[ #-]*{key}:", line)), None)
    assert first is not None, f"{key} does not occur"
    above = LINES[first - 1].lstrip()
    assert "#" in LINES[first].lstrip(" #") or above.startswith("#"), f"{key} is not explained"


def test_sections_come_in_the_order_of_the_settings() -> None:
    written = [match[1] for line in LINES if (match := re.match(r"([a-z_]+):", line))]
    assert written == list(Settings.model_fields)


def test_the_office_offers_the_nine_services_under_clear_letters(office: Settings) -> None:
    assert len(office.services) == 9
    letters = "".join(service.letter for service in office.services)
    assert not set(letters) & set("IOP"), "letters that look like figures, or are the priority lane's"


def test_journeys_lead_through_the_office_and_the_step_free_counter_serves_each_of_their_stages(
    office: Settings,
) -> None:
    journeys = {service.id: service.stages for service in office.services}
    for service in ("new-passport", "passport-renewal", "child-passport", "lost-damaged-passport"):
        assert journeys[service] == ("document-check", "interview", "payment")
    assert journeys["collection"] == ("collection",)
    assert set().union(*journeys.values()) <= set(office.counters[0].stages)


@pytest.mark.parametrize("commented", ["head_start", "ratio", "strict", "fifo"])
def test_every_policy_that_stands_there_commented_is_without_a_fault(commented: str, tmp_path: Path) -> None:
    begin = next(n for n, line in enumerate(LINES) if f"# type: {commented}" in line)
    lines = ["  type: promise" if line.startswith("  type: promise") else line for line in LINES]
    at = lines.index("  type: promise")
    lines[at] = lines[begin].replace("  # ", "  ", 1)
    if "# type:" not in lines[begin + 1] and lines[begin + 1].startswith("  # "):
        lines[at + 1 : at + 1] = [lines[begin + 1].replace("  # ", "  ", 1)]
    assert problems_of(tmp_path, "\n".join(lines)) == []


def test_there_are_counters_for_all_and_one_without_steps_serves_everything(office: Settings) -> None:
    [step_free] = [counter for counter in office.counters if counter.step_free]
    assert len(office.counters) >= 6
    assert set(step_free.stages) == {stage.id for stage in office.stages}
    assert (step_free.services, step_free.lanes) == (None, None)
    assert len(office.officers) >= 8
    assert {officer.role for officer in office.officers} == {"officer", "supervisor", "complaints", "technician"}


def test_every_officer_has_a_salt_of_their_own(office: Settings) -> None:
    assert len({officer.pin_hash for officer in office.officers}) == len(office.officers)


def test_outside_the_demo_every_demo_pin_is_warned_about(office: Settings) -> None:
    problems = check_settings(SHIPPED, {"ANTREAN_DEMO": "false"})
    officers = [f"officers[{n}].pin_hash" for n in range(len(office.officers))]
    assert [problem.path for problem in problems] == [*officers, "kiosks[0].staff_pin_hash"]
    assert all(problem.warning and "1234" in problem.message for problem in problems)
    load_settings(SHIPPED, {"ANTREAN_DEMO": "false"})


def test_a_pin_of_ones_own_is_not_warned_about(tmp_path: Path) -> None:
    own = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$5Xj0Z1nH9m8mA0Zq0xq0m0o0w0wqQb1yqkq1zq0w0w0"
    environ = {"ANTREAN_DEMO": "false", "ANTREAN_OFFICERS__SITI__PIN_HASH": own}
    assert [problem.path for problem in problems_of(tmp_path, OFFICE, environ)] == ["officers[1].pin_hash"]


def test_settings_cannot_be_changed(office: Settings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(office.mqtt, "port", 1)  # noqa: B010 - written plainly, mypy refuses it as well


def test_every_section_refuses_keys_it_does_not_know() -> None:
    seen: set[type[BaseModel]] = set()
    waiting = [top(Settings)]
    while waiting:
        place = waiting.pop()
        for model in set(place.models) - seen:
            seen.add(model)
            assert model is Hours or model.model_config.get("extra") == "forbid", model  # hours have dates for keys
            assert model.model_config.get("frozen"), model
        inner = [place.inside(0, None), *(place.inside(key, None) for key in place.keys)]
        waiting += [inside for inside in inner if inside is not None]
    assert len(seen) > 15


def test_no_secret_stands_in_what_a_log_might_show() -> None:
    settings = load_settings(
        Path("config.yaml"), {"ANTREAN_MQTT__SECRET": "a-secret-of-the-house", "ANTREAN_MQTT__SHARED_SECRET": "allowed"}
    )
    assert settings.mqtt.secret == "a-secret-of-the-house"  # noqa: S105 - of this test alone
    assert "a-secret-of-the-house" not in repr(settings)
    assert "$argon2id$" not in repr(settings)


def test_a_logo_that_is_not_on_this_machine_is_only_a_warning(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("profile: default ", "logo: logo.png\n      profile: default ")
    (warning,) = problems_of(tmp_path, text)
    assert warning.warning
    assert f"there is no picture {tmp_path / 'logo.png'}" in str(warning)
    (tmp_path / "logo.png").touch()
    assert problems_of(tmp_path, text) == []
