"""Commands that give a machine its login, and take it back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.care.provision import provision, remote_host_fault, revoke
from broker.cli.options import ConfigOption, DataOption, say
from broker.config import load_settings
from broker.config.logins import clients_of, read_book
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA

app = typer.Typer()


@app.command("provision")
def provision_command(
    name: Annotated[str | None, typer.Argument(help="The id of the device: kiosk-1, counter-3, web.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The folder to make; the device's id by default.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    list_: Annotated[bool, typer.Option("--list", help="Tell who has a login of their own.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Give one machine a login of its own: a folder with its password and configuration, to be carried there."""
    settings = load_settings(config, os.environ)
    if list_ or name is None:
        book = read_book(data)
        for client in clients_of(settings):
            login = book.get(client)
            if login is not None:
                _tell(f"{client}: {'revoked' if login.is_revoked else 'its own login'} since {login.since}")
        gone = ", ".join(sorted(set(book) - set(clients_of(settings))))
        if gone:
            _tell(f"not in {config} any more, so not let in: {gone}")
        if not book:
            _tell("no device has a login of its own yet: antrean provision NAME")
        return
    bundle = provision(settings, config, data, name, to or Path(name), now=dt.datetime.now().astimezone())
    _tell(f"made: {bundle.folder}. It holds the password of {name}: carry it there, and leave no copy")
    _tell(
        f"on that machine, in this folder: {bundle.command}"
        if bundle.command
        else f"it logs in as {name} with the line in {DEFAULT_DATA}/logins/{name}"
    )
    _tell("the broker lets it in now" if bundle.counts else "no broker works here now: it counts from its next start")
    if fault := remote_host_fault(settings):
        say(f"note: {fault}")


@app.command("revoke")
def revoke_command(
    name: Annotated[str, typer.Argument(help="The id of the device that is to be let in no more.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """End the login of one machine at once, such as of one that was stolen."""
    counts = revoke(data, name, now=dt.datetime.now().astimezone())
    _tell(
        f"{name} is let in no more, and was thrown out"
        if counts
        else f"{name} is let in no more, from the next start of the broker: none works in {data} now"
    )


def _tell(line: str) -> None:
    Console().print(line, highlight=False, markup=False, soft_wrap=True)
