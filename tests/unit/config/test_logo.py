"""The office's sign: what cannot be shown is named, and the screens then stand without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from broker.config import load_settings
from broker.config.load import check_settings
from hardware.office_logo import Logo, read_logo

SHIPPED = Path("config.yaml").read_text(encoding="utf-8")


def _written(folder: Path, logo: str) -> Path:
    config = folder / "config.yaml"
    config.write_text(SHIPPED.replace("  timezone:", f"  logo: {logo}\n  timezone:", 1), encoding="utf-8")
    return config


def test_a_logo_is_found_beside_the_configuration_whatever_folder_a_screen_was_started_in(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 200)).save(tmp_path / "office.png")
    config = _written(tmp_path, "office.png")
    assert check_settings(config, {}) == []
    logo = read_logo(load_settings(config, {}).office.logo)
    assert logo == Logo(str(tmp_path / "office.png"), 1.5)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.png", None, "there is no picture"),
        ("text.png", b"no picture", "is no picture that can be read"),
        ("jpeg.png", "JPEG", "is no PNG picture but JPEG"),
        ("cut.png", "cut", "is no picture that can be read"),
        ("strip.png", "strip", "too long a strip"),
        ("huge.png", "huge", "at most 4000 a side"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_named_and_left_out(
    name: str, content: bytes | str | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    sizes = {"strip": (900, 20), "huge": (5000, 4100)}
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        kind = "JPEG" if content == "JPEG" else "PNG"
        size = sizes.get(content, (300, 200))
        picture = Image.new("L", size) if content == "huge" else Image.effect_noise(size, 50)
        picture.save(file, kind)
    if content == "cut":
        file.write_bytes(file.read_bytes()[:2000])
    config = _written(tmp_path, name)
    (warning,) = check_settings(config, {})
    assert warning.warning
    assert warning.path == "office.logo"
    assert said in warning.message
    assert read_logo(load_settings(config, {}).office.logo) is None
