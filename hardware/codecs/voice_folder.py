"""One language's folder of a voice: what its manifest says, and which clips make up a sentence. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Annotated

from num2words import CONVERTER_CLASSES
from pydantic import AfterValidator, Field, ValidationError

from hardware.config import DeviceModel
from hardware.errors import FrameError

DEVICE = "voice"
MANIFEST = "manifest.toml"
FIELDS = ("{number}", "{counter}")
DIGITS = "digits"
"""The rule of numbers that says them digit by digit."""
CHINESE = "zh"
"""The rule that num2words lacks."""
NUMBER_RULES = frozenset({*CONVERTER_CLASSES, CHINESE})
"""Languages whose numbers can be said in words."""
_IDEOGRAMS = r"\u3040-\u30ff\u3400-\u9fff"
"""Scripts without spaces: each sign is a word of its own to us."""
_TOKENS = re.compile(rf"[{_IDEOGRAMS}]|[^\W_{_IDEOGRAMS}]+|[,.;:!?\u3001\u3002\uff0c]")


def _sentence(value: str) -> str:
    if value and sorted(re.findall(r"\{.*?\}", value)) != sorted(FIELDS):
        message = "must hold {number} and {counter}, each once"
        raise ValueError(message)
    return value


def _rule(value: str) -> str:
    if value not in {"", DIGITS} | NUMBER_RULES:
        message = f'has no number words for "{value}"; "{DIGITS}" says numbers digit by digit'
        raise ValueError(message)
    return value


def _inside(value: str) -> str:
    path = PurePath(value)
    if path.is_absolute() or ".." in path.parts or path.suffix.lower() != ".wav":
        message = "must be a WAV file inside the folder"
        raise ValueError(message)
    return value


class VoiceFolder(DeviceModel):
    """How calls are said in one language; what is empty is as the product's own catalogue has it."""

    sentence: Annotated[str, AfterValidator(_sentence)] = ""
    brief: Annotated[str, AfterValidator(_sentence)] = ""
    numbers: Annotated[str, AfterValidator(_rule)] = ""
    voice: str = ""
    spelling: dict[str, str] = Field(default_factory=dict)
    clips: dict[str, Annotated[str, AfterValidator(_inside)]] = Field(default_factory=dict)


def read_manifest(text: str) -> VoiceFolder:
    """Return what a manifest says. Raises FrameError with the place of the first fault."""
    try:
        return VoiceFolder.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FrameError(DEVICE, f"{MANIFEST} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FrameError(DEVICE, f"{MANIFEST}, {place}: {first['msg'].removeprefix('Value error, ')}") from error


def tokens(text: str) -> tuple[str, ...]:
    """Return words and marks of a text as clips are found by them: small letters, compounds taken apart."""
    return tuple(_TOKENS.findall(text.casefold()))


def is_pause(token: str) -> bool:
    """Tell a mark from a word."""
    return not token[0].isalnum()


def clips_for(text: str, clips: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files and marks that say `text`, the longest clips that fit. Raises FrameError for words without."""
    by_tokens = {tokens(said): file for said, file in clips.items()}
    longest = max(map(len, by_tokens), default=0)
    found: list[str] = []
    missing: list[str] = []
    rest = tokens(text)
    while rest:
        fitting = (length for length in range(longest, 0, -1) if rest[:length] in by_tokens)
        length = next(fitting, 0)
        if length:
            found.append(by_tokens[rest[:length]])
        elif is_pause(rest[0]):
            found.append(rest[0])
        else:
            missing.append(rest[0])
        rest = rest[length or 1 :]
    if missing:
        raise FrameError(DEVICE, f"no clip says {_listed(missing)}")
    return tuple(found)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in dict.fromkeys(words))
