"""A language that cannot be drawn or printed on this machine is refused, with what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import load_settings
from tests.unit.config.sample import changed, line_of, problems_of

RARE = "\U00016a80"
"""A letter of the Tangsa script, which no font of the usual packages has."""


def test_letters_that_no_font_here_has_are_named_with_the_package(tmp_path: Path) -> None:
    text = changed(("name: {id: Kantor, en: Office}", f"name: {{id: Kantor {RARE}, en: Office}}"))
    (problem,) = problems_of(tmp_path, text)
    assert (problem.path, problem.line) == ("office.languages[0]", line_of(text, "  languages: [id, en]"))
    assert problem.message == f'"id" cannot be drawn on this machine: no font here has {RARE}'
    assert problem.hint == "apt-get install fonts-noto-core"
    assert problem.here
    assert not problem.warning


def test_it_hinders_no_screen_of_another_machine(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(changed(("name: {id: Kantor, en: Office}", f"name: {{id: Kantor {RARE}, en: Office}}")))
    assert load_settings(path, {}).office.languages == ("id", "en")


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_a_language_whose_font_is_here_is_no_fault(tmp_path: Path, language: str) -> None:
    text = changed(("languages: [id, en]", f"languages: [id, {language}]")).replace("en: ", f"{language}: ")
    assert problems_of(tmp_path, text) == []


def test_a_printer_that_prints_no_pictures_is_refused_for_a_script_that_it_lacks(tmp_path: Path) -> None:
    text = changed(("languages: [id, en]", "languages: [id, zh]")).replace("en: ", "zh: ")
    text = text.replace("      type: preview\n", "      type: preview\n      profile: OCD-100\n")
    (problem,) = problems_of(tmp_path, text)
    assert problem.path == "kiosks[0].printer.profile"
    assert problem.message == '"OCD-100" prints neither the letters of "zh" nor pictures of them'


@pytest.mark.parametrize(
    ("languages", "instead"), [("[id, jv]", "id"), ("[jv, id]", "id"), ("[su, jv]", "en"), ("[su, en, id]", "en")]
)
def test_a_language_without_words_is_told_what_stands_in(tmp_path: Path, languages: str, instead: str) -> None:
    text = changed(("languages: [id, en]", f"languages: {languages}"))
    told = [problem.message for problem in problems_of(tmp_path, text) if "no words" in problem.message]
    assert told
    assert all(message.endswith(f'will be in "{instead}"') for message in told)
