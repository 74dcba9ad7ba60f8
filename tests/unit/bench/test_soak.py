"""What `make soak` takes for a leak, and what not."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest

from tests.bench.soak import KIB_A_TICKET, Course, Sample, judged

MIB = 1024.0
SAMPLES = 300
EVERY_S = 2.0


def course(
    resident_mib: Callable[[int], float],
    descriptors: Callable[[int], int] = lambda _: 12,
    threads: Callable[[int], int] = lambda _: 8,
) -> Course:
    """Return what a process took, sample by sample."""
    samples = [Sample(at * EVERY_S, resident_mib(at) * MIB, descriptors(at), threads(at)) for at in range(SAMPLES)]
    return Course(psutil.Process(), samples)


@pytest.mark.parametrize(
    ("name", "taken", "is_kept"),
    [
        ("kiosk", course(lambda _: 250.0), True),
        ("kiosk", course(lambda at: 200.0 + 50 * min(at / 100, 1)), True),
        ("kiosk", course(lambda at: 250.0 + (30 if at == SAMPLES - 1 else 0)), True),
        ("kiosk", course(lambda at: 250.0 + at * 0.05), False),
        ("kiosk", course(lambda _: 250.0, descriptors=lambda at: 12 + at // 250), False),
        ("kiosk", course(lambda _: 250.0, descriptors=lambda at: 12 + (at % 10 == 0)), True),
        ("kiosk", course(lambda _: 250.0, threads=lambda at: 8 + at // 250), False),
        ("kiosk", course(lambda at: 100.0 + at * EVERY_S * 5 * KIB_A_TICKET / MIB), False),
        ("broker", course(lambda at: 100.0 + at * EVERY_S * 5 * KIB_A_TICKET / MIB), True),
    ],
    ids=[
        "flat",
        "grows until all was seen",
        "a peak",
        "a leak",
        "a file left open",
        "files of a moment",
        "a thread left",
        "a screen keeps tickets",
        "the broker keeps the day's tickets",
    ],
)
def test_what_grows_after_everything_was_seen_is_a_leak(name: str, taken: Course, *, is_kept: bool) -> None:
    table, kept = judged({name: taken}, tickets_a_s=5.0)
    assert kept is is_kept
    assert table.row_count == 1
