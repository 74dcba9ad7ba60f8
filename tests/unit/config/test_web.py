"""The section for the pages on the phone: read, and refused in words on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import load_settings
from tests.unit.config.sample import changed, problems_of


def web(text: str) -> str:
    """Return the office with this section."""
    return changed(("demo: true", f"demo: true\nweb: {text}"))


def written(folder: Path, text: str) -> Path:
    path = folder / "one.yaml"
    path.write_text(text)
    return path


def test_an_office_without_the_section_has_no_pages(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, changed()), {}).web is None


def test_pages_are_served_to_this_machine_where_nothing_else_is_said(tmp_path: Path) -> None:
    found = load_settings(written(tmp_path, web("{}")), {}).web
    assert found is not None
    assert (found.listen, found.port, found.public_url, found.wifi) == ("127.0.0.1", 8080, None, None)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("http://antrian.lan", "http://antrian.lan"),
        ("http://antrian.lan/", "http://antrian.lan"),
        ("HTTPS://Antrian.Kantor.Go.Id", "HTTPS://Antrian.Kantor.Go.Id"),
        ("http://192.168.1.10:8080", "http://192.168.1.10:8080"),
        ("http://antrean-1", "http://antrean-1"),
    ],
)
def test_an_address_that_phones_follow_in_capitals_is_taken(url: str, read: str, tmp_path: Path) -> None:
    found = load_settings(written(tmp_path, web(f'{{public_url: "{url}"}}')), {}).web
    assert found is not None
    assert found.public_url == read


@pytest.mark.parametrize(
    ("section", "path", "message"),
    [
        ('{public_url: "antrian.lan"}', "web.public_url", "must begin with http:// or https://"),
        ('{public_url: "ftp://antrian.lan"}', "web.public_url", "must begin with http:// or https://"),
        ('{public_url: "http://antrian.lan/antrean"}', "web.public_url", "must end with the host or its port"),
        ('{public_url: "http://antrian.lan?a=b"}', "web.public_url", "must end with the host or its port"),
        ('{public_url: "http://antrian.lan:0"}', "web.public_url", "must name a port from 1 to 65535"),
        ('{public_url: "http://antrian.lan:x"}', "web.public_url", "must name a port from 1 to 65535"),
        ('{public_url: "http://me:secret@antrian.lan"}', "web.public_url", "must name a port from 1 to 65535"),
        ('{public_url: "http://antri_an.lan"}', "web.public_url", "must name a host of letters"),
        ('{public_url: "http://[::1]"}', "web.public_url", "must name a "),
        ('{public_url: "http://"}', "web.public_url", "must begin with http:// or https://"),
        ('{public_url: "http://192.168.1.300"}', "web.public_url", "must be a name, or an address of four numbers"),
        (f'{{public_url: "https://{"a" * 61}.id"}}', "web.public_url", "must name a host of letters"),
        (f'{{public_url: "https://{"a" * 61}.i:80800"}}', "web.public_url", "must name a port from 1 to 65535"),
        (f'{{public_url: "https://{"a" * 60}.i:8080"}}', "web.public_url", "must have at most 71 characters"),
        ("{listen: antrian.lan}", "web.listen", '"antrian.lan" is no address of this machine'),
        ("{port: 0}", "web.port", "must be at least 1"),
        ("{port: 18830}", "web.port", "18830 is the port of the MQTT server: take another one"),
        ("{prot: 80}", "web.prot", "is not a known key"),
        ("{wifi: {password: imigrasi2026}}", "web.wifi.name", "is missing"),
        ('{wifi: {name: ""}}', "web.wifi.name", "must not be empty"),
        (f'{{wifi: {{name: "{"é" * 17}"}}}}', "web.wifi.name", "must have at most 32 letters"),
        ('{wifi: {name: Tamu, password: "hush"}}', "web.wifi.password", "must have 8 to 63 letters"),
        ('{wifi: {name: Tamu, password: "hush\u00e9hush"}}', "web.wifi.password", "must have 8 to 63 letters"),
    ],
)
def test_what_cannot_work_is_said_on_its_line_and_no_password_is_repeated(
    section: str, path: str, message: str, tmp_path: Path
) -> None:
    problem = problems_of(tmp_path, web(section))[0]
    assert (problem.path, problem.line is not None, problem.warning) == (path, True, False)
    assert message in problem.message
    assert "hush" not in str(problem)


def test_the_password_of_the_wifi_stands_in_no_text_of_the_settings(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, web("{wifi: {name: Tamu, password: imigrasi2026}}")), {})
    assert settings.web is not None
    assert settings.web.wifi is not None
    assert settings.web.wifi.password == "imigrasi2026"  # noqa: S105 - a password of this test
    assert "imigrasi2026" not in repr(settings)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "HTTP://LOCALHOST:8080"])
def test_an_address_of_this_machine_alone_is_pointed_out(url: str, tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, web(f'{{public_url: "{url}"}}'))
    assert (problem.path, problem.warning) == ("web.public_url", True)
    assert problem.message == "is this machine alone: no phone in the hall gets there"


def test_what_nobody_can_answer_or_read_is_pointed_out(tmp_path: Path) -> None:
    asked = changed(("demo: true", "demo: true\nfeedback: {rating: true, complaints: {}}"))
    told = {problem.path: problem for problem in problems_of(tmp_path, asked)}
    assert all(problem.warning for problem in told.values())
    assert "will be answered by nobody" in told["feedback.complaints"].message
    assert "nowhere to be asked" in told["feedback"].message
    assert "nobody can reach whoever complained" in told["feedback.complaints.contacts"].message


def test_where_there_are_pages_and_somebody_who_answers_nothing_is_pointed_out(tmp_path: Path) -> None:
    text = changed(
        ("demo: true", "demo: true\nweb: {}\nfeedback: {complaints: {contacts: [supervisor]}}"),
        ("    name: Siti", "    name: Siti\n    role: supervisor"),
    )
    assert [str(problem) for problem in problems_of(tmp_path, text)] == []
