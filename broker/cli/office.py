"""Commands that open the office or a part of it, and those that look whether all is well."""

from __future__ import annotations

import json
import logging
import os
import socket
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.bootstrap.process import run_broker
from broker.cli.becoming import become, become_module
from broker.cli.options import ConfigOption, DataOption, errors, say
from broker.config import check_settings, load_settings
from broker.config.environment import is_setting
from broker.config.machines import require_brokers_place, this_machine
from broker.config.pins import DEMO_PIN
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA, Settings
from broker.config.training import CONFIG as TRAINING_CONFIG
from broker.config.training import DEFAULT_FOLDER, FolderError, Ports, make_folder, training_text
from broker.doctor.command import CheckUp, run_checks
from broker.doctor.health import health, is_well
from broker.doctor.reloading import reload
from broker.layout import NotCheckedError, remarks, screen_reports, sentences
from broker.logs import log_to
from broker.server.addresses import free_port
from broker.up.office import Start, run_office
from hardware.files import write_whole

app = typer.Typer()
BESIDE, DEFAULT_WEB_PORT = 100, 8080
"""So far from the office's ports a training looks for free ones of its own."""


@app.command("check-config")
def check_config(
    path: Annotated[
        Path, typer.Argument(envvar="ANTREAN_CONFIG", readable=False, help="The file to check.")
    ] = DEFAULT_CONFIG,
    layout: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option(help="Also lay out every page of every screen with the office's own texts: some seconds.")
    ] = True,
) -> None:
    """Check a configuration file: every fault with its line, and exit 1 if there is one."""
    problems = check_settings(path, os.environ)
    for problem in problems:
        errors().print(
            f"{'warning' if problem.warning else 'error'}: {problem}", markup=False, highlight=False, soft_wrap=True
        )
    if any(not problem.warning for problem in problems):
        raise typer.Exit(1)
    if layout:
        _check_layout(path)
    Console(emoji=False).print(f"{path}: the configuration is good", markup=False, highlight=False, soft_wrap=True)


def _check_layout(path: Path) -> None:
    """Say which texts do not fit which screen, and end with 1 if there are any."""
    try:
        with errors().status("laying out every page of every screen"):
            reports = screen_reports(path, load_settings(path, os.environ))
    except NotCheckedError as error:
        raise typer.Exit(say(f"error: {error} (--no-layout leaves the screens out)")) from error
    wrong = [sentence for report in reports for sentence in sentences(report)]
    if wrong:
        raise typer.Exit(say(*wrong))
    for sentence in (sentence for report in reports for sentence in remarks(report)):
        errors().print(f"note: {sentence}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def up(  # noqa: PLR0917 - typer passes them by name
    config: ConfigOption = DEFAULT_CONFIG,
    data: Annotated[
        Path | None,
        typer.Option("--data", "-d", help="Everything that is written lies below this folder; a training has its own."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Play one visit on virtual screens, then end.")] = False,  # noqa: FBT002 - a flag
    pin: Annotated[str, typer.Option(help="The PIN with which the played visit signs in.")] = DEMO_PIN,
    training: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--training", help="Play a scripted day on emulators, in a folder and on ports of its own.")
    ] = False,
    pace: Annotated[float, typer.Option(min=0.5, max=20, help="Of a training: 2 is twice as fast.")] = 1.0,
    keep: Annotated[bool, typer.Option("--keep", help="Go on in the folder of the last training.")] = False,  # noqa: FBT002 - a flag
    machine: Annotated[
        str | None, typer.Option("--machine", help="Which of the machines in config.yaml this is; else by its name.")
    ] = None,
    screens: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--screens", help="Windows and devices alone: broker and pages run as services.")
    ] = False,
) -> None:
    """Open what the office has on this machine; on the only one, without a screen, play one visit on virtual ones."""
    settings = load_settings(config, os.environ)
    out = Console(emoji=False)

    def tell(line: str) -> None:
        out.print(line, markup=False, highlight=False, soft_wrap=True)

    if not training:
        folder = data or Path(os.environ.get("ANTREAN_DATA") or DEFAULT_DATA)
        which = this_machine(settings.machines, socket.gethostname(), machine)
        if once and (screens or (which is not None and not which.has_broker)):
            raise typer.Exit(say("--once plays a visit with a broker of its own: leave it out on a machine of screens"))
        log_to(folder, "up", lines=settings.logs)
        start = Start(
            settings=settings,
            config=config,
            data_dir=folder,
            once=once,
            pin=pin,
            tell=tell,
            machine=None if once else which,
            screens_only=screens,
        )
        raise typer.Exit(run_office(start))
    folder = data or DEFAULT_FOLDER
    try:
        make_folder(folder, keep=keep)
        own, environ = _training_config(config, folder, settings, pace)
    except FolderError as error:
        raise typer.Exit(say(str(error))) from None
    log_to(folder, "up", lines=settings.logs)
    start = Start(
        settings=load_settings(own, {}),
        config=own,
        data_dir=folder,
        once=once,
        pin=pin,
        tell=tell,
        training=pace,
        environ=environ,
    )
    raise typer.Exit(run_office(start))


def _training_config(config: Path, folder: Path, settings: Settings, pace: float) -> tuple[Path, dict[str, str]]:
    """Write a training's configuration; return where it is, and an environment without the office's own settings."""
    web = DEFAULT_WEB_PORT if settings.web is None else settings.web.port
    ports = Ports(free_port(settings.mqtt.port + BESIDE), free_port(web + BESIDE))
    own = folder / TRAINING_CONFIG
    write_whole(own, training_text(config, os.environ, ports, pace=pace).encode(), mode=0o600)
    return own, {name: value for name, value in os.environ.items() if not is_setting(name)}


@app.command("broker")
def broker_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Run the engine and, unless configured otherwise, the MQTT server."""
    settings = load_settings(config, os.environ)
    require_brokers_place(settings.machines, socket.gethostname())
    log_to(data, "broker", terminal=logging.INFO, lines=settings.logs)
    run_broker(settings, data, config=config)


@app.command("reload")
def reload_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Tell whether the broker works by this configuration, after it was asked to look at it again."""
    settings = load_settings(config, os.environ)
    is_so, told = reload(settings, config, data)
    Console(emoji=False).print(told, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if is_so else 1)


@app.command()
def kiosk(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which kiosk; the first by default.")] = None,
    learn_keys: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--learn-keys", help="Learn its tactile keypad, key by key, and write it into the file.")
    ] = False,
) -> None:
    """Open a kiosk window."""
    become("kiosk.learn_keys" if learn_keys else "kiosk", config, data, name)


@app.command()
def display(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which display; the first by default.")] = None,
) -> None:
    """Open a lobby display."""
    become("display", config, data, name)


@app.command()
def counter(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which counter; the first by default.")] = None,
) -> None:
    """Open an officer's window."""
    become("counter", config, data, name)


@app.command()
def keypads(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which line of keypads; the first by default.")] = None,
) -> None:
    """Serve the keypads of one line: counters without a PC."""
    become("counter.keypads", config, data, name, needs_screen=False)


@app.command()
def signs(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which line of signs; the first by default.")] = None,
) -> None:
    """Serve the LED signs of one line: at the counters, and the board of all calls."""
    become("display.signs", config, data, name, needs_screen=False)


@app.command()
def web(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[
        str | None, typer.Option("--id", help="On a further machine: web-2 or the like, from mqtt.devices.")
    ] = None,
) -> None:
    """Serve the pages on phones."""
    become("broker.web", config, data, name, needs_screen=False)


@app.command()
def doctor(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="The devices of this part alone; may be repeated.")
    ] = None,
    print_test: Annotated[bool, typer.Option("--print-test", help="Print a test page on each printer.")] = False,  # noqa: FBT002 - a flag
    say: Annotated[bool, typer.Option("--say", help="Announce a call at each display.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Check this machine, the office's truth and each device; exit 1 if anything is wrong."""
    log_to(data, "doctor", terminal=logging.CRITICAL)
    wanted = CheckUp(config=config, data_dir=data, only=frozenset(only or ()), prints=print_test, says=say)
    raise typer.Exit(run_checks(wanted, Console(emoji=False)))


@app.command("health")
def health_command(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one object.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Tell within seconds whether the office works; exit 1 where it does not. antrean doctor looks at devices, too."""
    findings = health(load_settings(config, os.environ), config, data)
    out = Console(emoji=False)
    if as_json:
        seen = [finding.model_dump(exclude_none=True) for finding in findings]
        out.print(json.dumps({"well": is_well(findings), "seen": seen}), markup=False, highlight=False, soft_wrap=True)
    else:
        for finding in findings:
            line = f"{finding.verdict}: {finding.subject}: {finding.seen}"
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if is_well(findings) else 1)


@app.command()
def devices() -> None:
    """List what is plugged in here, and the lines of config.yaml that would use it."""
    become_module("hardware.doctor.inventory")
