"""What each LED sign shows: pure. States and time go in, rows by their address come out.

Dark is a counter that calls nobody. Dashes mean that nobody knows: the engine has been away for too long, and a
number from before must not stand there as if it were called now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from broker.config.desk_devices import Sign
from broker.contract.clock import EngineClock
from broker.contract.link import STALE_AFTER_S, Freshness
from broker.contract.messages import CounterMessage, HallMessage
from broker.language import bare_counter
from hardware.codecs.signs.row import DARK, TEST_MARK, UNSURE_MARK, Row

BLINK_HALF_S = 0.5
"""One flash a second: WCAG 2.3.1 allows three."""
TURN_S = 4.0
"""So long a board shows some of its calls where it has too few lines for all who are awaited."""
TRAINING_TURN_S, TRAINING_SHOWN_S = 6.0, 2.0
"""In a training each sign says so that often, for so long: whoever sees a number there is to know that it is none."""
_NO_CALL = Row("", "")
_SHOWN = frozenset({"calling", "serving"})
_CALLS = frozenset({"called", "recalled"})


class SignPresenter:
    """The signs of one bus. Knows nothing of bytes: every row is told whole, at every moment."""

    def __init__(self, signs: Sequence[Sign], *, blink_s: float, clock: EngineClock, is_training: bool = False) -> None:
        """Begin dark: nothing was heard yet."""
        self._is_training = is_training
        self._signs = signs
        self._blink_s = blink_s
        self._clock = clock
        self._fresh = Freshness(clock.now, clock.monotonic)
        self._was_linked = False
        self._counters: dict[str, CounterMessage] = {}
        self._hall: HallMessage | None = None

    def counter(self, message: CounterMessage) -> None:
        """Take in how one counter stands."""
        self._counters[message.id] = message

    def hall(self, message: HallMessage) -> None:
        """Take in the live picture."""
        self._clock.heard(message.at, retained=message.retained)
        self._fresh.heard(retained=message.retained)
        self._hall = message

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)
        self._was_linked = self._was_linked or online

    def rows(self) -> Mapping[int, Row]:
        """Return what stands at each address now."""
        return {address: row for sign in self._signs for address, row in self._rows(sign)}

    # -- inside -----------------------------------------------------------------------------------------------------

    def _rows(self, sign: Sign) -> Iterator[tuple[int, Row]]:
        if self._is_too_old:
            place = "" if sign.board else None
            yield from ((address, Row(UNSURE_MARK, place)) for address in sign.addresses)
        elif self._says_training:
            place = "" if sign.board else None
            yield from ((address, Row(TEST_MARK, place)) for address in sign.addresses)
        elif sign.board:
            calls = self._calls_of(sign.lines)
            yield from zip(sign.addresses, calls + [_NO_CALL] * (sign.lines - len(calls)), strict=True)
        else:
            yield sign.address, self._own(sign.counter)

    @property
    def _says_training(self) -> bool:
        return self._is_training and self._clock.monotonic() % TRAINING_TURN_S >= TRAINING_TURN_S - TRAINING_SHOWN_S

    @property
    def _is_too_old(self) -> bool:
        """Tell whether the engine has been away for longer than a picture lives; a short restart disturbs nobody."""
        since = self._fresh.stale_since
        return since is not None and abs((self._clock.now() - since).total_seconds()) > STALE_AFTER_S

    def _own(self, counter: str | None) -> Row:
        """Return the row of a counter's sign. What was retained while no engine was there is not news yet."""
        message = self._counters.get(counter or "")
        if message is None or message.ticket is None or message.state not in _SHOWN or not self._was_linked:
            return DARK
        calls = [line.at for line in message.ticket.history if line.type in _CALLS]
        if message.state == "calling" and calls and self._is_off_beat(calls[-1]):
            return DARK
        return Row(message.ticket.number)

    def _calls_of(self, lines: int) -> list[Row]:
        """Return the rows of a board, the newest call first; where there are too few lines all calls take turns.

        A call of just now is waited for: the turns begin when none blinks any more.
        """
        calls = list(self._hall.calling) if self._hall is not None and self._was_linked else []
        begin = 0
        if len(calls) > lines and not self._is_young(calls[0].called_at):
            pages = -(-len(calls) // lines)
            # The last page is filled with calls of the one before.
            begin = min(int(self._clock.monotonic() / TURN_S) % pages * lines, len(calls) - lines)
        return [
            _NO_CALL if self._is_off_beat(call.called_at) else Row(call.number, bare_counter(call.counter_label))
            for call in calls[begin : begin + lines]
        ]

    def _is_young(self, called_at: dt.datetime) -> bool:
        """Tell whether a call still blinks."""
        return (self._clock.now() - called_at).total_seconds() < self._blink_s

    def _is_off_beat(self, called_at: dt.datetime) -> bool:
        """Tell whether a blinking row is dark at this moment; it begins lit."""
        age_s = (self._clock.now() - called_at).total_seconds()
        return 0 <= age_s < self._blink_s and int(age_s / BLINK_HALF_S) % 2 == 1
