"""Speech by recorded clips: a folder for each language; what it lacks is said by another voice, and told."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hardware.codecs.voice_folder import MANIFEST, VoiceFolder, clips_for, is_pause, read_manifest
from hardware.codecs.wave_sound import Samples, from_wav, joined, levelled, silence, to_wav, trimmed
from hardware.errors import DeviceUnavailable, HardwareError
from hardware.ports import Speech, Utterance

DEVICE = "voice"
PAUSES_S = {",": 0.15, ".": 0.4}
PAUSE_S = 0.25
"""What any other mark stands for."""
BETWEEN_S = 0.04
"""Between two clips without a mark."""
KEPT_CLIPS = 300
"""About 10 MB: all of two languages, so that calls cost the screen's process next to nothing."""


class ClipSpeech:
    """Puts sentences together from the clips in `folder/<language>`, changed files are heard at once."""

    def __init__(self, folder: Path, otherwise: Speech) -> None:
        """`otherwise` says whole sentences that clips cannot: two voices never mix in one."""
        self._folder = folder
        self._otherwise = otherwise
        self._lacking: dict[str, str] = {}

    def say(self, utterance: Utterance) -> bytes:
        """Return the WAV of one utterance. Raises HardwareError when the other voice fails too."""
        try:
            wav = to_wav(joined(self._parts(utterance)))
        except HardwareError as error:
            self._lacking[utterance.language] = error.why
            return self._otherwise.say(utterance)
        self._lacking.pop(utterance.language, None)
        return wav

    def health(self) -> str:
        """Return which languages are recorded and what is missing, and who speaks then."""
        languages = voice_languages(self._folder)
        state = f"clips in {self._folder} ({', '.join(languages) or 'none yet: antrean voice export makes them'})"
        gaps = [f"{language}: {why}" for language in languages if (why := self._gap(language))]
        lacking = gaps + [f"{language}: {why}" for language, why in self._lacking.items()]
        if not lacking:
            return state
        return f"{state}; not by clips: {', '.join(dict.fromkeys(lacking))}; then {self._otherwise.health()}"

    def _parts(self, utterance: Utterance) -> list[Samples]:
        place = self._folder / utterance.language
        parts: list[Samples] = []
        for piece in clips_for(utterance.text, read_voice(place).clips):
            parts.append(silence(PAUSES_S.get(piece, PAUSE_S) if is_pause(piece) else BETWEEN_S))
            if not is_pause(piece):
                parts.append(_clip(place / piece))
        return parts

    def _gap(self, language: str) -> str:
        place = self._folder / language
        try:
            clips = read_voice(place).clips
        except HardwareError as error:
            return error.why
        gone = [file for file in clips.values() if not (place / file).is_file()]
        return f"{len(gone)} of {len(clips)} files are missing, such as {gone[0]}" if gone else ""


def read_voice(place: Path) -> VoiceFolder:
    """Return what the manifest of one language says. Raises DeviceUnavailable, FrameError."""
    try:
        text = (place / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceUnavailable(DEVICE, f"{place / MANIFEST} cannot be read: {_why(error)}") from error
    return read_manifest(text)


def voice_languages(folder: Path) -> list[str]:
    """Return the languages that have a folder with a manifest."""
    return sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))


def _clip(path: Path) -> Samples:
    try:
        return _made_to_fit(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise DeviceUnavailable(DEVICE, f"{path} cannot be read: {_why(error)}") from error
    except HardwareError as error:
        raise DeviceUnavailable(DEVICE, f"{path} is {error.why}") from error


@lru_cache(maxsize=KEPT_CLIPS)
def _made_to_fit(path: Path, _changed_ns: int) -> Samples:
    """Return a clip as it is joined to others; a file that was changed is read anew."""
    return levelled(trimmed(from_wav(path.read_bytes())))


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
