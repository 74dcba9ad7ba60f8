"""Every text in the source has its Indonesian entry, and no entry is without its text."""

from __future__ import annotations

import ast
import importlib
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

PACKAGES = ("broker", "kiosk", "display", "counter")
Key = str | tuple[str, ...]


def folder(package: str) -> Path:
    """Return where a package's source lies."""
    file = importlib.import_module(package).__file__
    assert file is not None
    return Path(file).parent


def texts_of_file(path: Path) -> Iterator[tuple[Key, str]]:
    """Yield each text said in a file, with its place; of a .kv file, what stands right of the colons.

    By the syntax tree, as Babel's own extractor stumbles over `.count(b"...")`.
    """
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        chunks = [(0, source)]
    else:
        chunks = [(n, line.partition(":")[2].strip()) for n, line in enumerate(source.splitlines())]
    for offset, chunk in chunks:
        for node in ast.walk(parsed(chunk, strict=path.suffix == ".py")):
            yield from ((text, f"{path.name}:{offset + line}") for text, line in texts_of_call(node))


def parsed(chunk: str, *, strict: bool) -> ast.AST:
    """Return the tree of some Python; what is none counts as empty unless `strict`."""
    try:
        return ast.parse(chunk)
    except SyntaxError:
        if strict:
            raise
        return ast.Module(body=[], type_ignores=[])


def texts_of_call(node: ast.AST) -> Iterator[tuple[Key, int]]:
    """Yield what a call of say, mark or count says, with its line."""
    match node:
        case ast.Call(func=ast.Name(id="mark") | ast.Attribute(attr="mark" | "say"), args=[message, *_]):
            yield from ((text, node.lineno) for text in constants(message))
        case ast.Call(
            func=ast.Attribute(attr="count"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), _, *_]
        ):
            yield (one, many), node.lineno


def constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: one, or either of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from constants(body)
            yield from constants(orelse)


def texts(package: str) -> dict[Key, str]:
    """Return every text said in a package, with one of its places."""
    root = folder(package)
    files = (path for pattern in ("*.py", "*.kv") for path in sorted(root.rglob(pattern)))
    return {message: place for path in files for message, place in texts_of_file(path) if message}


def catalogue(package: str) -> Catalog:
    """Return a package's Indonesian catalogue, empty where there is none."""
    path = folder(package) / "locale" / "id" / "LC_MESSAGES" / f"{package}.po"
    if not path.exists():
        return Catalog(locale="id")
    with path.open("rb") as source:
        return read_po(source, locale="id", abort_invalid=True)


def entries(package: str) -> dict[Key, Message]:
    """Return the entries of a catalogue by their msgid."""
    return {key_of(message): message for message in catalogue(package) if message.id}


def key_of(message: Message) -> Key:
    """Return the msgid, or both of a plural."""
    return message.id if isinstance(message.id, str) else tuple(message.id)


def fields(text: str) -> set[str]:
    """Return the names of the placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults_of_entry(key: Key, message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        yield "is empty"
        return
    if message.fuzzy:
        yield "is marked fuzzy: check it and take the mark away"
    if isinstance(key, tuple) and len(forms) != 1:
        yield f"has {len(forms)} plural forms, where Indonesian has one"
    wanted = fields(key if isinstance(key, str) else key[1])
    for form in forms:
        if fields(form) != wanted:
            yield f"has the placeholders {sorted(fields(form))}, the source has {sorted(wanted)}"


def listed(faults: Iterable[str]) -> str:
    """Return faults as one message."""
    return "\n  ".join(["", *faults])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_translated(package: str) -> None:
    known = entries("broker") | entries(package)
    missing = [f"{place}: {text!r}" for text, place in texts(package).items() if text not in known]
    assert not missing, f"not in {package}.po (id):{listed(missing)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_translation_is_whole(package: str) -> None:
    faults = [
        f"{key!r} {fault}" for key, message in entries(package).items() for fault in faults_of_entry(key, message)
    ]
    assert not faults, f"in {package}.po (id):{listed(faults)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_translation_has_lost_its_text(package: str) -> None:
    said = texts(package)
    if package == "broker":
        said = {text: place for name in PACKAGES for text, place in texts(name).items()}
    lost = [repr(key) for key in entries(package) if key not in said]
    lost += [f"{key!r} (commented out)" for key in catalogue(package).obsolete]
    advice = "the source says these no more (a text from a table needs `mark(...)` around it)"
    assert not lost, f"in {package}.po (id), {advice}:{listed(lost)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_catalogue_knows_the_plural_of_indonesian(package: str) -> None:
    if entries(package):
        assert catalogue(package).plural_forms == "nplurals=1; plural=0;"


def test_the_check_itself_sees_texts_in_python_and_kv(tmp_path: Path) -> None:
    module, rules = tmp_path / "a.py", tmp_path / "b.kv"
    said = ('p.say("One {a}", a=1)', 'p.count("{n} cat", "{n} cats", 2)', 'T = mark("Two")', '"x".count(b"x")')
    module.write_text("\n".join((*said, 'p.say("Four" if T else "Five")')))
    rules.write_text("Label:\n    text: app.phrases.say('Three')\n")
    found = {text: place for path in (module, rules) for text, place in texts_of_file(path)}
    assert found == {
        "One {a}": "a.py:1",
        ("{n} cat", "{n} cats"): "a.py:2",
        "Two": "a.py:3",
        "Four": "a.py:5",
        "Five": "a.py:5",
        "Three": "b.kv:2",
    }


def test_the_check_itself_sees_faulty_entries() -> None:
    found = Catalog(locale="id")
    found.add("{a} of {b}", "{a} dari {c}")
    found.add("Empty", "")
    found.add("Doubtful", "Ragu", flags=["fuzzy"])
    found.add(("{n} cat", "{n} cats"), ("{n} kucing", "{n} kucing-kucing"))
    told = [fault for message in found if message.id for fault in faults_of_entry(key_of(message), message)]
    assert [text.split()[0:2] for text in told] == [["has", "the"], ["is", "empty"], ["is", "marked"], ["has", "2"]]
