"""Commands for devices: emulated ones, the voice of the lobby, the ticket printer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from broker.cli.becoming import become_module, office_arguments
from broker.cli.options import ConfigOption, DataOption, say
from broker.config import load_settings
from broker.config.printers import MAIN, SPARE
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.up.emulated import keypad_arguments, printer_arguments, scanner_arguments, sign_arguments
from hardware.emulators.control import socket_path
from hardware.emulators.control import tell as send_command

Section = TypeVar("Section")

app = typer.Typer()
emulate = typer.Typer(help="Devices without hardware, to try out and to learn on.", no_args_is_help=True)
app.add_typer(emulate, name="emulate")
voice = typer.Typer(help="What the lobby hears: try it, or have it recorded by a person.", no_args_is_help=True)
app.add_typer(voice, name="voice")
printer = typer.Typer(help="A kiosk's ticket printer.", no_args_is_help=True)
app.add_typer(printer, name="printer")

LanguageOption = Annotated[list[str] | None, typer.Option("--language", help="Of the office's languages, only this.")]
SoundOption = Annotated[str | None, typer.Option("--id", help="Whose sound; the first display's by default.")]


@emulate.command("keypad")
def emulate_keypads(
    name: Annotated[str, typer.Option("--bus", help="Which line of keypads.")],
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Be the keypads of a line whose url is pty:NAME or socket://127.0.0.1:PORT, until Ctrl-C."""
    found = {entry.id: entry for entry in load_settings(config, os.environ).keypads}
    _be_device(name, found, "keypads", keypad_arguments, config=config, data=data)


@emulate.command("sign")
def emulate_signs(
    name: Annotated[str, typer.Option("--bus", help="Which line of signs.")],
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Be the LED signs of a line whose url is pty:NAME or socket://127.0.0.1:PORT, until Ctrl-C."""
    found = {entry.id: entry for entry in load_settings(config, os.environ).signs}
    _be_device(name, found, "signs", sign_arguments, config=config, data=data)


@emulate.command("scanner")
def emulate_scanner(
    name: Annotated[str, typer.Option("--kiosk", help="Whose scanner.")],
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Be a kiosk's code scanner whose url is pty:NAME or socket://127.0.0.1:PORT, until Ctrl-C."""
    found = {entry.id: entry for entry in load_settings(config, os.environ).kiosks}
    _be_device(name, found, "kiosk", scanner_arguments, config=config, data=data)


@emulate.command("printer")
def emulate_printer(
    name: Annotated[str | None, typer.Option("--kiosk", help="Whose printer; the first kiosk's by default.")] = None,
    spare: Annotated[bool, typer.Option("--spare", help="The kiosk's second printer.")] = False,  # noqa: FBT002 - a flag
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Be the printer of a kiosk that is of type network at 127.0.0.1, or serial with the url pty:NAME, until Ctrl-C."""
    found = {entry.id: entry for entry in load_settings(config, os.environ).kiosks}
    chosen = next(iter(found)) if name is None else name
    arguments = partial(printer_arguments, name=SPARE if spare else MAIN)
    _be_device(chosen, found, "kiosk", arguments, config=config, data=data)


@voice.command("export")
def voice_export(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: SoundOption = None,
    language: LanguageOption = None,
    to: Annotated[Path | None, typer.Option("--to", help="The folder; else the configured one.")] = None,
) -> None:
    """Write what has to be recorded, and synthesised clips to start from; recordings that are there stay."""
    given = [] if to is None else ["--to", str(to)]
    _become_voice("export", config, data, name, [*_languages(language), *given])


@voice.command("say")
def voice_say(  # noqa: PLR0917 - typer passes them by name
    number: Annotated[str, typer.Argument(help="A number, such as A-012.")],
    counter: Annotated[str, typer.Argument(help="A counter's label, such as 3.")],
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: SoundOption = None,
    language: LanguageOption = None,
    lane: Annotated[str | None, typer.Option(help="Whose chime; the first lane's by default.")] = None,
    player: Annotated[str | None, typer.Option(help="auto, aplay, file or null; else as configured.")] = None,
) -> None:
    """Let a call be heard as the lobby would hear it."""
    given = [word for key, value in (("--lane", lane), ("--player", player)) if value for word in (key, value)]
    _become_voice("say", config, data, name, [*_languages(language), *given, "--", number, counter])


@printer.command("logo")
def printer_logo(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--kiosk", help="Which kiosk; the first by default.")] = None,
) -> None:
    """Store the configured logo in the printer's own memory, once, and print a paper that shows it."""
    become_module("kiosk.paper.commands", "logo", *office_arguments(config, data, name))


@printer.command("new-roll")
def printer_new_roll(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--kiosk", help="Which kiosk; the first by default.")] = None,
    spare: Annotated[bool, typer.Option("--spare", help="The roll of the second printer.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Count the paper anew: a new roll was put in before the old one had run out. The kiosk may go on running."""
    given = ["--spare"] if spare else []
    become_module("kiosk.paper.commands", "new-roll", *office_arguments(config, data, name), *given)


@app.command()
def tell(
    device: Annotated[str, typer.Argument(help="An emulated device, such as printer: a name in var/devices.")],
    command: Annotated[
        list[str], typer.Argument(help="What it is to do, such as paper_out; a wrong one lists them all.")
    ],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Send a command to an emulated device that is running: let its paper run out, and put in a new roll."""
    path = socket_path(data, device)
    try:
        answer = send_command(path, " ".join(command))
    except OSError:
        running = ", ".join(sorted(entry.stem for entry in path.parent.glob("*.sock"))) or "none"
        raise typer.Exit(say(f"no emulated device {device!r} is running below {data}; running: {running}")) from None
    if answer.startswith("?"):
        raise typer.Exit(say(answer.removeprefix("?").strip()))
    Console(emoji=False).print(answer, markup=False, highlight=False, soft_wrap=True)


def _be_device(
    name: str,
    found: Mapping[str, Section],
    kind: str,
    arguments_of: Callable[[Section, Path], list[str]],
    *,
    config: Path,
    data: Path,
) -> None:
    """Become an emulated device, as the section called `name` describes it."""
    if name not in found:
        raise typer.Exit(say(f"{config} has no {kind} {name!r}; it has: {', '.join(found) or 'none'}"))
    try:
        arguments = arguments_of(found[name], data)
    except ValueError as error:
        raise typer.Exit(say(str(error))) from error
    become_module("hardware.emulators", *arguments)


def _become_voice(task: str, config: Path, data: Path, name: str | None, given: list[str]) -> None:
    """Become the tool for the display's voice; it needs no screen."""
    become_module("display.recording", task, *office_arguments(config, data, name), *given)


def _languages(chosen: list[str] | None) -> list[str]:
    return [word for language in chosen or () for word in ("--language", language)]
