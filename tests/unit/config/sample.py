"""A small whole office as text, for tests that break it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from broker.config import Problem, check_settings

OFFICE = """\
office:
  id: test
  name: {id: Kantor, en: Office}
  timezone: Asia/Jakarta
  languages: [id, en]
demo: true
hours:
  enforced: true
  mon: ["07:30-12:00", "13:00-15:00"]
stages:
  - id: check
    name: {id: Periksa, en: Check}
    standard_min: 8
  - id: hand-over
    name: {id: Serah, en: Hand-over}
    standard_min: 4
lanes:
  - id: regular
    letter: ""
    shape: circle
    name: {id: Umum, en: Regular}
    rule: {id: Semua, en: Everyone}
    promised_wait_min: 60
  - id: priority
    letter: P
    shape: diamond
    name: {id: Prioritas, en: Priority}
    rule: {id: Lansia, en: Elderly}
    promised_wait_min: 15
    daily_quota: 30
services:
  - id: passport
    letter: A
    name: {id: Paspor, en: Passport}
    stages: [check]
    promised_wait_min: 60
    documents: {id: [KTP], en: [Identity card]}
    steps: {id: [Datang], en: [Come]}
    fee: {id: Rp350.000, en: "Rp350,000"}
    time: {id: 4 hari, en: 4 days}
    source: PP 45/2024
    effective_from: 2024-12-17
  - id: collection
    letter: B
    name: {id: Pengambilan, en: Collection}
    stages: [hand-over]
    promised_wait_min: 30
    documents: {id: [], en: []}
    steps: {id: [Datang], en: [Come]}
    fee: {id: Gratis, en: Free}
    time: {id: Hari ini, en: Today}
    source: Demo
    effective_from: "2025-01-01"
counters:
  - id: counter-1
    label: "1"
    stages: [check, hand-over]
    step_free: true
  - id: counter-2
    label: "2"
    stages: [check]
    services: [passport]
    lanes: [regular]
officers:
  - id: siti
    name: Siti
    pin_hash: "$argon2id$v=19$m=8192,t=1,p=1$rA5sazbEDXanqEqtd87kfw$Yi7EsF0f0qYv1FZx6h/Axad+9kM+xoxaF/Infgx/KCo"
  - id: budi
    name: Budi
    pin_hash: "$argon2id$v=19$m=8192,t=1,p=1$IHlnrwIaZMhA1dOOfQcXcw$kNyqVrJhP1bAOCMfN/BrGRXTtc1tG/1nCt6w+3cOPI8"
mqtt:
  server: auto
  port: 18830
store:
  url: sqlite:///office.db
kiosks:
  - id: kiosk-1
    panel: {width_px: 1080, height_px: 1920, diagonal_in: 21.5, viewing_distance_m: 0.6}
    printer:
      type: preview
      paper_mm: 80
displays:
  - id: display-1
    panel: {width_px: 1920, height_px: 1080, diagonal_in: 43, viewing_distance_m: 5}
counter_panel: {width_px: 1280, height_px: 800, diagonal_in: 15.4, viewing_distance_m: 0.6}
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the office with each first text, which stands in it once, replaced by the second."""
    text = OFFICE
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must stand in the sample once"
        text = text.replace(old, new)
    return text


def line_of(text: str, part: str) -> int:
    """Return the line on which `part` stands."""
    return text.count("\n", 0, text.index(part)) + 1


def problems_of(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> list[Problem]:
    """Return what is said about a file with this content."""
    path = folder / "config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_settings(path, environ or {})
