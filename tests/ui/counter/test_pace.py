"""In a rush the lists follow twice a second; what an officer does is drawn at once."""

from __future__ import annotations

from counter.desk.keys import Intent
from counter.pages.desk import DeskPage
from counter.pages.pace import FIGURES_EVERY_S, Pace
from tests.ui.counter.desk_samples import Window, counter, entry


class Rush:
    """A window whose queue grows all the time."""

    def __init__(self) -> None:
        self.window = Window()
        self.window.sign_in("open", queue=(), queue_length=0)
        self.pace = Pace(self.window.clock.monotonic)
        self.waiting = 0
        self.join()

    def join(self) -> None:
        """Let one more wait."""
        self.waiting += 1
        queue = tuple(entry(f"A-{n:03d}") for n in range(1, self.waiting + 1))
        self.window.presenter.desk(counter("open", queue=queue, queue_length=self.waiting))

    @property
    def page(self) -> DeskPage:
        """Return what is drawn now."""
        page = self.pace.paced(self.window.desk)
        assert isinstance(page, DeskPage)
        return page

    @property
    def drawn(self) -> int:
        """Return how many wait by what is drawn."""
        return len(self.page.lists.rows)


def test_the_queue_follows_at_most_twice_a_second() -> None:
    rush = Rush()
    drawn = set()
    for _ in range(100):
        rush.join()
        rush.window.pass_s(0.04)
        drawn.add(rush.drawn)
    assert len(drawn) <= 4 / FIGURES_EVERY_S + 1
    rush.window.pass_s(FIGURES_EVERY_S)
    assert rush.drawn == rush.waiting


def test_what_is_chosen_in_a_list_is_drawn_at_once() -> None:
    rush = Rush()
    assert rush.drawn == 1
    rush.join()
    rush.window.presenter.press(Intent.DOWN)
    assert [row.number for row in rush.page.lists.rows if row.chosen] == ["A-001"]
    rush.window.presenter.press(Intent.HELD)
    assert rush.page.lists.tabs[1].chosen


def test_a_visitor_who_is_called_is_drawn_at_once() -> None:
    rush = Rush()
    assert rush.drawn == 1
    rush.window.presenter.desk(counter("calling"))
    assert rush.page.ticket is not None
