"""The lists beside the visitor."""

from __future__ import annotations

import pytest

from broker.contract.messages import Today
from counter.desk.keys import REPEATS, Intent
from counter.desk.room import Room
from counter.pages.lists import Row, lines_drawn
from tests.ui.counter.desk_samples import Window, counter, entry, hall, held, office

QUEUE = tuple(entry(f"A-{n:03d}", minutes=30 - n, score=1.2 - n / 10) for n in range(1, 6))


@pytest.fixture
def window() -> Window:
    window = Window()
    window.presenter.hall(hall())
    window.sign_in("open", queue=QUEUE, queue_length=8, held=(held("A-020", "Foto"), held("A-021")))
    return window


def chosen(window: Window) -> list[str]:
    """Return the numbers that are drawn as chosen."""
    return [row.number for row in window.desk.lists.rows if row.chosen]


def test_the_queue_stands_in_the_order_of_the_engine_with_what_orders_it(window: Window) -> None:
    rows = window.desk.lists.rows
    assert [row.number for row in rows] == ["A-001", "A-002", "A-003", "A-004", "A-005"]
    assert rows[0].figure == "110\N{NO-BREAK SPACE}%"
    assert [row.late for row in rows] == [True, True, False, False, False]
    assert window.desk.lists.caption == "Menurut bagian waktu tunggu yang dijanjikan yang sudah terpakai."
    assert window.desk.lists.more == "dan 3 lagi"


@pytest.mark.parametrize("policy", ["head_start", "ratio", "strict", "fifo"])
def test_seconds_are_never_shown_as_a_share(window: Window, policy: str) -> None:
    window.presenter.office(office(policy))
    assert {row.figure for row in window.desk.lists.rows} == {""}
    assert not any(row.late for row in window.desk.lists.rows)
    assert window.desk.lists.caption
    assert "dijanjikan" not in window.desk.lists.caption


def test_tabs_tell_how_many_there_are(window: Window) -> None:
    assert [(tab.label, tab.key, tab.count, tab.chosen) for tab in window.desk.lists.tabs] == [
        ("Antrean", "1", "8", True),
        ("Ditunda", "2", "2", False),
        ("Terlewat", "3", "0", False),
        ("Kantor", "4", "", False),
        ("Cari", "5", "", False),
    ]


def test_a_held_number_shows_its_note_or_its_service(window: Window) -> None:
    window.keys("2")
    assert [(row.number, row.text, row.figure) for row in window.desk.lists.rows] == [
        ("A-020", "Foto", ""),
        ("A-021", "Paspor baru", ""),
    ]


def test_who_was_missed_last_stands_first(window: Window) -> None:
    window.presenter.desk(counter("open", missed=(entry("A-001"), entry("A-002"))))
    window.keys("3")
    assert [row.number for row in window.desk.lists.rows] == ["A-002", "A-001"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("1", "Tidak ada yang menunggu loket ini."),
        ("2", "Tidak ada nomor yang ditunda di loket ini."),
        ("3", "Tidak ada nomor yang terlewat di loket ini."),
    ],
)
def test_an_empty_list_says_so_and_offers_nothing(window: Window, key: str, text: str) -> None:
    window.presenter.desk(counter("open", queue=(), queue_length=0))
    window.keys(key)
    assert window.desk.lists.caption == text
    assert window.desk.lists.pick is None


def test_arrows_walk_the_list_and_the_ends_hold(window: Window) -> None:
    window.keys("down")
    assert chosen(window) == ["A-001"]
    window.keys("up")
    assert chosen(window) == ["A-001"]
    window.keys(*["down"] * 9)
    assert chosen(window) == ["A-005"]
    window.keys("escape")
    assert chosen(window) == []


def test_the_choice_follows_its_number_when_the_queue_moves(window: Window) -> None:
    window.keys("down", "down")
    assert chosen(window) == ["A-002"]
    window.presenter.desk(counter("open", queue=QUEUE[1:], queue_length=4))
    assert chosen(window) == ["A-002"]
    window.presenter.desk(counter("open", queue=QUEUE[2:], queue_length=3))
    assert chosen(window) == []
    window.keys("enter")
    assert window.engine.commands == []


def test_another_tab_has_no_choice_of_the_last_one(window: Window) -> None:
    window.keys("down", "2")
    assert chosen(window) == []


def test_buttons_name_the_number_they_mean(window: Window) -> None:
    window.keys("down")
    lists = window.desk.lists
    assert lists.pick is not None
    assert lists.pick.label == "Panggil A-001"
    assert "Batalkan A-001" in [button.label for button in window.buttons]
    window.keys("2", "down")
    assert window.desk.lists.pick is not None
    assert window.desk.lists.pick.label == "Layani A-020 lagi"


def test_the_office_shows_what_every_counter_is_doing(window: Window) -> None:
    window.keys("4")
    shown = window.desk.lists.hall
    assert shown is not None
    assert [(seen.label, seen.state, seen.number, seen.own) for seen in shown.counters] == [
        ("Loket 3", "Siap", "", True),
        ("Loket 5", "Melayani", "B-004", False),
    ]


def test_what_waits_is_counted_per_service_and_lane_for_this_counters_stages(window: Window) -> None:
    window.presenter.hall(
        hall(
            ("interview", "passport", "regular", 4),
            ("interview", "passport", "priority", 2),
            ("payment", "passport", "regular", 9),
            ("interview", "permit", "regular", 1),
        )
    )
    window.keys("4")
    shown = window.desk.lists.hall
    assert shown is not None
    assert [(row.letter, row.service, row.counts) for row in shown.waiting] == [
        ("A", "Paspor baru", ("4", "2")),
        ("B", "Izin tinggal", ("1", "\N{EN DASH}")),
    ]


def test_a_long_queue_says_how_many_more_there_are(window: Window) -> None:
    long = tuple(entry(f"A-{n:03d}") for n in range(1, 51))
    window.presenter.desk(counter("open", queue=long, queue_length=70))
    assert len(window.desk.lists.rows) == 50
    assert window.desk.lists.more == "dan 20 lagi"


@pytest.mark.parametrize(
    ("today", "text"),
    [(Today(), "0 dilayani hari ini"), (Today(served=3, mean_service_s=480), "3 dilayani hari ini, rata-rata 8 menit")],
)
def test_the_days_own_figures(window: Window, today: Today, text: str) -> None:
    window.presenter.desk(counter("open", today=today))
    assert window.desk.lists.today == text


def test_signing_out_forgets_tab_and_choice(window: Window) -> None:
    window.keys("2", "down", "x", "enter")
    window.engine.agrees(counter=counter("closed").model_dump(mode="json"))
    window.sign_in("open")
    assert next(tab.intent for tab in window.desk.lists.tabs if tab.chosen) is Intent.QUEUE


# -- the same number from two days --------------------------------------------------------------------------------


def twice(window: Window) -> None:
    """Let a number of yesterday and the same number of today wait."""
    old = entry("A-001", minutes=24 * 60).model_copy(update={"id": "of-yesterday"})
    window.presenter.desk(counter("open", queue=(old, entry("A-001")), queue_length=2))


def test_a_number_of_yesterday_and_the_same_of_today_can_be_told_apart(window: Window) -> None:
    twice(window)
    assert [row.text for row in window.desk.lists.rows] == ["Paspor baru, dari hari sebelumnya", "Paspor baru"]


@pytest.mark.parametrize(("keys", "name"), [(("down",), "of-yesterday"), (("down", "down"), "id-A-001")])
def test_a_number_of_yesterday_and_the_same_of_today_are_called_each(
    window: Window, keys: tuple[str, ...], name: str
) -> None:
    twice(window)
    window.keys(*keys)
    assert len(chosen(window)) == 1
    window.keys("enter", "enter")
    assert window.engine.asked[0].command == "call"
    assert window.engine.asked[0].arguments["ticket"] == name


def test_a_broker_that_tells_no_ids_is_asked_by_number(window: Window) -> None:
    bare = tuple(one.model_copy(update={"id": ""}) for one in QUEUE)
    window.presenter.desk(counter("open", queue=bare, queue_length=5))
    window.keys("down", "down")
    assert chosen(window) == ["A-002"]
    window.keys("enter", "enter")
    assert window.engine.asked[0].arguments["ticket"] == "A-002"


# -- keys that move ------------------------------------------------------------------------------------------------

LONG = tuple(entry(f"A-{n:03d}") for n in range(1, 51))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("home", "A-001"),
        ("end", "A-050"),
        ("pagedown", "A-001"),
        ("down pagedown", "A-013"),
        ("down pagedown pagedown pageup", "A-013"),
        ("end pageup", "A-038"),
        ("end pagedown", "A-050"),
        ("end home up", "A-001"),
        ("pageup", "A-050"),
    ],
)
def test_whole_pages_and_the_ends_are_one_key_away(window: Window, keys: str, expected: str) -> None:
    window.presenter.room(Room(lines=12))
    window.presenter.desk(counter("open", queue=LONG, queue_length=50))
    window.keys(*keys.split())
    assert chosen(window) == [expected]


def test_a_list_that_is_opened_stands_at_its_head(window: Window) -> None:
    window.keys("down", "down")
    before = window.desk.lists.opened
    window.keys("1")
    assert chosen(window) == []
    assert window.desk.lists.opened != before


def test_the_office_is_scrolled_by_the_same_keys_and_stands_at_its_head_again(window: Window) -> None:
    window.presenter.room(Room(lines=1))
    window.keys("4", "end")
    assert window.desk.lists.scrolled == 1
    window.keys("up")
    assert 0 < window.desk.lists.scrolled < 1
    window.keys("4")
    assert window.desk.lists.scrolled == 0


def test_what_an_officer_decides_does_not_repeat_while_its_key_is_held() -> None:
    assert {"up", "down", "pageup", "pagedown", "home", "end", "tab", "shift-tab", "backspace"} == REPEATS


@pytest.mark.parametrize(
    ("in_sight", "chosen", "is_at_head", "drawn"),
    [
        (6, None, True, 8),  # and two below
        (6, 7, True, 8),
        (6, 8, True, 50),
        (6, None, False, 50),
        (0, None, True, 50),  # nothing has been laid out yet
        (60, None, True, 50),
    ],
)
def test_of_a_long_list_only_what_is_in_sight_is_drawn(
    *, in_sight: int, chosen: int | None, is_at_head: bool, drawn: int
) -> None:
    rows = [Row(f"id-{at}", f"A-{at:03d}", None, "", "", "", late=False, chosen=at == chosen) for at in range(50)]
    assert lines_drawn(rows, in_sight, is_at_head=is_at_head) == drawn
