"""A counter that is called "Loket 2" above the desk is not called "loket Loket 2" by a sentence."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.bootstrap.rules import office_message
from broker.language import Phrases, bare_counter
from broker.web.staff.board import counter_words
from broker.web.staff.otherwise import counter_name
from broker.web.staff.rules_forms import entry_name
from broker.web.staff.standing import Told
from tests.fakes.web_office import demo_settings


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


def test_the_staff_s_pages_say_the_word_once() -> None:
    p = Phrases("broker.web.staff", "id")
    told = office_message(demo_settings())
    offer = told.model_copy(update={"counters": (told.counters[0].model_copy(update={"label": "Loket 2"}),)})
    counter = offer.counters[0].id
    assert counter_words(p, Told(dt.datetime.now(dt.UTC), offer, ()), counter) == "loket 2"
    assert counter_name(p, offer, counter) == "Loket 2"
    assert entry_name(p, "counters", {"id": counter, "label": "Loket 2"}) == "Loket 2"
