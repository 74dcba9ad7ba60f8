"""What is wrong with a page is found without a window: each kind of fault on widgets that have just that one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broker.config import load_settings
from broker.language import Phrases
from hardware.config import PanelConfig
from hardware.panel import headless
from hardware.panel.look import PLAIN, Mode
from hardware.panel.scale import Reader
from tests.ui.panels import KIOSKS, longer, longer_office, longer_words

headless.prepare()

from kivy.lang import Builder  # noqa: E402 - Kivy comes after `prepare`

from hardware.panel.faults import Fault, layout_faults  # noqa: E402 - the same

PANEL = KIOSKS["21.5 portrait"]
NO_RULES = Path(__file__).with_name("buttons.kv")


def faults(
    rules: str, *, mode: Mode = PLAIN, reader: Reader = Reader.VISITOR, panel: PanelConfig = PANEL
) -> list[Fault]:
    """Lay out `rules` below a root that takes the whole panel."""
    stage = headless.Stage(panel, reader=reader, rules=NO_RULES, mode=mode, build=lambda: _root(rules))
    return layout_faults(stage.root, stage.look, reader)


def _root(rules: str) -> Any:  # noqa: ANN401 - a widget
    return Builder.load_string("FloatLayout:\n" + "\n".join("    " + line for line in rules.strip("\n").splitlines()))


def kinds(found: list[Fault]) -> set[str]:
    return {fault.kind for fault in found}


BUTTON = """
BigButton:
    title: "Lanjut"
    target: "go"
    size_hint: None, None
    size: app.look.mm(90), app.look.mm(22)
    pos: app.look.mm(20), app.look.mm(60)
"""
NARROW = """
BigButton:
    sign: "close"
    target: "close"
    size_hint: None, None
    size: 60, app.look.mm(22)
    pos: 100, 100
"""
WORDS = """
Text:
    text: "Ambil nomor antrean Anda di sini"
    size_hint: None, None
    width: app.look.mm(150)
    pos: app.look.mm(20), app.look.mm(200)
"""
CUT_OFF = """
Text:
    text: "Ambil nomor antrean Anda di sini"
    fixed: True
    size_hint: 0.2, 0.03
    pos_hint: {"center_y": 0.5}
"""
TOO_LOW = """
BoxLayout:
    size_hint: None, None
    size: 400, 10
    Text:
        text: "Satu\\nDua\\nTiga"
"""
FAINT_SIGN = """
Icon:
    name: "print"
    size_hint: None, None
    size: 90, 90
    colour: app.look.theme.rule
"""
CODE = """
Code:
    rows: ["101", "010", "101"]
    size_hint: None, None
    size: app.look.mm(40), app.look.mm(40)
    pos: app.look.mm(100), app.look.mm(190)
"""
OTHER = BUTTON.replace('"go"', '"other"').replace("mm(20), app.look.mm(60)", "mm(60), app.look.mm(70)")


@pytest.mark.parametrize("mode", [PLAIN, Mode(contrast=True), Mode(night=True), Mode(larger=True), Mode(low=True)])
def test_a_good_page_has_no_fault_in_any_mode(mode: Mode) -> None:
    assert faults(BUTTON + WORDS, mode=mode) == []


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("clipped", CUT_OFF),
        ("clipped", TOO_LOW),
        ("cut_word", WORDS.replace("mm(150)", "mm(20)").replace("antrean", "ketidakberlangsungannya")),
        ("overlap", WORDS + WORDS.replace("mm(20)", "mm(24)")),
        ("overlap", BUTTON + OTHER),
        ("overlap", BUTTON + WORDS.replace("mm(200)", "mm(70)")),
        ("overlap", CODE + WORDS),
        ("covered", WORDS + "Card:\n    size_hint: None, None\n    size: 400, 400\n    pos: 90, 700"),
        ("outside", WORDS.replace("mm(20), app.look.mm(200)", "mm(200), app.look.mm(200)")),
        ("outside", BUTTON.replace("mm(20), app.look.mm(60)", "mm(-30), app.look.mm(60)")),
        ("small", WORDS + "    font_size: app.look.mm(6)"),
        ("small", WORDS + "    font_size: app.look.small\n    is_key: True"),
        ("target", NARROW),
        ("contrast", WORDS + "    color: 0.4, 0.4, 0.4, 1"),
        ("contrast", WORDS + "    opacity: 0.5"),
        ("contrast", FAINT_SIGN),
        ("mute", BUTTON.replace('"Lanjut"', '""')),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(kind: str, rules: str) -> None:
    assert kinds(faults(rules)) == {kind}


def test_a_standing_page_follows_its_reader_and_its_panel() -> None:
    stage = headless.Stage(PANEL, reader=Reader.VISITOR, rules=NO_RULES, build=lambda: _root(BUTTON + WORDS))
    words = stage.root.children[0]
    plain = words.font_size
    stage.turn(PANEL, Mode(larger=True, contrast=True))
    assert words.font_size == pytest.approx(1.5 * plain, abs=1)
    assert layout_faults(stage.root, stage.look, Reader.VISITOR) == []
    stage.turn(KIOSKS["15.6 portrait"])
    assert words.font_size == pytest.approx(plain * 21.5 / 15.6, abs=1)


def test_what_only_scrolling_shows_is_hidden_unless_a_list_may_scroll() -> None:
    rules = """
ScrollView:
    size_hint: 1, 0.5
    BoxLayout:
        orientation: "vertical"
        size_hint_y: None
        height: app.look.height
        Text:
            text: "Di atas"
        Text:
            text: "Di bawah"
"""
    stage = headless.Stage(PANEL, reader=Reader.VISITOR, rules=NO_RULES, build=lambda: _root(rules))
    assert kinds(layout_faults(stage.root, stage.look, Reader.VISITOR)) == {"hidden"}
    assert layout_faults(stage.root, stage.look, Reader.VISITOR, scrolls=True) == []


def test_low_mode_wants_all_controls_within_reach_of_a_wheelchair() -> None:
    high = BUTTON.replace("app.look.mm(60)\n", "app.look.mm(610)\n")
    assert faults(high, panel=KIOSKS["32 portrait"]) == []
    assert kinds(faults(high, mode=Mode(low=True), panel=KIOSKS["32 portrait"])) == {"reach"}


def test_high_contrast_asks_for_more_than_twice_as_much() -> None:
    grey = WORDS + "    color: app.look.theme.ink if not app.look.mode.contrast else (0.7, 0.7, 0.7, 1)"
    assert faults(grey) == []
    assert kinds(faults(grey, mode=Mode(contrast=True))) == {"contrast"}


def test_a_control_needs_a_border_unless_its_words_alone_are_meant_to_show_it() -> None:
    faint = BUTTON + '    style: self.styled("plain", "normal", True).__class__("surface", "rule", "ink", "ink")'
    assert kinds(faults(faint)) == {"edge"}
    assert faults(faint + "\n    bare: True") == []


def test_what_a_veil_hides_is_not_asked_for_anything() -> None:
    veil = "Overlay:\n    shown: True\n"
    assert faults(WORDS + "    opacity: 0.5\n" + veil) == []


def test_an_officer_points_at_44_pixels() -> None:
    desk = PanelConfig(width_px=1280, height_px=800, diagonal_in=15.4, viewing_distance_m=0.6)
    assert kinds(faults(NARROW.replace("60", "40"), reader=Reader.OFFICER, panel=desk)) == {"target"}


def test_a_fault_says_in_figures_what_is_needed() -> None:
    (fault,) = faults(WORDS + "    font_size: app.look.mm(6)")
    assert str(fault) == "small 'Ambil nomor antrean Anda di sini': needs 4.8 mm, has 4.3"


@pytest.mark.parametrize(
    "text", ["Kembali", "Ambil nomor antrean Anda di sini", "Please wait a moment.", "{n} minutes", "PIN"]
)
def test_longer_texts_are_longer_by_40_percent_in_words(text: str) -> None:
    made = longer(text)
    assert len(made) == pytest.approx(1.4 * len(text), abs=1.5)
    assert max(map(len, made.split())) <= max(8, *map(len, text.split()))
    assert made[-1] == text[-1] or text[-1].isalnum() or text[-1] == "}"


def test_all_words_of_the_office_can_be_made_longer() -> None:
    plain = load_settings(Path("config.yaml"), {})
    office = longer_office(plain)
    assert len(office.services[0].name["id"]) > 1.3 * len(plain.services[0].name["id"])
    said = Phrases("broker", "id").error("not_ready")
    with longer_words():
        assert len(Phrases("broker", "id").error("not_ready")) == pytest.approx(1.4 * len(said), abs=2)
    assert Phrases("broker", "id").error("not_ready") == said
