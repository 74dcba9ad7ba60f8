"""How long a stage takes today, learnt from each visit."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """How long a stage takes, measured today; the standard time counts like `PRIOR_WEIGHT` visits."""

    standard_s: float
    weight: float = 0.0
    total_s: float = 0.0
    visits: int = 0
    day_s: float = 0.0
    """What the visits of the day took together."""
    _prior_weight: float = field(default=4.0, repr=False)

    FADE = 0.95
    """Each new visit makes the earlier ones count this much."""

    def measured(self, duration_s: float) -> None:
        """Take one finished visit in; recent ones weigh more."""
        self.weight = self.weight * self.FADE + 1.0
        self.total_s = self.total_s * self.FADE + duration_s
        self.visits += 1
        self.day_s += duration_s

    def take_back(self, before: Pace, after: Pace) -> None:
        """Unlearn what came between `before` and `after`; what was measured since stays."""
        if before.visits == after.visits:
            return
        fade = self.FADE ** (self.visits - after.visits)
        self.weight -= (after.weight - before.weight) * fade
        self.total_s -= (after.total_s - before.total_s) * fade
        self.visits -= 1
        self.day_s -= after.day_s - before.day_s

    @property
    def average_s(self) -> float:
        """Return the plain average of the day in seconds, which the usual rule for waits goes by."""
        return self.day_s / self.visits if self.visits > 0 else self.standard_s

    @property
    def mean_s(self) -> float:
        """Return the expected duration of the next visit in seconds."""
        return (self._prior_weight * self.standard_s + self.total_s) / (self._prior_weight + self.weight)
