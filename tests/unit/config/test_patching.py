"""Single values of config.yaml are changed, and every other byte of it stays: comments, order, quotes, line ends."""

from __future__ import annotations

import difflib
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.config.document import read_value
from broker.config.patching import LEAVE_OUT, Edit, UnwritableError, edited, patched
from broker.config.settings import Settings
from tests.support.office import CONFIG
from tests.support.trials import examples
from tests.unit.config.sample import OFFICE

SHIPPED = (Path(__file__).parents[3] / "config.yaml").read_text(encoding="utf-8")
DATA: dict[str, Any] = read_value(SHIPPED)  # type: ignore[assignment] # a mapping, or the tests below fail

HOSTILE = [
    "# a comment",
    "a: b",
    "- item",
    "&anchor",
    "*alias",
    "!!python/object/apply:os.system [id]",
    "{{ 7 * 7 }}",
    "'",
    '"',
    "\\",
    '"\n  role: supervisor\n  #',
    "'\n  role: supervisor\n  #",
    "line\nbreak",
    "tab\there",
    "\u2028\u2029\x85\ufeff",
    "\x00\x07\x7f",
    "null",
    "no",
    "12:30",
    "1e3",
    "0x10",
    "2026-12-25",
    "~",
    " blanks ",
    "|",
    ">",
    "%YAML 1.1",
    "---",
    "...",
    "عربي",
    "中文",
    "😀",
    "",
    "x" * 3000,
]


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came."""
    said = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0))[2:]
    return [one[1:] for one in said if one[0] == "-"], [one[1:] for one in said if one[0] == "+"]


def test_without_an_edit_nothing_changes() -> None:
    assert patched(SHIPPED, []) == SHIPPED


def test_a_value_that_is_so_already_changes_nothing() -> None:
    assert patched(SHIPPED, [Edit("services.new-passport.source", "PP 45/2024")]) == SHIPPED


@pytest.mark.parametrize(
    ("edit", "gone", "come"),
    [
        (
            Edit("services.new-passport.effective_from", "2027-01-01"),
            ["    effective_from: 2024-12-17 # the day they count from"],
            ["    effective_from: 2027-01-01 # the day they count from"],
        ),
        (
            Edit("hours.mon", ["08:00-12:00"]),
            ['  mon: ["07:30-12:00", "13:00-15:00"]   # Monday'],
            ['  mon: ["08:00-12:00"]                  # Monday'],
        ),
        (Edit("hours.2026-12-25", []), [], ["  2026-12-25: []"]),
        (
            Edit("lanes.priority.grounds.0.text.id", "Lansia"),
            ['        text: {id: "Lansia 60+", en: "Aged 60 or over"}   # two or three words'],
            ['        text: {id: "Lansia", en: "Aged 60 or over"}   # two or three words'],
        ),
        (
            Edit("services.new-passport.documents.id.0", "KTP"),
            ['        - "KTP elektronik (e-KTP)"'],
            ['        - "KTP"'],
        ),
        (Edit("services.collection.daily_quota", 80), [], ["    daily_quota: 80"]),
        (
            Edit("officers.siti.name", "Siti: R."),
            None,
            ['    name: "Siti: R."           # shown on the counter window'],
        ),
        (
            Edit("lanes.priority.daily_quota"),
            [
                (
                    "    daily_quota: 30            # numbers a day; leave the line out for no limit. "
                    "The kiosk says so before anybody chooses"
                )
            ],
            [],
        ),
        (
            Edit("counters.counter-7", {"id": "counter-7", "label": "7", "stages": ["payment"]}),
            [],
            ["  - id: counter-7", '    label: "7"', "    stages: [payment]"],
        ),
        (
            Edit("announcements.early", {"id": "early", "text": {"id": "Tutup pukul 11.", "en": "Closing at 11."}}),
            None,
            [
                (
                    "announcements:                 # none in the demo. "
                    "For yours, write a list like this one instead of []:"
                ),
                "  - id: early",
                "    text:",
                '      id: "Tutup pukul 11."',
                '      en: "Closing at 11."',
            ],
        ),
    ],
    ids=lambda value: value.path if isinstance(value, Edit) else "",
)
def test_what_changes_is_the_line_that_is_meant(edit: Edit, gone: list[str] | None, come: list[str]) -> None:
    went, came = changed_lines(SHIPPED, patched(SHIPPED, [edit]))
    assert came == come
    assert gone is None or went == gone


def test_the_last_entry_of_a_list_goes_without_the_comment_above_the_next_section() -> None:
    after = patched(SHIPPED, [Edit("officers.maria"), Edit("journey.closes_left")])
    assert "# Whose turn it is. Compare the types" in after
    assert "# What visitors may tell the office" in after
    assert "Officers who went home without signing out" not in after, "the second line of a comment goes with its first"
    assert "Maria" not in after


def test_an_entry_in_the_middle_goes_with_one_of_the_blank_lines_around_it() -> None:
    after = patched(SHIPPED, [Edit("services.visit-permit")])
    assert "\n\n\n" not in after
    assert after.index("id: lost-damaged-passport") < after.index("id: limited-stay")


def test_lists_that_become_empty_and_sections_that_come_keep_the_comments_around_them() -> None:
    after = patched(SHIPPED, [Edit("lanes.priority.grounds", []), Edit("services.new-passport.short_name.id", "Baru")])
    assert "    grounds: []                # the same at a glance" in after
    assert '    short_name:\n      id: "Baru"\n    # short_name: ' in after


def test_windows_line_ends_and_a_missing_one_stay() -> None:
    edits = [Edit("officers.joko", {"id": "joko", "name": "Joko"}), Edit("hours.sun", ["08:00-09:00"])]
    windows = patched(SHIPPED.replace("\n", "\r\n"), edits)
    assert windows.count("\n") == windows.count("\r\n")
    assert windows.replace("\r\n", "\n") == patched(SHIPPED, edits)
    short = "a: 1\nb: 2"
    assert patched(short, [Edit("b", 3)]) == "a: 1\nb: 3"
    assert patched(short, [Edit("c", "x y")]) == 'a: 1\nb: 2\nc: "x y"\n'


@pytest.mark.parametrize(
    ("text", "edits", "after"),
    [
        ("a: |\n  x\n  y\nb: 1\n", [Edit("a", "z")], 'a: "z"\nb: 1\n'),
        ("a: >-\n  x\n  y\n\n# b\nb: 1\n", [Edit("a", "Z\nY")], 'a: "Z\\nY"\n\n# b\nb: 1\n'),
        ("a: 'x'  # c\n", [Edit("a", "it's")], "a: 'it''s'  # c\n"),
        ("a:  # c\nb: 1\n", [Edit("a", 1)], "a: 1  # c\nb: 1\n"),
        ("a:\nb: 1\n", [Edit("a", {"x": "Y"})], 'a:\n  x: "Y"\nb: 1\n'),
        ("a:\n- x  # one\n- y\n", [Edit("a", ["x", "z"])], "a:\n- x  # one\n- z\n"),
        ("a:\n- x  # one\n- y\n", [Edit("a", ["x"])], "a:\n- x  # one\n"),
        ("a:\n- k: 1\n  m: 2\n- k: 3\n", [Edit("a.0.k")], "a:\n- m: 2\n- k: 3\n"),
        ("a:\n    b: 1\n    c: 2\n", [Edit("a.b")], "a:\n    c: 2\n"),
        ("a:\n    b: 1\n", [Edit("a.b")], "a: {}\n"),
        ("a: {b: 1, c: [x, y]}  # d\n", [Edit("a.c.1"), Edit("a.d", "E")], 'a: {b: 1, c: [x], d: "E"}   # d\n'),
        ("a: [x,\n    y]\nb: 1\n", [Edit("a", ["z"])], "a: [z]\nb: 1\n"),
        ("a: 1\n# the end\n", [Edit("b", [])], "a: 1\nb: []\n# the end\n"),
        ("a: [{id: x}]\n", [Edit("a.y", {"id": "y", "t": {"k": "V v"}})], 'a: [{id: x}, {id: "y", t: {k: "V v"}}]\n'),
    ],
)
def test_files_that_others_wrote_keep_their_own_manner(text: str, edits: list[Edit], after: str) -> None:
    assert patched(text, edits) == after


def test_what_leads_nowhere_is_refused_with_its_place() -> None:
    for path in ("services.none.fee.id", "office.name.id.x", "officers.none", "hours.mon.9.x"):
        with pytest.raises(UnwritableError) as refused:
            patched(SHIPPED, [Edit(path)])
        assert refused.value.path == path
    with pytest.raises(UnwritableError, match="must carry its id"):
        patched(SHIPPED, [Edit("officers.joko", {"id": "other", "name": "J"})])
    with pytest.raises(UnwritableError, match="nested"):
        patched(SHIPPED, [Edit("dispatch", json.loads("[" * 30 + "]" * 30))])
    with pytest.raises(UnwritableError, match="line breaks"):
        patched("a: 1\rb: 2\r", [Edit("a", 2)])


def leaves(data: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value with the path by which it is changed."""
    match data:
        case dict():
            for key, value in data.items():
                yield from leaves(value, f"{path}.{key}".lstrip("."))
        case list():
            for index, value in enumerate(data):
                name = value["id"] if isinstance(value, dict) and "id" in value else index
                yield from leaves(value, f"{path}.{name}")
        case _:
            yield path, data


LEAVES = dict(leaves(DATA))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_a_hostile_text_is_a_text_and_nothing_else(text: str) -> None:
    data: Any = read_value(OFFICE)
    block, flow, plain = "officers.siti.name", "stages.check.name.en", "counters.counter-1.label"
    after: Any = read_value(patched(OFFICE, [Edit(path, text) for path in (block, flow, plain)]))
    data["officers"][0]["name"] = data["stages"][0]["name"]["en"] = data["counters"][0]["label"] = text
    assert after == data


def test_every_value_of_the_file_goes_out_and_comes_back() -> None:
    paths = [path for path, value in LEAVES.items() if isinstance(value, str) and not path.endswith(".id")]
    assert len(paths) > 150
    for path in itertools.islice(paths, 0, None, 25):
        other = patched(SHIPPED, [Edit(path, "Other: #1")])
        assert other != SHIPPED
        restored = patched(other, [Edit(path, LEAVES[path])])
        assert read_value(restored) == DATA
        went, came = changed_lines(SHIPPED, restored)
        bare = [["".join(line.replace('"', "").split()) for line in lines] for lines in (went, came)]
        assert bare[0] == bare[1], "but for quotes, and how far away a comment stands"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
small = st.dictionaries(st.sampled_from(["a", "b", "c"]), values, min_size=1, max_size=3)
edit_paths = st.sampled_from(["a", "b", "c", "a.b", "b.0", "b.1", "c.a.b", "a.0.c", "d"])


@settings(max_examples=examples(80), deadline=None)
@given(start=small, edits=st.lists(st.builds(Edit, edit_paths, values | st.just(LEAVE_OUT)), max_size=4))
def test_what_the_text_says_afterwards_is_what_the_edits_say(start: dict[str, Any], edits: list[Edit]) -> None:
    text = "z: 1   # first\n"
    try:
        text = patched(text, [Edit(key, value) for key, value in start.items()])
    except UnwritableError:
        return
    wanted = {"z": 1, **start}
    assert read_value(text) == wanted
    try:
        for edit in edits:
            wanted = edited(wanted, edit)
    except UnwritableError:
        with pytest.raises(UnwritableError):
            patched(text, edits)
        return
    assert read_value(patched(text, edits)) == wanted


def test_new_keys_stand_where_the_settings_have_them() -> None:
    after = patched(SHIPPED, [Edit("counters.counter-4.step_free", value=True)])
    at = after.index("- id: counter-4")
    keys = [line.split(":")[0].strip(" -") for line in after[at:].splitlines()[:5]]
    order = [key for key in Settings.model_fields["counters"].annotation.__args__[0].model_fields if key in keys]  # type: ignore[union-attr] # a tuple of models
    assert [key for key in keys if key in order] == order


def commented(text: str) -> str:
    """Return a file with a comment of its own above and behind every line."""
    lines = []
    for number, line in enumerate(text.splitlines()):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += [f"{indent}# above {number}", f"{line}   # behind {number}"]
    return "\n".join([*lines, "# the end", ""])


def comments(text: str) -> list[str]:
    """Return all comments, in their order."""
    return re.findall(r"# (?:above \d+|behind \d+|the end)", text)


def one_edit(rng: random.Random, data: Any) -> Edit:  # noqa: ANN401 - plain data of a file
    """Return another value for a place of the file: of its kind, longer, shorter, hostile."""
    path, value = rng.choice([(path, value) for path, value in leaves(data) if not path.endswith(".id")])
    match value:
        case bool():
            return Edit(path, not value)
        case int() | float():
            return Edit(path, rng.randrange(1000))
        case _:
            words = "".join(
                rng.choices(["Rp1 ", "# no comment", ": ", '"', "'", "\\", "é", "\n", "- x", "{", "العربية"], k=5)
            )
            return Edit(path, rng.choice([words, "x", "", "2027-01-01", "true", "0x1"]))


def keeps_every_comment(count: int, seed: int) -> None:
    """Make so many edits one after the other, and look whether anything but their values changes."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    start = text = commented(OFFICE)
    for _ in range(count):
        data: Any = read_value(text)
        edit = one_edit(rng, data)
        before, text = text, patched(text, [edit])
        assert read_value(text) == edited(data, edit), edit
        assert comments(text) == comments(start), edit
        went, came = changed_lines(before, text)
        assert (len(went), len(came)) in {(1, 1), (0, 0)}, edit
        assert [line.rpartition("# behind")[2] for line in went] == [line.rpartition("# behind")[2] for line in came]


def test_whatever_value_is_changed_every_comment_stays_where_it_was() -> None:
    # 5,000 edits were made so once, with `python -c "...keeps_every_comment(5000, 1)"`: it takes minutes.
    keeps_every_comment(40, seed=7)


def test_tabs_where_yaml_allows_them_stay() -> None:
    text = OFFICE.replace("  id: test\n", "  id: test\t# a tab before\n").replace("hours:\n", "hours:\t# the week\n", 1)
    after = patched(text, [Edit("office.id", "other"), Edit("hours.mon", [])])
    assert "  id: other\t# a tab before\n" in after or "  id: other   # a tab before\n" in after
    assert "hours:\t# the week\n" in after
    with pytest.raises(UnwritableError, match="indented with a tab"):
        patched(OFFICE.replace("  id: test\n", "\tid: test\n", 1), [Edit("office.id", "other")])


def test_a_new_entry_whose_id_is_a_figure_takes_nobodys_place() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    before, officer = read_value(text), {"id": "0", "name": "Nol", "role": "officer"}
    assert isinstance(before, dict)
    for name in ("Nol", "Nila"):
        text = patched(text, [Edit("officers.0", officer | {"name": name})])
        assert read_value(text) == before | {"officers": [*before["officers"], officer | {"name": name}]}
