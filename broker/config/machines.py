"""Which machine opens what: `machines:` of config.yaml, and which of them this one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import Field

from broker.config.faults import Fault, PathKey, did_you_mean
from broker.config.identifier import Identifier
from broker.config.schema import child, entries, known_ids, words
from broker.config.section import SettingsModel
from broker.contract.topics import ENGINE_CLIENT, WEB_CLIENT
from broker.loopback import is_loopback
from hardware.config import Host

SECTIONS: Final = ("kiosks", "displays", "counters", "keypads", "signs")
"""The lists whose entries stand at a machine."""


class Machine(SettingsModel):
    """One computer of the office, and what `antrean up` opens on it."""

    id: Identifier
    host: Host | None = None
    """What the machine calls itself, as `hostname` says it; None: as its id."""
    opens: tuple[Identifier, ...] = Field(min_length=1)
    """Ids of kiosks, displays, counters, lines of keypads and signs; `broker`, and `web`."""

    @property
    def has_broker(self) -> bool:
        """Tell whether the broker works here."""
        return ENGINE_CLIENT in self.opens

    def is_called(self, hostname: str) -> bool:
        """Tell whether a machine of this name is meant: the network's part of a name, and capitals, do not count."""
        return _short(self.host or self.id) == _short(hostname)


class MachineError(Exception):
    """Nobody can tell which machine this is, or it is the wrong one; the text says what to do."""


def this_machine(machines: Sequence[Machine], hostname: str, name: str | None = None) -> Machine | None:
    """Return which machine this is, by `name` or else by what it calls itself; None where the office lists none.

    Raises MachineError where it lists others alone.
    """
    known = ", ".join(one.id if one.host is None else f"{one.id} (called {one.host})" for one in machines)
    if name is not None:
        found = next((one for one in machines if one.id == name), None)
        if found is None:
            message = f'"{name}" is none of the machines in config.yaml' + (
                f"; it has: {known}" if machines else ": it has no section machines, so leave --machine out"
            )
            raise MachineError(message)
        return found
    if not machines:
        return None
    found = next((one for one in machines if one.is_called(hostname)), None)
    if found is None:
        message = (
            f"this machine calls itself {hostname}, and config.yaml has the machines {known}: "
            f"name one by --machine, or write host: {hostname} to the one that this is"
        )
        raise MachineError(message)
    return found


def require_brokers_place(machines: Sequence[Machine], hostname: str) -> None:
    """Raise MachineError where the broker belongs to another machine: a second one would have a queue of its own."""
    here = next((one for one in machines if one.is_called(hostname)), None)
    if here is not None and not here.has_broker:
        where = next((one.id for one in machines if one.has_broker), "another one")
        message = (
            f"this machine is {here.id}, and config.yaml gives the broker to {where}: start it there, or write "
            f"{ENGINE_CLIENT} into what {here.id} opens, and nowhere else"
        )
        raise MachineError(message)


def machine_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield what does not fit between machines, and what is left out by all of them."""
    machines = entries(data, "machines")
    if not machines:
        return
    has_web = isinstance(data.get("web"), dict)
    known = [
        ENGINE_CLIENT,
        *([WEB_CLIENT] if has_web else []),
        *(one for name in SECTIONS for one in known_ids(data, name)),
    ]
    opened: dict[str, str] = {}
    names: dict[str, str] = {}
    for path, machine in machines:
        name = str(machine.get("id"))
        called = _short(str(machine.get("host") or name))
        if called in names:
            key = "host" if machine.get("host") else "id"
            yield Fault((*path, key), f'"{called}" is already what {names[called]} is called')
        names.setdefault(called, name)
        for index, word in enumerate(words(machine, "opens")):
            place: PathKey = (*path, "opens", index)
            if word == WEB_CLIENT and not has_web:
                yield Fault(place, "there are no pages for phones to be opened", "add the section web")
            elif word and word not in known:
                hint = did_you_mean(word, known) or f"known: {', '.join(known)}"
                yield Fault(place, f'"{word}" is nothing that a machine could open', hint)
            elif word in opened:
                where = "here" if opened[word] == name else f"by {opened[word]}"
                yield Fault(place, f'"{word}" is opened {where} already: each stands at one machine')
            opened.setdefault(word, name)
    if ENGINE_CLIENT not in opened:
        message = "give the broker to none of them: without it nobody gets a number"
        yield Fault(("machines",), message, f"write {ENGINE_CLIENT} into what one of them opens")
    yield from _left_out(data, opened, has_web=has_web)
    yield from _unreachable(data, len(machines))


def _left_out(data: Mapping[str, object], opened: Mapping[str, str], *, has_web: bool) -> Iterator[Fault]:
    """Warn of what no machine opens; a counter may have a keypad alone."""
    with_pad = {pad.get("counter") for _, line in entries(data, "keypads") for _, pad in entries(line, "pads")}
    for section in SECTIONS:
        for path, entry in entries(data, section):
            name = entry.get("id")
            if isinstance(name, str) and name not in opened and not (section == "counters" and name in with_pad):
                yield Fault((*path, "id"), f'"{name}" is opened by none of the machines', warning=True)
    if has_web and WEB_CLIENT not in opened:
        yield Fault(("web",), "is opened by none of the machines", f"write {WEB_CLIENT} into one", warning=True)


def _unreachable(data: Mapping[str, object], machines: int) -> Iterator[Fault]:
    """Warn where other machines cannot get to the broker."""
    host, listen = (child(child(data, "mqtt"), key) or "127.0.0.1" for key in ("host", "listen"))
    if machines > 1 and isinstance(host, str) and is_loopback(host):
        message = "is this machine alone, and there are several: they would look for the broker each on itself"
        hint = "write the address of the broker's machine"
        yield Fault(("mqtt", "host"), message, hint, warning=True)
        return
    is_ours = child(child(data, "mqtt"), "server") != "external"
    if machines > 1 and is_ours and isinstance(listen, str) and is_loopback(listen):
        message = "answers this machine alone, and there are several"
        yield Fault(("mqtt", "listen"), message, 'write listen: "0.0.0.0"', warning=True)


def _short(name: str) -> str:
    return name.partition(".")[0].lower()
