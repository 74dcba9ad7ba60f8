"""A true feedback kiosk before a true broker, for a visitor who sees nothing: a whole complaint, and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program
from tests.support.sqlite import opened
from tests.ui.kiosk.blind import KEYS, Blind

pytestmark = pytest.mark.timeout(180)


KIOSK = """
  - id: feedback-1
    role: feedback
    panel: {width_px: 1080, height_px: 1920, diagonal_in: 21.5, viewing_distance_m: 0.6, mounting_height_mm: 700}
    sound: {player: file}
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    text = CONFIG.read_text(encoding="utf-8")
    mark = "\n# The screens in the lobby.\n"
    assert text.count(mark) == 1
    config = tmp_path / "config.yaml"
    config.write_text(text.replace(mark, f"{KIOSK}    keys: {json.dumps(KEYS)}\n{mark}"), encoding="utf-8")
    made = OfficeProcess(tmp_path / "office", config=config)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def blind(office: OfficeProcess, screen: VirtualScreen, data_dir: Path) -> Iterator[Blind]:
    ours = {
        "DISPLAY": screen.name,
        "ANTREAN_TARGETS": str(data_dir / "targets.json"),
        "ANTREAN_SPOKEN": str(data_dir / "spoken.jsonl"),
    }
    process = Program(
        "kiosk",
        "--config",
        str(office.config),
        "--data",
        str(data_dir),
        "--id",
        "feedback-1",
        env={**office.environment, **ours},
    )
    try:
        window = Window("kiosk", screen, data_dir / "targets.json")
        window.wait_for("topic:complaint")
        yield Blind(window, data_dir)
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_a_blind_visitor_complains_alone_by_four_keys_from_the_first_touch_to_the_receipt(
    blind: Blind, office: OfficeProcess
) -> None:
    blind.press("headset_in")
    blind.hears("Suara aktif", "Bagaimana pelayanan kami?", language="id")
    blind.chooses("Pengaduan atau pertanyaan")
    blind.hears("Apa yang ingin Anda sampaikan?")
    blind.chooses("Pengaduan.")
    blind.hears("Apa yang terjadi")
    blind.spells("tip")
    blind.hears("Tip")  # the word in hand
    blind.chooses("Lanjutkan")
    blind.hears("Apakah ini tentang kunjungan tertentu?", "Tidak wajib diisi")
    blind.chooses("Tidak, lanjutkan")
    blind.hears("Bolehkah kami menghubungi Anda?")
    blind.chooses("Tidak, saya tetap anonim")
    blind.hears("Siapa yang boleh membacanya?")
    blind.chooses("Hanya petugas pengaduan")
    blind.hears("Apakah ini sudah benar?", "Isi", "Tip", "Tidak disebutkan")
    blind.chooses("Kirim")
    blind.hears("Sudah kami terima", "nol, nol, nol, satu", "Kode", "Dijawab paling lambat")
    code = next(text for _, text in blind.spoken[blind.at - 3 :] if "Kode" in text)
    assert len(re.findall(r"[A-Z]\b|\b(?:dua|tiga|empat|lima|enam|tujuh)\b", code.partition("Kode")[2])) >= 16
    with opened(office.database) as connection:
        told = [
            row[0] for row in connection.execute("SELECT type FROM events WHERE client = 'feedback-1' ORDER BY seq")
        ]
    assert told == ["complained"]
    blind.chooses("Sudah saya catat")
    blind.hears("Suara dimatikan")
