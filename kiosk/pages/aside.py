"""The words of the pages that may be opened from anywhere: the call for help, and what staff see. Pure."""

from __future__ import annotations

from broker.language import mark
from kiosk.pages.page import Banner, Choice, HelpPage, NumberPage, StaffPage
from kiosk.visit.staff import MOST_PIN_DIGITS, PIN_DIGITS
from kiosk.visit.state import State


def help_page(state: State) -> HelpPage:
    """Return whether staff are to be called, or what became of it."""
    words, called = state.words, state.visit.help
    go_on, cancel = Choice("done", words.say("Go on meanwhile")), Choice("cancel", words.say("Cancel the call"))
    is_cut = state.offline_since is not None
    if state.help_coming is not None:
        return HelpPage(
            words.say("Help is coming from counter {counter}", counter=state.help_coming),
            words.say("Please stay here."),
            (go_on, cancel),
        )
    if called == "told":
        return HelpPage(
            words.say("Staff were told"),
            words.say("Please stay here. Somebody comes to you as soon as a counter is free."),
            (go_on, cancel),
        )
    if called == "asking":
        text = words.say(_CUT) if is_cut else words.say("Please wait a moment.")
        return HelpPage(words.say("Staff are being called"), text, (cancel,))
    banner = None
    if called == "failed":
        banner = Banner("warn", words.say("Nobody could be called from here"), words.say("Please ask at a counter."))
    call = Choice("call", words.say("Call for help"), icon="support_agent", is_available=not is_cut)
    if is_cut:
        banner = Banner("warn", words.say("Nobody can be called now"), words.say(_CUT))
    return HelpPage(
        words.say("Shall somebody come and help you?"),
        words.say("An officer comes to you here. Your place on this screen is kept meanwhile."),
        (call, Choice("done", words.say("No, thank you"))),
        banner,
    )


_CUT = mark("This kiosk is not connected now. Please ask at a counter.")


def help_banner(state: State) -> Banner | None:
    """Return, on every other page, that help was called or is coming."""
    words = state.words
    if state.help_coming is not None:
        return Banner("good", words.say("Help is coming from counter {counter}", counter=state.help_coming))
    return Banner("info", words.say("Staff were told, please stay here")) if state.visit.help == "told" else None


def pin_page(state: State) -> NumberPage:
    """Return the question for the PIN of staff; what is typed is not shown."""
    words, typed = state.words, state.visit.pin
    banner = None
    match state.visit.pin_trouble:
        case "wrong":
            banner = Banner("warn", words.say("The PIN is not correct"))
        case "locked":
            banner = Banner("warn", words.say("Too many wrong PINs, please wait"))
        case None:
            pass

    def key(name: str) -> Choice:
        return Choice(name, name, is_available=len(typed) < MOST_PIN_DIGITS)

    return NumberPage(
        title=words.say("Staff only: type your PIN"),
        hint="",
        typed=" ".join("*" * len(typed)),
        letters=(),
        digits=(*map(key, "123456789"), Choice("erase", words.say("Erase"), is_available=bool(typed)), key("0")),
        find=Choice("enter", words.say("Continue"), is_available=len(typed) >= PIN_DIGITS),
        banner=banner,
        kind="pin",
    )


def staff_page(state: State) -> StaffPage:
    """Return how the kiosk is, and what can be done here."""
    words, said = state.words, None
    match state.visit.staff_said:
        case "printing":
            said = Banner("info", words.say("The test page is being printed"))
        case "printed":
            said = Banner("good", words.say("The test page was printed"))
        case "failed":
            said = Banner("bad", words.say("The test page could not be printed"))
        case None:
            pass
    choices = [Choice("test", words.say("Print a test page"), icon="print")]
    if state.last_ticket is not None:
        again = words.say("Print {number} again", number=state.last_ticket.number)
        is_possible = state.offline_since is None
        choices.append(Choice("last", again, icon="confirmation_number", is_available=is_possible))
    if state.volume_percent is not None:
        choices.append(Choice("softer", words.say("Softer"), icon="volume_down"))
        choices.append(Choice("louder", words.say("Louder"), icon="volume_up"))
    choices += [
        Choice("restart", words.say("Restart this kiosk"), icon="restart_alt"),
        Choice("shut_down", words.say("Shut this kiosk down"), icon="power_settings_new"),
        Choice("done", words.say("Done"), icon="close"),
    ]
    volume = () if state.volume_percent is None else ((words.say("Volume"), f"{state.volume_percent} %"),)
    return StaffPage(words.say("For staff"), (*state.devices.items(), *volume), tuple(choices), said)
