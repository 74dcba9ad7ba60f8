"""`make chaos`, or `python -m tests.chaos --rounds 300 --seed 1 --server mosquitto`: says what came of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.play import play


def main() -> None:
    """Play, and print figures; a promise that was not kept ends it with its sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", choices=["mosquitto", "embedded"], default="mosquitto")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = play(Path(folder) / "var", rounds=asked.rounds, seed=asked.seed, server=asked.server)
    levels = sorted(figures.converged_s)
    told = [f"{sum(figures.rounds.values())} rounds, seed {asked.seed}, {asked.server}"]
    told += [f"  {times:4d}  {fault}" for fault, times in sorted(figures.rounds.items())]
    told += [
        f"{figures.acknowledged} acts acknowledged: 0 lost, 0 twice; {figures.refused_for_now} refused for now",
        f"level again after p50 {levels[len(levels) // 2]:.2f} s, at most {levels[-1]:.2f} s",
    ]
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
