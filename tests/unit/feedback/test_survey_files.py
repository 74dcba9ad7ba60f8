"""Surveys as data: those that ship are whole, and what is wrong with one's own is said on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import ConfigError, load_settings
from broker.config.surveys import shipped_survey, shipped_surveys
from tests.unit.config.sample import OFFICE, problems_of

SHIPPED = Path(__file__).parents[3] / "broker" / "surveys"
FEEDBACK = "feedback: {surveys: [{id: skm}]}\n"
OWN = "feedback: {surveys: [{id: skm, file: own.yaml}]}\n"


def test_what_ships_is_the_nine_elements_of_the_regulation_and_a_second_survey() -> None:
    skm = shipped_survey("skm")
    assert shipped_surveys() == ("ipk", "skm")
    assert ",".join(skm.codes) == (
        "requirements,procedure,time,fee,product,competence,behaviour,facilities,complaints"  # as printed
    )
    assert skm.languages == shipped_survey("ipk").languages == ("id", "en")
    assert [element.answers["id"][3] for element in skm.elements if element.code == "fee"] == ["Gratis"]


def test_settings_hold_what_the_survey_s_file_says(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(OFFICE + FEEDBACK)
    settings = load_settings(path, {})
    survey = settings.feedback.survey("skm")
    assert survey is not None
    assert survey.definition == shipped_survey("skm")
    assert (survey.period, survey.invite_every, survey.open) == ("month", 5, True)
    assert settings.feedback.survey("other") is None


def test_a_file_of_one_s_own_counts_and_a_change_in_it_is_a_change_of_the_settings(tmp_path: Path) -> None:
    path, own = tmp_path / "config.yaml", tmp_path / "own.yaml"
    path.write_text(OFFICE + OWN)
    text = (SHIPPED / "skm.yaml").read_text()
    own.write_text(text)
    before = load_settings(path, {})
    own.write_text(text.replace("permenpan-rb-14-2017", "2026"))
    after = load_settings(path, {})
    assert before != after
    assert after.feedback.surveys[0].definition.version == "2026"


FAULTS = [
    ("feedback: {surveys: [{id: smk}]}", "feedback.surveys[0].id", 'there is no survey "smk"'),
    ("feedback: {surveys: [{id: skm}, {id: skm}]}", "surveys[1].id", "already the id of another"),
    ("feedback: {surveys: [{id: skm, period: week}]}", "period", "must be one of month, quarter"),
    ("feedback: {surveys: [{id: skm, invite_every: 0}]}", "invite_every", "must be at least 1"),
    ("feedback: {holidays: XX}", "feedback.holidays", 'the public holidays of "XX" are not known'),
    ("feedback: {holidays: indonesia}", "feedback.holidays", "must be the code of a country in two capital letters"),
    ("feedback: {ratings: true}", "feedback.ratings", 'did you mean "rating"?'),
    ("feedback: {complaints: {verify_days: 0}}", "complaints.verify_days", "must be at least 1"),
    ("feedback: {complaints: {answer_days: {complain: 3}}}", "answer_days.complain", 'did you mean "complaint"?'),
    ("feedback: {complaints: {contacts: [boss]}}", "contacts[0]", "must be one of officer, supervisor, complaints"),
    (OWN, "own.yaml", "cannot be read: no such file"),
]


@pytest.mark.parametrize(("feedback", "place", "message"), FAULTS)
def test_what_is_wrong_in_the_configuration_is_said(tmp_path: Path, feedback: str, place: str, message: str) -> None:
    faults = [str(problem) for problem in problems_of(tmp_path, f"{OFFICE}{feedback}\n") if not problem.warning]
    assert len(faults) == 1
    assert place in faults[0]
    assert message in faults[0]


OWN_FAULTS = [
    ("id: skm", "id: smk", "id", 'names this file for the survey "skm"'),
    ("code: procedure", "code: time", "elements[2].code", '"time" is already the code of another of the elements'),
    ("code: female", "code: male", "choices[1].code", '"male" is already the code of another of the choices'),
    ('["Buruk", "Cukup", ', '["Buruk", ', "elements[7].answers.id", "must be 4 answers, from the worst to the best"),
    ("at_least: 76.61", "at_least: 90", "grades[1].at_least", "must be less than the 88.31 of the grade above it"),
    ("at_least: 25.00", "at_least: 26", "grades[3].at_least", "the last one must begin at 25 or lower"),
    ("grade: B", "grade: A", "grades[1].grade", '"A" is already another grade'),
    ("factor: 25", "factor: true", "scoring.factor", "must be a number, not true"),
    ("intro:", "introo:", "introo", 'did you mean "intro"?'),
]


@pytest.mark.parametrize(("old", "new", "place", "message"), OWN_FAULTS)
def test_what_is_wrong_in_a_survey_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, message: str
) -> None:
    text = (SHIPPED / "skm.yaml").read_text()
    assert old in text
    changed = text.replace(old, new, 1)
    (tmp_path / "own.yaml").write_text(changed)
    faults = [problem for problem in problems_of(tmp_path, OFFICE + OWN) if not problem.warning]
    assert len(faults) == 1, [str(fault) for fault in faults]
    assert faults[0].file == str(tmp_path / "own.yaml")
    assert faults[0].path.endswith(place)
    assert message in str(faults[0])
    assert changed.splitlines()[(faults[0].line or 0) - 1].strip()


def test_a_survey_that_the_office_s_languages_lack_is_refused_and_one_that_lacks_some_is_warned_of(
    tmp_path: Path,
) -> None:
    german = OFFICE.replace("languages: [id, en]", "languages: [de]")
    lacking = [problem for problem in problems_of(tmp_path, german + FEEDBACK) if problem.file.endswith("skm.yaml")]
    assert lacking
    assert not any(problem.warning for problem in lacking)
    assert 'every text is needed in "de"' in lacking[0].message
    both = OFFICE.replace("languages: [id, en]", "languages: [id, de]")
    warned = [problem for problem in problems_of(tmp_path, both + FEEDBACK) if problem.file.endswith("skm.yaml")]
    assert [problem.warning for problem in warned] == [True]
    assert 'in it the survey is asked in "id"' in warned[0].message


def test_a_survey_that_says_more_than_a_message_holds_is_refused(tmp_path: Path) -> None:
    text = (
        (SHIPPED / "skm.yaml").read_text().replace('"Bagaimana pendapat', '"' + "Sangat panjang. " * 60 + "Bagaimana")
    )
    (tmp_path / "own.yaml").write_text(text)
    assert any('says too much in "id"' in problem.message for problem in problems_of(tmp_path, OFFICE + OWN))


def test_a_survey_that_cannot_be_used_is_never_loaded(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("id: skm\n")
    (tmp_path / "config.yaml").write_text(OFFICE + OWN)
    with pytest.raises(ConfigError, match=r"own\.yaml"):
        load_settings(tmp_path / "config.yaml", {})
