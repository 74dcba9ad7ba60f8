"""A program of its own that speaks: text on stdin, a WAV on stdout, by the espeak-ng library.

espeak-ng is under the GPL. It is loaded here, in a process that does nothing else, and never into ours.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import sys
import wave

import espeakng_loader

OUTPUT_SYNCHRONOUS = 2
POSITION_CHARACTER = 1
TEXT_UTF8 = 1
TEXT_PHONEMES = 0x100
"""What stands in `[[...]]` is phonemes."""
PARAMETER_RATE = 1
"""Figures from espeak-ng's speak_lib.h."""

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    """Speak what comes on stdin; exit 1 with a reason on stderr if that cannot be done."""
    parser = argparse.ArgumentParser(description="Speak text from stdin as a WAV on stdout.")
    parser.add_argument("--voice", required=True)
    parser.add_argument("--words-per-minute", type=int, required=True)
    options = parser.parse_args()
    try:
        rate, samples = _spoken(sys.stdin.buffer.read(), voice=options.voice, speed=options.words_per_minute)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(_wav(rate, samples))
    return 0


def _spoken(text: bytes, *, voice: str, speed: int) -> tuple[int, bytes]:
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    data = str(espeakng_loader.get_data_path()).encode()
    rate: int = library.espeak_Initialize(OUTPUT_SYNCHRONOUS, 0, data, 0)
    if rate <= 0:
        message = f"espeak-ng finds no data in {data.decode()}"
        raise ValueError(message)
    samples = bytearray()

    def keep(wave_part: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if wave_part and count > 0:
            samples.extend(ctypes.string_at(wave_part, count * 2))
        return 0

    callback = _Callback(keep)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()):
        message = f"espeak-ng has no voice {voice!r}"
        raise ValueError(message)
    library.espeak_SetParameter(PARAMETER_RATE, speed, 0)
    flags = TEXT_UTF8 | TEXT_PHONEMES
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, POSITION_CHARACTER, 0, flags, None, None)
    library.espeak_Synchronize()
    return rate, bytes(samples)


def _wav(rate: int, samples: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
