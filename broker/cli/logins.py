"""Commands that give a machine its login, and take it back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.care.provision import adopt, command_of, provision, provision_machine, remote_host_fault, revoke
from broker.cli.options import ConfigOption, DataOption, say
from broker.config import load_settings
from broker.config.logins import clients_of, read_book
from broker.config.machines import this_machine
from broker.config.settings import CA, DEFAULT_CONFIG, DEFAULT_DATA
from broker.server.certificates import authority_of, make_certificates
from hardware.files import write_whole

app = typer.Typer()


@app.command("provision")
def provision_command(  # noqa: PLR0917 - typer passes them by name
    name: Annotated[str | None, typer.Argument(help="The id of the device: kiosk-1, counter-3, web.")] = None,
    machine: Annotated[
        str | None, typer.Option("--machine", help="Instead of a device: all that config.yaml gives this machine.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The folder to make; the id by default.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    list_: Annotated[bool, typer.Option("--list", help="Tell who has a login of their own.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Give one machine logins of its own: a folder with its passwords and configuration, to be carried there."""
    settings, now = load_settings(config, os.environ), dt.datetime.now().astimezone()
    if machine is not None and name is not None:
        raise typer.Exit(say(f"either a device or --machine: {machine} gets logins for all that it opens"))
    if list_ or (name is None and machine is None):
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
    whole = this_machine(settings.machines, "", machine) if machine is not None else None
    if whole is not None:
        bundle = provision_machine(settings, config, data, whole, to or Path(whole.id), now=now)
        holds, command = f"the passwords of {', '.join(whole.opens)}", f"antrean up --machine {whole.id}"
    else:
        name = str(name)
        bundle = provision(settings, config, data, [name], to or Path(name), now=now)
        holds, command = f"the password of {name}", command_of(settings, name) or ""
    _tell(f"made: {bundle.folder}. It holds {holds}: carry it there, and leave no copy")
    _tell(
        f"on that machine, in this folder: {command}"
        if command
        else f"it logs in as {name} with the line in {DEFAULT_DATA}/logins/{name}"
    )
    _tell("the broker lets it in now" if bundle.counts else "no broker works here now: it counts from its next start")
    if bundle.pages is not None and settings.web is not None and settings.web.staff == "everywhere":
        until = f"{bundle.pages.until.astimezone():%Y-%m-%d}"
        _tell(f"staff find its pages by https, port {settings.web.tls_port}, at: {', '.join(bundle.pages.names)}")
        _tell(f"is its address missing? Write it into tls_names and provision again. Again, too, before {until}")
    if fault := remote_host_fault(settings):
        say(f"note: {fault}")


@app.command("adopt")
def adopt_command(
    folder: Annotated[Path, typer.Argument(help="What antrean provision has made, such as on a USB stick.")],
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """On a machine of screens: take in what it was given, in place of carrying each file to where it belongs."""
    parts = adopt(folder, config, data)
    _tell(f"this machine has logins for {', '.join(parts)}; its configuration is {config}")
    _tell("delete the folder that it came in; then: antrean up, or systemctl enable --now antrean-screens")


@app.command("ca")
def ca_command(
    to: Annotated[Path | None, typer.Option("--to", help="Where to lay it, such as on a USB stick.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Give out by what browsers of other machines know this office: no secret, but nobody else may change it."""
    settings = load_settings(config, os.environ)
    if settings.tls == "none":
        raise typer.Exit(say(f"{config} says tls: none, so nothing is encrypted: write tls: own first"))
    make_certificates(settings, data, dt.datetime.now(dt.UTC))
    found = authority_of(data)
    if to is not None:
        write_whole(to / "antrean-ca.crt" if to.is_dir() else to, (data / CA).read_bytes(), mode=0o644)
    _tell(f"{data / CA if to is None else to}, SHA-256: {'' if found is None else found.fingerprint}")
    _tell("let the browser trust it for websites, once a machine, and compare these figures there: docs/operations.md")


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
    Console(emoji=False).print(line, highlight=False, markup=False, soft_wrap=True)
