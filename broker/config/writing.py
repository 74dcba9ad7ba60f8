"""Writes a section into config.yaml where it belongs, and leaves every other byte of it as it stands.

A library that loads and dumps the file would wrap and quote it anew; here lines are put in, and what came of it is read
again before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from broker.config.document import read_value
from hardware.files import write_whole


class UnwritableError(Exception):
    """The section cannot be put in by a program; the text says why."""


def section_lines(name: str, values: Mapping[str, str], *, indent: int) -> list[str]:
    """Return a section as it stands in the file, each value in quotes."""
    pad = " " * indent
    return [f"{pad}{name}:", *(f'{pad}  {key}: "{value}"' for key, value in values.items())]


def write_kiosk_section(path: Path, kiosk: str, name: str, values: Mapping[str, str]) -> int:
    """Put a section into a kiosk's entry, in place of one of this name; return its line. Raises UnwritableError."""
    try:
        text = path.read_bytes().decode()
        mode = path.stat().st_mode & 0o777
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise UnwritableError(message) from error
    written, line = with_kiosk_section(text, kiosk, name, values)
    try:
        write_whole(path, written.encode(), durable=True, mode=mode)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}"
        raise UnwritableError(message) from error
    return line


def with_kiosk_section(text: str, kiosk: str, name: str, values: Mapping[str, str]) -> tuple[str, int]:
    """Return the file's text with the section in it, and the section's line. Raises UnwritableError."""
    entry = _entry(text, kiosk)
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    keys = {key.value: (key, value) for key, value in entry.value}
    indent = entry.value[0][0].start_mark.column
    if name in keys:
        key, value = keys[name]
        begin, end = key.start_mark.line, _last_line(value) + 1
    else:
        begin = _last_line(entry) + 1
        while not lines[begin - 1].strip():  # a text in several lines ends behind the empty ones after it
            begin -= 1
        end = begin
    new = [*lines[:begin], *section_lines(name, values, indent=indent), *lines[end:]]
    written = ending.join(new) + ending
    _make_sure(text, written, kiosk, name, values)
    return written, begin + 1


def _entry(text: str, kiosk: str) -> yaml.MappingNode:
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        message = f"the file is no YAML: {error}"
        raise UnwritableError(message) from error
    for section in _values(top, "kiosks"):
        entries = section.value if isinstance(section, yaml.SequenceNode) else []
        for entry in entries:
            if any(one.value == kiosk for one in _values(entry, "id")) and not entry.flow_style:
                found: yaml.MappingNode = entry
                return found
    message = f"no entry of its own lines is called {kiosk}"
    raise UnwritableError(message)


def _values(node: yaml.Node | None, name: str) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for key, value in node.value if key.value == name)


def _last_line(node: yaml.Node) -> int:
    """Return the last line that a node has words on; PyYAML lets a section end where the next one begins."""
    match node:
        case yaml.MappingNode() if node.value and not node.flow_style:
            return max(_last_line(value) for pair in node.value for value in pair)
        case yaml.SequenceNode() if node.value and not node.flow_style:
            return max(map(_last_line, node.value))
        case yaml.ScalarNode() if node.style in {"|", ">"}:
            last: int = node.end_mark.line - 1
            return last
        case _:
            end: int = node.end_mark.line
            return end


def _make_sure(before: str, after: str, kiosk: str, name: str, values: Mapping[str, str]) -> None:
    """Refuse a result that says anything else than before, but for the section."""
    old, new = read_value(before), read_value(after)
    if not isinstance(old, dict):
        message = "the file holds no sections"
        raise UnwritableError(message)
    for entry in old["kiosks"]:
        if entry["id"] == kiosk:
            entry[name] = dict(values)
    if old != new:
        message = "the lines would not land where they belong"
        raise UnwritableError(message)
