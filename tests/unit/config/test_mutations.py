"""Whatever happens to a good file: it loads whole, or it is refused with reasons."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.config import ConfigError, Settings, load_settings
from tests.support.trials import examples
from tests.unit.config.sample import OFFICE

SAMPLE: dict[str, Any] = yaml.safe_load(OFFICE.replace("2024-12-17", '"2024-12-17"'))
ODD_VALUES: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 0, 3.5, "", "x", "null", [], [[]], [None], {}, {"x": 1}, {"id": None}]
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any plain data
    """Return the path of every key and entry."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in inside for place in ((*path, key), *places(value, (*path, key)))]


PLACES = places(SAMPLE)


def holder(data: Any, path: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any plain data
    """Return what holds the last key of a path."""
    for key in path[:-1]:
        data = data[key]
    return data


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutations") / "config.yaml"


def load(file: Path, data: object) -> Settings | ConfigError:
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    try:
        return load_settings(file, {})
    except ConfigError as error:
        refused = error
    assert refused.problems
    assert all(problem.message and not problem.warning for problem in refused.problems)
    return refused


@settings(max_examples=examples(150), deadline=None)
@given(path=st.sampled_from(PLACES), value=ODD_VALUES)
def test_an_odd_value_is_taken_or_refused_but_never_a_crash(file: Path, path: tuple[Any, ...], value: object) -> None:
    data = copy.deepcopy(SAMPLE)
    holder(data, path)[path[-1]] = value
    load(file, data)


@settings(max_examples=examples(150), deadline=None)
@given(path=st.sampled_from(PLACES))
def test_a_key_that_is_taken_away_is_missed_or_has_a_default(file: Path, path: tuple[Any, ...]) -> None:
    data = copy.deepcopy(SAMPLE)
    del holder(data, path)[path[-1]]
    result = load(file, data)
    if isinstance(result, ConfigError):
        assert "unexpected" not in str(result)


@settings(max_examples=examples(150), deadline=None)
@given(
    path=st.sampled_from([path for path in PLACES if isinstance(path[-1], str) and path[-1] not in {"id", "en"}]),
    letter=st.sampled_from("qxz_"),
    at=st.integers(min_value=0, max_value=30),
)
def test_a_misspelt_key_never_loads(file: Path, path: tuple[Any, ...], letter: str, at: int) -> None:
    data = copy.deepcopy(SAMPLE)
    section = holder(data, path)
    key = path[-1][:at] + letter + path[-1][at:]
    section[key] = section.pop(path[-1])
    result = load(file, data)
    assert isinstance(result, ConfigError)
    [problem] = [problem for problem in result.problems if problem.path.rpartition(".")[2] == key]
    assert problem.message == "is not a known key"
    assert problem.hint == f'did you mean "{path[-1]}"?'


@settings(max_examples=examples(100), deadline=None)
@given(content=st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@` \n\t0,?", max_size=80).map(str.encode))
def test_any_bytes_are_refused_with_a_reason(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load_settings(file, {})
    assert refused.value.problems
