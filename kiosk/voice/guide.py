"""Leads whoever uses keys, with or without the voice, over the screens: where they stand, and what is said when. Pure.

With the voice on, keys walk over everything that a screen says; without it, from control to control. Whatever the
visitor does cuts off what is being said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from kiosk.pages.focus import Sentence, Stop, moved, stops
from kiosk.pages.page import Screen
from kiosk.pages.spoken import Speaker, WordsOf, lead
from kiosk.visit.staff import LEAST_VOLUME, VOLUME_STEP

Key = Literal["next", "previous", "ok", "back", "repeat", "volume_up", "volume_down", "headset_in", "headset_out"]
"""What a key means, whatever it is called on the keyboard that it is on."""

VOICE = "access:voice"
_WAYS_BACK = ("stay", "access:done", "back")
"""What Esc does on a screen: the first of them that it has."""


class Voice(Protocol):
    """What speaks. It may be silent where nothing can be heard; the guide does not mind."""

    @property
    def is_there(self) -> bool:
        """Tell whether the kiosk can speak at all."""
        ...

    @property
    def is_speaking(self) -> bool:
        """Tell whether something is being said, or about to be."""
        ...

    def say(self, sentences: tuple[Sentence, ...], *, volume_percent: int) -> None:
        """Say this after what is being said."""
        ...

    def alert(self) -> None:
        """Sound that an answer is wanted, after what is being said."""
        ...

    def hush(self) -> None:
        """Fall silent at once."""
        ...

    def listen_by(self, *, headset: bool) -> None:
        """Take the headset's way out or the loudspeaker's, from the next words on."""
        ...


class Guide:
    """One kiosk's keys and voice. One thread: the screen's."""

    def __init__(
        self,
        voice: Voice,
        *,
        act: Callable[[str], None],
        touched: Callable[[], None],
        focus: Callable[[str], None],
        volume_percent: int,
        words: WordsOf,
        turners: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """`act` does what a touch of a target does, `touched` keeps the visit alive, `focus` shows where one stands."""
        self._voice = voice
        self._act = act
        self._touched = touched
        self._focus = focus
        self._words = words
        self._turners = turners
        self._usual_volume = self._volume = volume_percent
        self._screen: Screen | None = None
        self._stops: tuple[Stop, ...] = ()
        self._place = ""
        self._left: tuple[str, str] | None = None
        self._by_keys = False
        self._heard_page = True
        self._repeated = False

    @property
    def usual_volume(self) -> int:
        """Return how loud each visit begins, in percent."""
        return self._usual_volume

    def be_as_loud_as(self, percent: int) -> None:
        """Begin each visit this loud from now on: staff have set it."""
        self._usual_volume = self._volume = percent

    # -- what happens -----------------------------------------------------------------------------------------------

    def shown(self, screen: Screen) -> None:
        """Take the screen that stands there now."""
        before, old = self._screen, self._stops
        self._screen, self._stops = screen, stops(screen)
        speaks, spoke = screen.access.voice, before is not None and before.access.voice
        is_new = before is None or _name(before) != _name(screen)
        if is_new:
            self._arrive(before)
        elif self._stop is None:
            self._place = ""
        if screen.warning is not None and (before is None or before.warning is None):
            self._voice.hush()
            self._voice.alert()
        elif is_new:
            self._voice.hush()
        if speaks and not spoke:
            self._begin(screen)
        elif before is not None and spoke and not speaks:
            self._end(before)
        elif speaks and is_new:
            self._say_page(screen)
        elif speaks and (said := self._speaker.news(old, self._stops)):
            self._voice.say(said, volume_percent=self._volume)
        self._show_focus()

    def key(self, key: Key, *, is_tactile: bool = False) -> None:
        """Do what a key means. A key of the keypad for the blind (`is_tactile`) first of all starts the voice."""
        screen = self._screen
        if screen is None:
            return
        self._voice.hush()
        is_repeat = key == "repeat"
        if key in {"headset_in", "headset_out"}:
            self._plugged(screen, is_in=key == "headset_in")
        elif is_tactile and not screen.access.voice and self._voice.is_there:
            self._by_keys = True
            self._act(VOICE)
        else:
            self._by_keys = True
            self._do(key, screen)
            self._show_focus()
            if screen.warning is None:  # else it is answered by OK or Esc: who looks for the answer has given none
                self._touched()
        self._repeated = is_repeat and not self._repeated

    def felt(self) -> None:
        """Take note of a finger: it needs no ring, and it is not talked over."""
        self._by_keys = self._repeated = False
        if self._screen is not None and not self._screen.access.voice:
            self._place = ""  # no ring tells any more what OK would do
        self._voice.hush()
        self._show_focus()

    def tick(self) -> None:
        """Keep a visit alive while it is being read to; the question whether anybody is there has to be answered."""
        screen = self._screen
        if screen is not None and screen.access.voice and screen.warning is None and self._voice.is_speaking:
            self._touched()

    @property
    def is_turned(self) -> bool:
        """Tell whether the page runs from right to left: to the left is onward then."""
        return self._screen is not None and self._screen.rtl

    # -- what a key does --------------------------------------------------------------------------------------------

    def _do(self, key: Key, screen: Screen) -> None:
        match key:
            case "next" | "previous":
                self._move(1 if key == "next" else -1, reads=screen.access.voice)
            case "ok":
                self._choose(screen)
            case "back":
                targets = {stop.target for stop in self._stops if stop.is_control}
                if way := next((one for one in _WAYS_BACK if one in targets), ""):
                    self._act(way)
            case "repeat":
                self._say_again(screen)
            case "volume_up" | "volume_down":
                self._set_volume(self._volume + (VOLUME_STEP if key == "volume_up" else -VOLUME_STEP), screen)
            case "headset_in" | "headset_out":
                pass  # they are no keys that a finger presses

    def _move(self, by: int, *, reads: bool) -> None:
        self._place = moved(self._stops if reads else self._with_turners, self._place, by, reads=reads)
        if reads and self._stop is not None:
            self._say_stop(self._stop)

    def _choose(self, screen: Screen) -> None:
        stop = self._stop
        if stop is not None and stop.is_control:
            self._act(stop.target)
        elif screen.access.voice:
            self._voice.say(self._speaker.nothing_here(), volume_percent=self._volume)

    def _say_again(self, screen: Screen) -> None:
        if not screen.access.voice:
            return
        if self._repeated:
            self._voice.say(self._speaker.keys(everyone=self._everyone(screen)), volume_percent=self._volume)
        elif self._heard_page or self._stop is None:
            self._say_page(screen)
        else:
            self._say_stop(self._stop)

    def _set_volume(self, percent: int, screen: Screen) -> None:
        if screen.access.voice:  # else the next visitor would begin with it
            self._volume = max(LEAST_VOLUME, min(100, percent))
            self._voice.say(self._speaker.volume(self._volume), volume_percent=self._volume)

    def _plugged(self, screen: Screen, *, is_in: bool) -> None:
        self._voice.listen_by(headset=is_in)
        if is_in != screen.access.voice and self._voice.is_there:
            self._by_keys = is_in
            self._act(VOICE)

    # -- where one stands, and what is said --------------------------------------------------------------------------

    @property
    def _stop(self) -> Stop | None:
        return next((stop for stop in self._with_turners if stop.place == self._place), None)

    @property
    def _with_turners(self) -> tuple[Stop, ...]:
        """Return the stops with the buttons that turn pages, where the panel has no room for all at once.

        Who listens does without them: what is read is read whole, and a list follows.
        """
        at = next((at for at, stop in enumerate(self._stops) if stop.is_around), len(self._stops))
        turners = tuple(Stop(target, (), target=target) for target in self._turners())
        return (*self._stops[:at], *turners, *self._stops[at:])

    @property
    def _speaker(self) -> Speaker:
        return Speaker(self._words, "en" if self._screen is None else self._screen.header.language)

    def _arrive(self, before: Screen | None) -> None:
        """Stand where a page begins; where a question went away, stand where one stood before it came."""
        left, self._left = self._left, None
        if self._screen is not None and self._screen.warning is not None and before is not None:
            self._left = (_name(before), self._place)
        here = None if self._screen is None else _name(self._screen)
        self._place = left[1] if left is not None and left[0] == here else self._beginning()

    def _beginning(self) -> str:
        read = lead(self._stops)
        if self._screen is not None and self._screen.access.voice and read:
            return read[-1].place
        return moved(self._stops, "", 1, reads=False) if self._by_keys else ""

    def _begin(self, screen: Screen) -> None:
        self._place = self._beginning()
        self._voice.hush()
        self._voice.say(self._speaker.begun(everyone=self._everyone(screen)), volume_percent=self._volume)
        self._say_page(screen)

    def _end(self, before: Screen) -> None:
        """End with a word to whoever listened, and as loud as for everybody again."""
        self._voice.hush()
        self._voice.say(Speaker(self._words, before.header.language).ended(), volume_percent=self._volume)
        self._volume = self._usual_volume

    def _say_page(self, screen: Screen) -> None:
        self._heard_page = True
        said = self._speaker.arrival(self._stops, everyone=self._everyone(screen))
        self._voice.say(said, volume_percent=self._volume)

    def _say_stop(self, stop: Stop) -> None:
        self._heard_page = False
        self._voice.say(self._speaker.of(stop), volume_percent=self._volume)

    def _everyone(self, screen: Screen) -> tuple[str, ...]:
        """Return all languages while none was chosen."""
        return screen.languages if not screen.header.languages else ()

    def _show_focus(self) -> None:
        stop = self._stop
        self._focus(stop.target if stop is not None and self._by_keys else "")


def _name(screen: Screen) -> str:
    """Return what makes a page another one to whoever listens: also that it is in another language now."""
    asked = "" if screen.warning is None else ":asked"
    return f"{screen.name}:{screen.header.language}{asked}"
