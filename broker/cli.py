"""The command `antrean`: starts parts of the office, never decides. Errors are sentences, not tracebacks."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from broker.bootstrap.process import AlreadyRunningError, run_broker
from broker.config import ConfigError, Settings, check_settings, load_settings
from broker.config.pins import DEMO_PIN
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.doctor.command import CheckUp, run_checks
from broker.domain.outcomes import score
from broker.logs import log_to
from broker.ports import StorageError
from broker.server import ServerError
from broker.simulate.command import Run, simulate
from broker.simulate.offices import POLICIES, Demand, PolicyName, configured_plan, made_up_plan
from broker.simulate.plan import SHIFTING, STEADY
from broker.simulate.report import promises_table
from broker.store.sql import SqlStore, require_database, resolve_url
from broker.up.emulated import keypad_arguments, printer_arguments, scanner_arguments, sign_arguments
from broker.up.office import Start, run_office
from broker.up.screens import has_screen
from hardware.emulators.control import socket_path
from hardware.emulators.control import tell as send_command

Section = TypeVar("Section")

app = typer.Typer(
    help="The queue of a public office: kiosk, counters, lobby display.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
journal = typer.Typer(help="The append-only record of all that happened.", no_args_is_help=True)
app.add_typer(journal, name="journal")
emulate = typer.Typer(help="Devices without hardware, to try out and to learn on.", no_args_is_help=True)
app.add_typer(emulate, name="emulate")
voice = typer.Typer(help="What the lobby hears: try it, or have it recorded by a person.", no_args_is_help=True)
app.add_typer(voice, name="voice")
printer = typer.Typer(help="A kiosk's ticket printer.", no_args_is_help=True)
app.add_typer(printer, name="printer")

ConfigOption = Annotated[Path, typer.Option("--config", "-c", readable=False, help="The office's configuration file.")]
FileArgument = Annotated[Path, typer.Argument(readable=False, help="The file to check.")]
LanguageOption = Annotated[list[str] | None, typer.Option("--language", help="Of the office's languages, only this.")]
SoundOption = Annotated[str | None, typer.Option("--id", help="Whose sound; the first display's by default.")]
DataOption = Annotated[Path, typer.Option("--data", "-d", help="Everything that is written lies below this folder.")]


def main() -> int:
    """Run the command; every foreseen failure is one or more sentences and exit code 1."""
    try:
        app()
    except ConfigError as error:
        return _say(*(str(problem) for problem in error.problems))
    except (AlreadyRunningError, StorageError, ServerError) as error:
        return _say(str(error))
    except OSError as error:  # a data folder that cannot be written, a disk that is full
        return _say(f"{error.strerror or error}: {error.filename or ''}".removesuffix(": "))
    return 0


@app.command("check-config")
def check_config(
    path: Annotated[Path, typer.Argument(readable=False, help="The file to check.")] = DEFAULT_CONFIG,
) -> None:
    """Check a configuration file: every fault with its line, and exit 1 if there is one."""
    problems = check_settings(path, os.environ)
    for problem in problems:
        _err().print(
            f"{'warning' if problem.warning else 'error'}: {problem}", markup=False, highlight=False, soft_wrap=True
        )
    if any(not problem.warning for problem in problems):
        raise typer.Exit(1)
    Console().print(f"{path}: the configuration is good", markup=False, highlight=False, soft_wrap=True)


@app.command()
def up(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    once: Annotated[bool, typer.Option("--once", help="Play one visit on virtual screens, then end.")] = False,  # noqa: FBT002 - a flag
    pin: Annotated[str, typer.Option(help="The PIN with which the played visit signs in.")] = DEMO_PIN,
) -> None:
    """Open the whole office on this machine; without a screen, play one visit on virtual ones."""
    settings = load_settings(config, os.environ)
    log_to(data, "up")
    out = Console()
    start = Start(
        settings=settings,
        config=config,
        data_dir=data,
        once=once,
        pin=pin,
        tell=lambda line: out.print(line, markup=False, highlight=False, soft_wrap=True),
    )
    raise typer.Exit(run_office(start))


@app.command("broker")
def broker_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Run the engine and, unless configured otherwise, the MQTT server."""
    settings = load_settings(config, os.environ)
    log_to(data, "broker", terminal=logging.INFO)
    run_broker(settings, data)


@app.command()
def kiosk(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which kiosk; the first by default.")] = None,
) -> None:
    """Open a kiosk window."""
    _become("kiosk", config, data, name)


@app.command()
def display(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which display; the first by default.")] = None,
) -> None:
    """Open a lobby display."""
    _become("display", config, data, name)


@app.command()
def counter(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which counter; the first by default.")] = None,
) -> None:
    """Open an officer's window."""
    _become("counter", config, data, name)


@app.command()
def keypads(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which line of keypads; the first by default.")] = None,
) -> None:
    """Serve the keypads of one line: counters without a PC."""
    _become("counter.keypads", config, data, name, needs_screen=False)


@app.command()
def signs(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--id", help="Which line of signs; the first by default.")] = None,
) -> None:
    """Serve the LED signs of one line: at the counters, and the board of all calls."""
    _become("display.signs", config, data, name, needs_screen=False)


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
    raise typer.Exit(run_checks(wanted, Console()))


@app.command()
def devices() -> None:
    """List what is plugged in here, and the lines of config.yaml that would use it."""
    _become_module("hardware.inventory")


@app.command("simulate")
def simulate_command(  # noqa: PLR0917 - typer passes them by name
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Play this office; else one made up.")] = None,
    days: Annotated[int, typer.Option(min=1, help="Working days to play.")] = 20,
    policy: Annotated[PolicyName | None, typer.Option(help="Whose turn it is; else as configured.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Set all policies side by side.")] = False,  # noqa: FBT002 - a flag
    shifting: Annotated[bool, typer.Option("--shifting", help="Counters come and go.")] = False,  # noqa: FBT002 - a flag
    counters: Annotated[int, typer.Option(min=1, max=99, help="Counters of a made-up office.")] = 5,
    hours: Annotated[float, typer.Option(min=0.5, max=14, help="Intake of a made-up office, from 08:00.")] = 4,
    service_mean_min: Annotated[float, typer.Option(min=0.1, max=480, help="Mean visit in a made-up office.")] = 8,
    arrivals_per_hour: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Visitors; else as many as keep the counters busy.")
    ] = None,
    priority_share: Annotated[float, typer.Option(min=0, max=1, help="Share of visitors in priority lanes.")] = 0.25,
    variation: Annotated[float, typer.Option(min=0, max=3, help="Deviation / mean of a visit's length.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed brings the same visitors.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    plot: Annotated[Path | None, typer.Option(help="Draw the waits into this SVG file.")] = None,
) -> None:
    """Play office days on the rules of the queue: who waits how long, and what announced waits are worth."""
    demand = Demand(arrivals_per_hour, priority_share, variation, SHIFTING if shifting else STEADY, seed)
    if config is None:
        plan = made_up_plan(demand, counters=counters, mean_min=service_mean_min, hours=hours)
    else:
        plan = configured_plan(load_settings(config, os.environ), demand)
    chosen = POLICIES if compare else (() if policy is None else (policy,))
    simulate(Run(plan, chosen, days, jobs, plot), Console())


@app.command("waits")
def waits_command(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 30,
) -> None:
    """Tell what the waits that were announced to visitors were worth."""
    settings = load_settings(config, os.environ)
    store = _existing_store(settings, data)
    since = dt.datetime.now(settings.office.zone) - dt.timedelta(days=days)
    outcomes = store.outcomes(since)
    store.close()
    by_lane = {lane.id: [outcome for outcome in outcomes if outcome.lane == lane.id] for lane in settings.lanes}
    scores = {"all": score(outcomes), **{lane: score(some) for lane, some in by_lane.items()}}
    Console().print(promises_table(scores))


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
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Be the printer of a kiosk that is of type network at 127.0.0.1, or serial with the url pty:NAME, until Ctrl-C."""
    found = {entry.id: entry for entry in load_settings(config, os.environ).kiosks}
    chosen = next(iter(found)) if name is None else name
    _be_device(chosen, found, "kiosk", printer_arguments, config=config, data=data)


@journal.command()
def verify(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Walk the chain of hashes; exit 1 at the first line that was altered or removed."""
    settings = load_settings(config, os.environ)
    store = _existing_store(settings, data)
    broken = store.verify()
    store.close()
    if broken is not None:
        _say(f"the journal is broken at line {broken.seq}: {broken.why}")
        raise typer.Exit(1)
    Console().print("the journal is whole", highlight=False)


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
    _become("kiosk.printer_tool", config, data, name, needs_screen=False)


@printer.command("new-roll")
def printer_new_roll(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    name: Annotated[str | None, typer.Option("--kiosk", help="Which kiosk; the first by default.")] = None,
    spare: Annotated[bool, typer.Option("--spare", help="The roll of the second printer.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Count the paper anew: a new roll was put in before the old one had run out. The kiosk may go on running."""
    given = ["--spare"] if spare else []
    _become_module("kiosk.roll_tool", *_office(config, data, name), *given)


@app.command()
def tell(
    device: Annotated[str, typer.Argument(help="An emulated device, such as printer: a name in var/devices.")],
    command: Annotated[list[str], typer.Argument(help="What it is to do, such as paper_out; help lists it.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Send a command to an emulated device that is running: let its paper run out, and put in a new roll."""
    path = socket_path(data, device)
    try:
        answer = send_command(path, " ".join(command))
    except OSError:
        running = ", ".join(sorted(entry.stem for entry in path.parent.glob("*.sock"))) or "none"
        raise typer.Exit(_say(f"no emulated device {device!r} is running; running: {running}")) from None
    Console().print(answer, markup=False, highlight=False, soft_wrap=True)


def _existing_store(settings: Settings, data: Path) -> SqlStore:
    """Return the office's store; `StorageError` where there is none: an empty new one would prove nothing."""
    url = resolve_url(settings.store.url, data)
    require_database(url)
    return SqlStore(url, settings.office.id)


def _require_screen() -> None:
    """End with a sentence where no window could be seen: the window library would open one that nobody sees."""
    if not has_screen(os.environ) and "SDL_VIDEODRIVER" not in os.environ:
        raise typer.Exit(_say("there is no screen here: start this in a desktop session, or set DISPLAY"))


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
        raise typer.Exit(_say(f"{config} has no {kind} {name!r}; it has: {', '.join(found) or 'none'}"))
    try:
        arguments = arguments_of(found[name], data)
    except ValueError as error:
        raise typer.Exit(_say(str(error))) from error
    _become_module("hardware.emulators", *arguments)


def _become(part: str, config: Path, data: Path, name: str | None, *, needs_screen: bool = True) -> None:
    """Become the process of a part: those above the broker are never imported here."""
    if needs_screen:
        _require_screen()
    _become_module(part, *_office(config, data, name))


def _become_module(module: str, *arguments: str) -> None:
    """Become another of our programs, one that may do what the broker may not."""
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - no shell, our own module


def _office(config: Path, data: Path, name: str | None) -> list[str]:
    """Return the arguments that every part understands."""
    return ["--config", str(config), "--data", str(data), *(() if name is None else ("--id", name))]


def _become_voice(task: str, config: Path, data: Path, name: str | None, given: list[str]) -> None:
    """Become the tool for the display's voice; it needs no screen."""
    _become_module("display.voice_tool", task, *_office(config, data, name), *given)


def _languages(chosen: list[str] | None) -> list[str]:
    return [word for language in chosen or () for word in ("--language", language)]


def _say(*sentences: str) -> int:
    for sentence in sentences:
        _err().print(sentence, markup=False, highlight=False, soft_wrap=True)
    return 1


def _err() -> Console:
    return Console(stderr=True)
