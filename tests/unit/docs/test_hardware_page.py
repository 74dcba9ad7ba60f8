"""docs/hardware.md: every frame of a keypad in it is sound, and every text of a pad is explained."""

from __future__ import annotations

import re
from pathlib import Path

from counter.keypads import words
from hardware.codecs.framing import Framer, long_frames
from hardware.codecs.keypads.ascii import AsciiPad, AsciiTalk, parsed
from hardware.codecs.keypads.caller import CallerPad, CallerTalk

PAGE = (Path(__file__).parents[3] / "docs" / "hardware.md").read_text(encoding="utf-8")


def test_every_ascii_line_is_sound_and_one_side_understands_it() -> None:
    lines = [line.encode() for line in re.findall(r"`(@\d\d[A-Z][^`]*\*[0-9A-F]{2})`", PAGE)]
    assert len(lines) >= 6
    assert [line for line in lines if parsed(line) is None] == []
    assert [line for line in lines if not (AsciiTalk(width=8).hear(line) or AsciiPad().asked(line))] == []


def test_every_caller_frame_is_sound_and_one_side_understands_it() -> None:
    frames = [bytes.fromhex(text) for text in re.findall(r"`(FF 68(?: [0-9A-F]{2})+ 16)`", PAGE)]
    assert len(frames) >= 5
    contents = [content for frame in frames for content in Framer(long_frames()).feed(frame)]
    assert len(contents) == len(frames)
    assert [one for one in contents if not (CallerTalk(width=8).hear(one) or CallerPad().asked(one))] == []


def test_every_text_of_a_pad_is_explained() -> None:
    texts = [text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)]
    assert len(texts) >= 16
    assert [text for text in texts if f"`{text}`" not in PAGE] == []
