"""How long it will take: a range from queue length and the pace of today.

Queue-length estimator of Ibrahim & Whitt 2009 (doi 10.1287/msom.1080.0223): calls to go x mean service / open counters.
The time of k departures is taken as gamma distributed; the range is its 20th to 80th percentile (Wilson-Hilferty).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DEPARTURE_VARIATION = 0.8
"""Coefficient of variation of the time between two departures of a stage."""
PERCENTILE_Z = 0.8416
"""Standard normal quantile of the 80th percentile."""
SOON_S = 60
"""What "at once" is taken to last: walking to a free counter, an officer looking up."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A range of seconds in which the call is expected."""

    low_s: int
    high_s: int


def estimate(*, ahead: int, open_counters: int, idle_counters: int, mean_service_s: float) -> Wait | None:
    """Return the range for a ticket with `ahead` calls before it, or None while no counter is open."""
    if open_counters == 0:
        return None
    departures = ahead + 1 - idle_counters
    if departures <= 0:
        return Wait(0, SOON_S)
    gap_s = mean_service_s / open_counters
    shape = departures / DEPARTURE_VARIATION**2
    scale_s = gap_s * DEPARTURE_VARIATION**2
    return Wait(
        low_s=int(_gamma_quantile(shape, -PERCENTILE_Z) * scale_s),
        high_s=math.ceil(max(_gamma_quantile(shape, PERCENTILE_Z) * scale_s, SOON_S)),
    )


def _gamma_quantile(shape: float, z: float) -> float:
    """Return a quantile of the gamma distribution with scale 1 (Wilson & Hilferty 1931)."""
    root = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
    return shape * max(root, 0.0) ** 3
