"""`make fuzz`: a million payloads wherever something comes in from outside; not one may go unhandled.

Seeded, so that what was found is found again. What goes unhandled is printed as `tests/fuzz/corpus.json` keeps it;
`make test` goes through that file and a small share of the rest.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import io
import json
import logging
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from broker.config.load import check_settings
from broker.contract.messages import HallMessage, Presence, Reply
from broker.contract.topics import Topics
from broker.gateway.decoding import FORMS
from broker.gateway.inbound import Inbound
from broker.gateway.presences import Presences
from broker.reports.tables import HEAD, Column, Table, csv_of, excel_csv_of
from broker.ticket_link import key_of
from hardware.codecs.escpos_printed import PrintedRaster
from hardware.codecs.escpos_profile import paper_of
from hardware.codecs.escpos_reader import read
from hardware.codecs.escpos_writer import render
from hardware.codecs.keypads.ascii import AsciiTalk
from hardware.codecs.keypads.caller import KEYS, CallerTalk
from hardware.codecs.printer_status import AnswerReader
from hardware.codecs.scans import ScannerTalk, readings, text_of
from hardware.receipt import Receipt, Text

CORPUS = Path(__file__).with_name("corpus.json")
OFFICE = Path(__file__).parents[2] / "config.yaml"
TOPICS = Topics("demo")
COSTLY = {"config": 2000, "paper": 50, "csv": 20}
"""Of these only one payload in so many: each takes as long as that many others."""
_ODD = (
    b"\x00",
    b"\x1b@",
    b"\x1dV\x01",
    b"\xff\xfe",
    b"]Q1",
    b"\xed\xa0\x80",
    b"=1+1",
    b"\xe2\x80\xae",
    b"{",
    b"[" * 99,
    b'"',
)
FIELDS = sorted({name for form in FORMS.values() for name in form.shape.model_fields})
_VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1 << 70, 1e308, "", "A-001", "\x1b@", "\u202e", "\ud7ff" * 9, [], {}, [[]], {"a": {}}, "x" * 900,
    "1970-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "1234",
)  # fmt: skip
_KEYPADS = (AsciiTalk(width=4), CallerTalk(width=4, keymap=KEYS), ScannerTalk())
_PAPER = paper_of("default", paper_mm=80)


def _wire(chance: random.Random, payload: bytes) -> None:
    """Send what any client may: requests under every name, presences, and what a screen hears."""
    command = chance.choice([*FORMS, "nothing", ""])
    inbound = Inbound(TOPICS, lambda _submission: None, token=lambda _client, _id: "token")
    topic = chance.choice(
        [TOPICS.command("kiosk-1", command), TOPICS.root + "/cmd/a/b/c", payload.decode("latin-1")[:80]]
    )
    inbound.received(topic, payload)
    inbound.kept(topic, payload)
    Presences(TOPICS, lambda _health: None).received(TOPICS.presence("kiosk-1"), payload)
    for model in (HallMessage, Presence, Reply):
        with contextlib.suppress(ValidationError):
            model.model_validate_json(payload)


def _lines(chance: random.Random, payload: bytes) -> None:
    """Send what comes by a serial line, in pieces: keypads, scanners, printers."""
    at = chance.randrange(len(payload) + 1)
    for talk in _KEYPADS:
        framer = talk.framer()
        for number, piece in enumerate((payload[:at], payload[at:], b"\r")):
            for frame in framer.feed(piece, at_s=number * 0.3):
                talk.hear(frame)
    list(AnswerReader().feed(payload))


def _code(_chance: random.Random, payload: bytes) -> None:
    """Hold a code before the scanner."""
    text = text_of(payload)
    if text is not None:
        key_of(text)
        for _, reading in readings(text):
            key_of(reading)


def _paper(_chance: random.Random, payload: bytes) -> None:
    """Print what somebody wrote: it is read back, and nothing but letters came out of it."""
    said = read(render(Receipt((Text(payload.decode("utf-8", "replace")),)), _PAPER), _PAPER)
    plain = read(render(Receipt((Text("x"),)), _PAPER), _PAPER)
    kinds = {type(one) for one in said} - {type(one) for one in plain} - {PrintedRaster}
    if kinds:
        message = f"a text became {kinds} on paper"
        raise AssertionError(message)


def _csv(_chance: random.Random, payload: bytes) -> None:
    """Put what somebody wrote into a table that a spreadsheet opens: no cell begins as a formula does."""
    text = payload.decode("utf-8", "replace")
    table = Table("t", "t", (Column("c", "c"),), (("code", text, (text,)),))
    csv_of([table])
    for row in csv.reader(io.StringIO(excel_csv_of([table], HEAD).decode("utf-8-sig"), newline=""), delimiter=";"):
        if any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for cell in row):
            message = "a cell begins as a formula"
            raise AssertionError(message)


def _config(chance: random.Random, payload: bytes) -> None:
    """Spoil a configuration as an editor or a disk does: sentences come, never a traceback."""
    lines = OFFICE.read_bytes().splitlines(keepends=True)
    spoilt = chance.randrange(len(lines))
    lines[spoilt] = chance.choice([payload, lines[spoilt][: len(lines[spoilt]) // 2], lines[spoilt] + payload[:20]])
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(b"".join(lines))
        file.flush()
        check_settings(Path(file.name), {})


PLACES: Mapping[str, Callable[[random.Random, bytes], None]] = {
    "wire": _wire, "lines": _lines, "code": _code, "paper": _paper, "csv": _csv, "config": _config,
}  # fmt: skip


def payload_of(chance: random.Random) -> bytes:
    """Return something that nearly makes sense, or does not at all."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(80))
    if kind == 1:
        return b"".join(chance.choice([*_ODD, b"A-001", b"id", b" ", b"\r\n"]) for _ in range(chance.randrange(9)))
    body = {chance.choice(FIELDS): chance.choice(_VALUES) for _ in range(chance.randrange(6))}
    text = json.dumps({"id": chance.choice(["r", "r" * 65, 7, "\n"]), **body}).encode()
    if kind == 3:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(_ODD) + text[at + chance.randrange(3) :]
    return text


def run(count: int, seed: int, *, costly: Mapping[str, int] = COSTLY) -> list[dict[str, object]]:
    """Send so many payloads to every place in turn; return those that went unhandled, as the corpus keeps them."""
    chance, found = random.Random(seed), list[dict[str, object]]()  # noqa: S311 - no secret
    for number in range(count):
        payload = payload_of(chance)
        cheap = ("wire", "lines", "code")[number % 3]
        for place in (cheap, *(one for one, every in costly.items() if number % every == 0)):
            found += tried(place, chance.getrandbits(32), payload)
    return found


def tried(place: str, seed: int, payload: bytes) -> list[dict[str, object]]:
    """Send one payload; return it where it goes unhandled."""
    try:
        PLACES[place](random.Random(seed), payload)  # noqa: S311 - the same
    except Exception:  # noqa: BLE001 - what is looked for
        told = traceback.format_exc().splitlines()[-3:]
        return [{"place": place, "seed": seed, "payload": base64.b64encode(payload).decode(), "told": told}]
    return []


def main() -> int:
    """Run; exit 1 where something went unhandled."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = run(arguments.count, arguments.seed)
    sys.stdout.write(f"{arguments.count} payloads, seed {arguments.seed}: {len(found)} went unhandled\n")
    sys.stdout.writelines(json.dumps(one) + "\n" for one in found[:20])
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
