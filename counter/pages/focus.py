"""What Tab goes through, in reading order: every button has a name, the same that its widget has. Pure."""

from __future__ import annotations

from counter.desk.keys import Intent
from counter.desk.sign_in import Field
from counter.pages.desk import DeskPage
from counter.pages.sign_in import SignInPage


def stops(page: SignInPage | DeskPage) -> tuple[str, ...]:
    """Return the names of all buttons, and of the fields of the form; lines of lists are chosen by arrows."""
    if page.dialog is not None:
        options = (f"option:{index}" for index in range(len(page.dialog.options)))
        return (*options, Intent.CONFIRM, Intent.CANCEL)
    if isinstance(page, SignInPage):
        return (*(field.value for field in Field), Intent.CONFIRM, Intent.LANGUAGE)
    tabs = [f"tab:{tab.intent}" for tab in page.lists.tabs]
    pick = [] if page.lists.pick is None else [page.lists.pick.intent]
    calls = [line.stop for line in page.help if line.action is not None]
    calls += [Intent.DECLINE.value for line in page.help if line.decline is not None]
    near, others = ([action.intent for action in actions] for actions in (page.actions, page.side_actions))
    if page.room.has_all:
        return (Intent.LANGUAGE, Intent.PIN, Intent.SIGN_OUT, *calls, *tabs, *pick, *near, *others)
    return (*calls, *near, *_below(tabs, pick, others))


def _below(tabs: list[str], pick: list[Intent], others: list[Intent]) -> tuple[str, ...]:
    """Return what stands below the next acts: the lists, or the other acts in their place."""
    return (Intent.MORE, *others) if others else (*tabs, Intent.MORE, *pick)
