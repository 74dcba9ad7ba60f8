"""config.yaml as plain data that remembers on which line everything stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from broker.config.faults import PathKey, Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 24
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"^[-+]?[0-9]{1,18}$")
_FLOAT = re.compile(r"^[-+]?([0-9]{1,18}\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$")
_WORDS: dict[str, object] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
}


@dataclass(slots=True)
class Document:
    """What one file says: data, the line of every key and entry, and the faults of its spelling."""

    file: str
    data: dict[str, object] = field(default_factory=dict)
    lines: dict[PathKey, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: PathKey) -> int | None:
        """Return the line of `path`, or of the nearest thing around it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def complain(self, path: PathKey, message: str, *, line: int | None = None) -> None:
        """Note a fault."""
        self.problems.append(Problem(self.file, line or self.line(path), path_text(path), message))


class _RefusedError(Exception):
    """The text is YAML that a configuration has no use for."""

    def __init__(self, message: str, event: yaml.Event) -> None:
        super().__init__(message)
        self.line = event.start_mark.line + 1 if event.start_mark else None


_NAMES = {
    "\t": "a tab",
    "\r": "a carriage return (as Windows ends lines)",
    "\n": "a line break",
    "\u00a0": "a no-break space",
}
_BY_CATEGORY = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cn": "no character",
    "Co": "a private character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
    "Zs": "an unusual space",
}
_JOINERS = "\u200c\u200d\u200e\u200f\u00ad"
"""Invisible characters that words of some scripts are written with."""


def strange_character(text: str, *, is_prose: bool = False) -> str | None:
    """Return in words the first character of `text` that is not to be seen. Prose may have lines and joiners."""
    if text.isprintable():
        return None
    for character in text:
        kind = _BY_CATEGORY.get(unicodedata.category(character))
        if kind is None or character == " ":
            continue
        if is_prose and (character in _JOINERS or character == "\n" or unicodedata.category(character) == "Zs"):
            continue
        return f"{_NAMES.get(character, kind)} (U+{ord(character):04X})"
    return None


def path_text(path: PathKey) -> str:
    """Return a path as people write it: `kiosks[0].printer.type`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def shipped_text() -> str:
    """Return the configuration that comes with antrean: in a wheel it lies beside the code, in a checkout above it."""
    beside = Path(__file__).with_name("shipped.yaml")
    path = beside if beside.is_file() else Path(__file__).parents[2] / "config.yaml"
    return path.read_text(encoding="utf-8")


def read_document(path: Path) -> Document:
    """Read a file; what is wrong with it stands in the document's problems."""
    document = Document(str(path))
    try:
        with path.open("rb") as source:
            raw = source.read(MAX_BYTES + 1)
    except OSError as error:
        document.complain((), f"cannot be read: {(error.strerror or str(error)).lower()}")
        return document
    if len(raw) > MAX_BYTES:
        document.complain((), f"is larger than {MAX_BYTES // 1024} KiB: this cannot be a configuration")
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        document.complain((), "is not UTF-8 text: save the file with the encoding UTF-8", line=line)
        return document
    _fill(document, text)
    return document


def read_value(text: str) -> object:
    """Return one value written as YAML (`18840`, `true`, `[id, en]`); ValueError where it is none."""
    document = Document("")
    node = _compose(document, text)
    if document.problems:
        raise ValueError(document.problems[0].message)
    value = None if node is None else _build(document, node, ())
    if document.problems:
        raise ValueError(document.problems[0].message)
    return value


def line_of(text: str, path: PathKey) -> int:
    """Return on which line of a text something stands, or what is nearest around it."""
    document = Document("")
    _fill(document, text)
    return document.line(path) or 1


def compose(text: str) -> yaml.Node:
    """Return the node of a text, with its marks; ValueError where it is no YAML of ours."""
    document = Document("")
    node = _compose(document, text)
    if node is None:
        raise ValueError(document.problems[0].message if document.problems else "is empty")
    return node


def _fill(document: Document, text: str) -> None:
    """Put what `text` says into the document."""
    node = _compose(document, text)
    if document.problems:
        return
    data = None if node is None else _build(document, node, ())
    if data is None:
        document.complain((), "is empty: it must describe an office, as the config.yaml that comes with antrean does")
    elif isinstance(data, dict):
        document.data = data
    else:
        document.complain((), "must be keys with values at the top level, such as `office:`", line=1)


def _compose(document: Document, text: str) -> yaml.Node | None:
    """Return the one YAML node of `text`; a fault is noted in the document."""
    try:
        _refuse_tricks(yaml.parse(text, Loader=_LOADER))
        return yaml.compose(text, Loader=_LOADER)
    except _RefusedError as error:
        document.complain((), str(error), line=error.line)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.complain((), "contains a character that YAML does not allow", line=line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        if indent := _strange_indent(text, mark):
            problem = f"the line is indented with {indent}: indent with blanks"
        elif (after := _strange_colon(text)) is not None:
            named, at = after
            document.complain((), f"is not valid YAML: {named} stands after a colon: write a blank", line=at)
            return None
        document.complain((), f"is not valid YAML: {problem}", line=mark.line + 1 if mark else None)
    return None


def _strange_indent(text: str, mark: yaml.Mark | None) -> str | None:
    """Return in words what a line is indented with that is no blank."""
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    return strange_character(line[: len(line) - len(line.lstrip())])


def _strange_colon(text: str) -> tuple[str, int] | None:
    """Return in words what looks like a blank after a key and is none, with its line."""
    found = re.search(r"^[ -]*[\w-]+:([^\S \t\n\r])", text, re.MULTILINE)
    named = None if found is None else strange_character(found[1])
    return None if found is None or named is None else (named, text.count("\n", 0, found.start()) + 1)


def _refuse_tricks(events: Iterator[yaml.Event]) -> None:
    """Refuse, before anything is built, what a small file can blow itself up with."""
    depth = 0
    for event in events:
        match event:
            case yaml.AliasEvent():
                message = "aliases (`*name`) are not used in this file: write the value out"
                raise _RefusedError(message, event)
            case yaml.CollectionStartEvent():
                depth += 1
            case yaml.CollectionEndEvent():
                depth -= 1
        if depth > MAX_DEPTH:
            message = f"is nested more than {MAX_DEPTH} levels deep"
            raise _RefusedError(message, event)
        if getattr(event, "tag", None) not in {None, "!"}:
            message = "tags (`!name`) are not used in this file: put text in quotes instead"
            raise _RefusedError(message, event)


def _build(document: Document, node: yaml.Node, path: PathKey) -> object:
    """Return the plain data of a node, noting lines and duplicate keys on the way."""
    document.lines.setdefault(path, node.start_mark.line + 1)
    match node:
        case yaml.MappingNode():
            return _mapping(document, node, path)
        case yaml.SequenceNode():
            return [_build(document, item, (*path, index)) for index, item in enumerate(node.value)]
        case yaml.ScalarNode():
            return _scalar(node)
        case _:
            message = f"unknown kind of YAML node: {node!r}"
            raise TypeError(message)


def _mapping(document: Document, node: yaml.MappingNode, path: PathKey) -> dict[str, object]:
    data: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.complain(path, "a key must be a plain word", line=line)
            continue
        key = (*path, key_node.value)
        if named := strange_character(key_node.value):
            document.complain(path, f"a key here contains {named}: write it anew", line=line)
            continue
        if key_node.value in data:
            first = document.lines[key]
            document.complain(key, f"is written twice: it already stands on line {first}", line=line)
            continue
        document.lines[key] = line
        data[key_node.value] = _build(document, value_node, key)
    return data


def _scalar(node: yaml.ScalarNode) -> object:
    """Return a scalar by the rules of YAML 1.2: `no` stays a word and 12:30 a time, not 750."""
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def named_files(data: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each place of the data that names a file beside the configuration, with its key."""
    surveys = (data.get("feedback") or {}).get("surveys") or []
    printers = [kiosk.get(key) for kiosk in data.get("kiosks") or [] for key in ("printer", "spare_printer")]
    places = [(data.get("office"), "logo"), *((one, "file") for one in surveys), *((one, "logo") for one in printers)]
    for place, key in places:
        if isinstance(place, dict) and isinstance(place.get(key), str):
            yield place, key
