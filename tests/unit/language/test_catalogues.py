"""Every text in the source has its entry in each language, whole, and no entry is without its text."""

from __future__ import annotations

import functools
import gettext
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message

from tests import messages
from tests.messages import (
    PACKAGES,
    VISITORS,
    Key,
    around,
    key_of,
    languages,
    texts_of_file,
)

# Read once: nothing here writes.
catalogue = functools.cache(messages.catalogue)
entries = functools.cache(messages.entries)
texts = functools.cache(messages.texts)

ALL = [(package, language) for package in PACKAGES for language in languages(package)]


def fields(text: str) -> set[str]:
    """Return the names of the placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def alone(plural_expr: str, form: int) -> bool:
    """Tell whether a plural form is for one single number, as the Arabic for "two hours": that may go without it."""
    index = gettext.c2py(plural_expr)
    return sum(index(n) == form for n in range(300)) == 1


def faults_of_entry(key: Key, message: Message, known: Catalog) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        yield "is empty"
        return
    if message.fuzzy:
        yield "is marked fuzzy: check it and take the mark away"
    if isinstance(key, tuple) and len(forms) != known.num_plurals:
        yield f"has {len(forms)} plural forms, where the language has {known.num_plurals}"
    wanted = fields(key if isinstance(key, str) else key[1])
    for place, form in enumerate(forms):
        free = {"n"} if isinstance(key, tuple) and alone(known.plural_expr, place) else set()
        if fields(form) | free != wanted | free:
            yield f"has the placeholders {sorted(fields(form))}, the source has {sorted(wanted)}"


def listed(faults: Iterable[str]) -> str:
    """Return faults as one message."""
    return "\n  ".join(["", *faults])


@pytest.mark.parametrize(("package", "language"), ALL)
def test_every_text_is_translated(package: str, language: str) -> None:
    known = {key for name in (package, *around(package)) for key in entries(name, language)}
    missing = [f"{file}:{line}: {text!r}" for text, (file, line) in texts(package).items() if text not in known]
    assert not missing, f"not in {package}.po ({language}); make i18n brings them in:{listed(missing)}"


@pytest.mark.parametrize(("package", "language"), ALL)
def test_every_translation_is_whole(package: str, language: str) -> None:
    known = catalogue(package, language)
    faults = [
        f"{key!r} {fault}"
        for key, message in entries(package, language).items()
        for fault in faults_of_entry(key, message, known)
    ]
    assert not faults, f"in {package}.po ({language}):{listed(faults)}"


@pytest.mark.parametrize(("package", "language"), ALL)
def test_no_translation_has_lost_its_text(package: str, language: str) -> None:
    said = texts(package)
    if package == "broker":
        said = {text: place for name in PACKAGES for text, place in texts(name).items()}
    lost = [repr(key) for key in entries(package, language) if key not in said]
    lost += [f"{key!r} (commented out)" for key in catalogue(package, language).obsolete]
    advice = "the source says these no more (a text from a table needs `mark(...)` around it)"
    assert not lost, f"in {package}.po ({language}), {advice}:{listed(lost)}"


@pytest.mark.parametrize(("package", "language"), ALL)
def test_the_catalogue_knows_the_plural_of_its_language(package: str, language: str) -> None:
    assert catalogue(package, language).num_plurals == len(Locale(language).plural_form.tags) + 1


def test_what_visitors_read_is_there_in_the_same_languages_everywhere() -> None:
    assert [languages(package) for package in VISITORS] == [languages("broker")] * len(VISITORS)


def test_the_check_itself_sees_texts_in_python_and_kv(tmp_path: Path) -> None:
    module, rules = tmp_path / "a.py", tmp_path / "b.kv"
    said = ('p.say("One {a}", a=1)', 'p.count("{n} cat", "{n} cats", 2)', 'T = mark("Two")', '"x".count(b"x")')
    module.write_text("\n".join((*said, 'p.say("Four" if T else "Five")')))
    rules.write_text("Label:\n    text: app.phrases.say('Three')\n")
    found = {text: f"{path.name}:{line}" for path in (module, rules) for text, line in texts_of_file(path)}
    assert found == {
        "One {a}": "a.py:1",
        ("{n} cat", "{n} cats"): "a.py:2",
        "Two": "a.py:3",
        "Four": "a.py:5",
        "Five": "a.py:5",
        "Three": "b.kv:2",
    }


def test_the_check_itself_sees_faulty_entries() -> None:
    found = Catalog(header_comment="", locale="id")
    found.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    found.add("{a} of {b}", "{a} dari {c}")
    found.add("Empty", "")
    found.add("Doubtful", "Ragu", flags=["fuzzy"])
    found.add(("{n} cat", "{n} cats"), ("{n} kucing", "{n} kucing-kucing"))
    told = [fault for message in found if message.id for fault in faults_of_entry(key_of(message), message, found)]
    assert [text.split()[0:2] for text in told] == [["has", "the"], ["is", "empty"], ["is", "marked"], ["has", "2"]]


def test_a_plural_form_for_one_number_alone_may_leave_it_out() -> None:
    arabic = Catalog(locale="ar").plural_expr
    assert [alone(arabic, form) for form in range(6)] == [True, True, True, False, False, False]
    assert not alone("0", 0)
