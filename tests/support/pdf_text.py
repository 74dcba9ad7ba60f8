"""What a PDF says: its words, by the tables that it carries for whoever copies or reads them aloud."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(\S+) \S+ Tf|<([0-9a-f]+)>|(ET)")


def pdf_text(pdf: bytes) -> str:
    """Return the words of a document in their order; each piece of text on a line of its own."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    for body in list(objects.values()):
        if b"/ObjStm" in body:
            objects |= _packed(body)
    fonts: dict[bytes, dict[str, str]] = {}
    for body in objects.values():
        for name, number in re.findall(rb"/([^\s/<>\[\]]+) (\d+) 0 R", body):
            to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(number), b""))
            if to_unicode is not None:
                fonts[name] = _letters(_data(objects[int(to_unicode[1])]))
    return "".join(
        _said(_data(body), fonts) for body in objects.values() if b"stream" in body and b"/ObjStm" not in body
    )


def _said(content: bytes, fonts: dict[bytes, dict[str, str]]) -> str:
    letters: dict[str, str] = {}
    found = []
    if b"BT" not in content:
        return ""
    for name, codes, end in _SHOWN.findall(content):
        if name:
            letters = fonts.get(name, {})
        elif codes:
            text = codes.decode()
            found.append("".join(letters.get(text[at : at + 4], "?") for at in range(0, len(text), 4)))
        elif end:
            found.append("\n")
    return "".join(found)


def _letters(table: bytes) -> dict[str, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", table)
    return {code.decode(): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _packed(body: bytes) -> dict[int, bytes]:
    first = re.search(rb"/First (\d+)", body)
    assert first is not None
    data, begin = _data(body), int(first[1])
    numbers = [int(one) for one in data[:begin].split()]
    places = list(zip(numbers[::2], numbers[1::2], strict=True))
    ends = [*(at for _, at in places[1:]), len(data)]
    return {number: data[begin + at : begin + end] for (number, at), end in zip(places, ends, strict=True)}


def _data(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]
