"""`make chaos`, or `python -m tests.chaos --rounds 300 --seed 1 --server mosquitto`: says what came of it."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tests.chaos.faults import KINDS
from tests.chaos.ledger import BrokenPromiseError
from tests.chaos.play import play


def main() -> int:
    """Play, and print figures; a promise that was not kept ends it with its sentence, and how to play it again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", choices=["mosquitto", "embedded"], default="mosquitto")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", default=[], help="only these; again for more")
    parser.add_argument("--keep", type=Path, help="where the office's data stays, to be looked at")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # screens whose lines are cut say so
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures = play(
                asked.keep or Path(folder),
                rounds=asked.rounds,
                seed=asked.seed,
                server=asked.server,
                kinds=asked.kind,
                tell=_say,
            )
        except BrokenPromiseError as error:
            _say(str(error))
            return 1
    levels = sorted(figures.converged_s)
    told = [f"{sum(figures.rounds.values())} rounds, seed {asked.seed}, {asked.server}"]
    told += [f"  {times:4d}  {kind}" for kind, times in sorted(figures.rounds.items())]
    told += [
        f"{figures.acknowledged} acts acknowledged: 0 lost, 0 twice; {figures.refused_for_now} refused for now",
        f"{figures.alone} numbers given out by a kiosk that was cut off",
        f"{figures.forgotten} numbers lost with a database that was harmed, each named by antrean recover",
        f"{figures.refused_papers} papers of a day before refused, whose lease was lost so; each in the kiosk's log",
        f"level again after p50 {levels[len(levels) // 2]:.2f} s, at most {levels[-1]:.2f} s",
    ]
    _say("\n".join(told))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
