"""A counter that is called "Loket 2" above the desk is not called "loket Loket 2" by a sentence."""

from __future__ import annotations

import pytest

from broker.language import bare_counter


@pytest.mark.parametrize(
    ("label", "bare"),
    [
        ("2", "2"),
        ("Loket 2", "2"),
        ("LOKET 02", "02"),
        ("Loket-2", "2"),
        ("Loket2", "2"),
        ("loket no. 2", "no. 2"),
        ("Counter 12B", "12B"),
        ("Loket Khusus", "Khusus"),
        ("2 (Loket)", "2"),
        ("Loket / Counter 3", "3"),
        ("Loket", "Loket"),
        ("Loketa", "Loketa"),
        ("Encounter", "Encounter"),
        ("Khusus", "Khusus"),
    ],
)
def test_the_word_for_a_counter_is_taken_out_of_a_label_in_every_language(label: str, bare: str) -> None:
    assert bare_counter(label) == bare
