"""How many examples a property is tried by: those of every run, or many more of `make property`."""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "desk")
"""`desk`: few and the same in each run, so that what fails here fails everywhere. `night`: many, others each time."""
_TIMES = {"desk": 1, "night": 30}


def examples(usual: int) -> int:
    """Return how many examples are tried where `usual` ones are in every run."""
    return usual * _TIMES[PROFILE]
