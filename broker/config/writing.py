"""Writes a section into a kiosk's entry of config.yaml, and leaves every other byte of it as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from broker.config.document import line_of, read_value
from broker.config.patching import Edit, UnwritableError, patched, path_key
from hardware.files import not_for_others, write_whole

__all__ = ["UnwritableError", "section_lines", "with_kiosk_section", "write_kiosk_section"]


def section_lines(name: str, values: Mapping[str, str], *, indent: int) -> list[str]:
    """Return a section as it stands in the file, each value in quotes."""
    pad = " " * indent
    return [f"{pad}{name}:", *(f'{pad}  {key}: "{value}"' for key, value in values.items())]


def write_kiosk_section(path: Path, kiosk: str, name: str, values: Mapping[str, str]) -> int:
    """Put a section into a kiosk's entry, in place of one of this name; return its line. Raises UnwritableError."""
    try:
        text = path.read_bytes().decode()
        mode = not_for_others(path)
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
    path = f"kiosks.{kiosk}.{name}"
    try:
        written = patched(text, [Edit(path, dict(values))])
    except UnwritableError as error:
        message = f"no entry is called {kiosk}" if error.path else f"the file {error}"
        raise UnwritableError(message) from error
    return written, line_of(written, path_key(read_value(written), path))
