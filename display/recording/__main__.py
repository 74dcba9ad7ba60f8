"""The command `antrean voice`: `export` starts a folder of recordings, `say` lets a call be heard. Without a window."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from pathlib import Path

from broker.config import ConfigError, Settings, load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA, Display
from broker.language import Phrases, bare_counter
from display.hall.announcer import Manner, announcement, manner_of, speech_rules
from display.hall.board import Call
from display.hall.voice import chimes
from display.recording.clips import Clip, clips_to_record, manifest, reading_list
from hardware.codecs.voice_folder import MANIFEST
from hardware.codecs.wave_sound import from_wav, to_wav, trimmed
from hardware.config import SoundConfig
from hardware.errors import HardwareError
from hardware.factory import build_speaker, build_speech, voices
from hardware.files import write_whole
from hardware.ports import Speech, Utterance

READING_LIST = "record.csv"
SHARED = 0o644
"""Whoever speaks the recordings works with these files: they hold nothing of any visitor."""
UNKNOWN_LANGUAGE = (
    'how to call in "{language}" is not known yet: write {manifest} with one line, in that language, such as '
    'sentence = "Number {{number}}. Please go to counter {{counter}}."'
)


def main() -> int:
    """Do what the arguments say; return the exit code. Faults are said in sentences."""
    arguments = _arguments()
    try:
        settings = load_settings(arguments.config, os.environ)
        display = _display(settings, arguments.display)
        return export(arguments, settings, display) if arguments.task == "export" else say(arguments, settings, display)
    except ConfigError as error:
        return _refuse(str(error))
    except LookupError as error:
        return _refuse(str(error.args[0]))
    except HardwareError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.strerror or error}: {error.filename or ''}".removesuffix(": "))


def export(arguments: argparse.Namespace, settings: Settings, display: Display) -> int:
    """Write for each language the list of what to record, the manifest, and a synthesised clip where none is yet."""
    voice = display.sound.speech
    engine = "auto" if voice.engine in {"clips", "none"} else voice.engine
    voice = voice.model_copy(
        update={"engine": engine, "folder": (arguments.to or arguments.data / voice.folder).absolute()}
    )
    folders, faults = voices(voice, data_dir=arguments.data)
    if faults:  # whoever wrote it would lose it
        raise faults[0]
    speech = build_speech(voice, data_dir=arguments.data)
    labels = [counter.label for counter in settings.counters]
    for language in arguments.language or settings.office.languages:
        place, phrases, known = voice.folder / language, Phrases("display", language), folders.get(language)
        manner = manner_of(phrases, known)
        if manner.language != language:
            return _refuse(UNKNOWN_LANGUAGE.format(language=language, manifest=place / MANIFEST))
        clips = clips_to_record(manner, phrases, labels, known.clips if known else {})
        made = sum(_make(place / clip.file, clip, speech, manner) for clip in clips)
        write_whole(place / MANIFEST, manifest(manner, clips).encode(), mode=SHARED)
        write_whole(
            place / READING_LIST, reading_list(clips).encode("utf-8-sig"), mode=SHARED
        )  # spreadsheets need the mark
        _tell(f"{place}: {made} clips made by {speech.health()}, {len(clips) - made} kept as they were")
    _tell(f"Record over them what {READING_LIST} lists, then set displays.sound.speech.engine: clips")
    return 0


def say(arguments: argparse.Namespace, settings: Settings, display: Display) -> int:
    """Announce one call as the display would, quiet hours or not."""
    sound: SoundConfig = display.sound.model_copy(update={"player": arguments.player or display.sound.player})
    language = (arguments.language or settings.office.languages)[0]
    lane = _lane(settings, arguments.lane)
    call = Call(
        number=arguments.number,
        lane=lane,
        language=language,
        counter="",
        counter_label=bare_counter(arguments.counter),
        called_at=dt.datetime.now(settings.office.zone),
        times_called=1,
    )
    rules = speech_rules(sound, voices(sound.speech, data_dir=arguments.data), languages=settings.office.languages)
    utterances = announcement(call, (language, settings.office.languages[0]), manner=rules.manner)
    for utterance in utterances:
        _tell(f"{utterance.language}: {utterance.text}")
    speaker = build_speaker(sound, data_dir=arguments.data)
    result = speaker.announce(chimes(settings).get(lane, lane), utterances * sound.repeat)
    _tell(f"{result.duration_s:.1f} s; {speaker.health()}")
    return 0 if result.spoken else 1


def _make(path: Path, clip: Clip, speech: Speech, manner: Manner) -> bool:
    """Synthesise one clip unless it is there; tell whether it was made. Single letters are spelled as capitals."""
    if path.exists():
        return False
    text = clip.words.upper() if len(clip.words) == 1 else clip.words
    said = speech.say(Utterance(manner.language, text, manner.voice))
    write_whole(path, to_wav(trimmed(from_wav(said))), mode=SHARED)
    return True


def _lane(settings: Settings, name: str | None) -> str:
    """Return the lane whose chime is meant. Raises LookupError."""
    known = [lane.id for lane in settings.lanes]
    if name is not None and name not in known:
        message = f"there is no lane {name!r}; there are: {', '.join(known)}"
        raise LookupError(message)
    return name or known[0]


def _display(settings: Settings, name: str | None) -> Display:
    """Return the display whose sound is meant. Raises LookupError."""
    found = {display.id: display for display in settings.displays}
    if not found:
        message = "this office has no displays, so there is no sound to speak of"
        raise LookupError(message)
    if name is not None and name not in found:
        message = f"there is no display {name!r}; there are: {', '.join(found)}"
        raise LookupError(message)
    return found[name or next(iter(found))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="antrean voice")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    shared.add_argument("--data", type=Path, default=DEFAULT_DATA)
    shared.add_argument("--id", dest="display")
    shared.add_argument("--language", action="append")
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("export", parents=[shared]).add_argument("--to", type=Path)
    heard = tasks.add_parser("say", parents=[shared])
    heard.add_argument("--player", choices=("auto", "aplay", "file", "null"))
    heard.add_argument("--lane")
    heard.add_argument("number")
    heard.add_argument("counter")
    return parser.parse_args()


def _tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
