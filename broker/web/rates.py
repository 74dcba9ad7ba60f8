"""How often somebody may ask: a bucket of tokens for each name, in a bounded place. Pure; the clock is handed in."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_NAMES = 8192
"""So many names are remembered; whoever asked longest ago is forgotten, and begins anew with a full bucket."""


@dataclass(slots=True)
class Rates:
    """Lets each name ask `burst` times at once, and `per_s` times a second in the long run."""

    burst: float
    per_s: float
    monotonic: Callable[[], float]
    most: int = MOST_NAMES
    _buckets: OrderedDict[str, tuple[float, float]] = field(init=False, default_factory=OrderedDict)
    """What is left, and when that was so; whoever asked last stands at the end."""

    def wait_s(self, name: str) -> int:
        """Take one of what `name` has left; return 0, or in how many whole seconds there is one again."""
        now_s = self.monotonic()
        left, since_s = self._buckets.pop(name, (self.burst, now_s))
        left = min(self.burst, left + (now_s - since_s) * self.per_s)
        is_free = left >= 1
        self._buckets[name] = left - is_free, now_s
        if len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        return 0 if is_free else max(1, math.ceil((1 - left) / self.per_s))

    def __len__(self) -> int:
        return len(self._buckets)
