"""Commands that found an office: its configuration, an old one brought to today's shape, and what systemd starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

import typer
from rich.console import Console

from broker.care.founding import (
    ID,
    MOST_COUNTERS,
    Answers,
    Template,
    UsbPrinter,
    machine_zone,
    new_pins,
    template,
    written,
)
from broker.care.units import BY_HAND, CONFIG, OF_THE_PACKAGE, USER, hidden_by_home, service_files
from broker.cli.options import ConfigOption, errors, say
from broker.config import check_settings
from broker.config.document import read_document
from broker.config.patching import UnwritableError
from broker.config.settings import CONFIG_VERSION, DEFAULT_CONFIG
from broker.config.upgrading import upgraded_text, version_of
from hardware.files import not_for_others, write_whole
from hardware.usb_devices import usb_printers

app = typer.Typer()
ROOT = Path("/")


@app.command("init")
def init_command(
    config: ConfigOption = DEFAULT_CONFIG,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take every default.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Write a configuration for a new office by some questions; each has a default."""
    if config.exists():
        raise typer.Exit(say(f"{config} is there already, and stays as it is: name another file with --config"))
    origin = template()
    answers = _asked(origin, _Questions(is_silent=yes))
    pins = new_pins(answers.counters)
    write_whole(config, written(origin, answers, pins).encode(), durable=True, mode=0o640)
    if wrong := [str(problem) for problem in check_settings(config, {}) if not problem.warning]:
        config.unlink()  # else its PINs, which nobody was told, would be all that the office has
        raise typer.Exit(say(*wrong, f"so {config} was not left there: answer otherwise in a new antrean init"))
    _tell(f"written: {config}, for {answers.counters} counters and {len(answers.services)} services")
    _tell("The PINs, said this once (the file holds only what tells whether one is right):")
    for name, pin in pins.items():
        _tell(f"  {'the menu of staff at the kiosk' if name == 'kiosk' else name}: {pin}")
    if not answers.is_enforced:
        _tell("numbers are given out at any hour, until hours: enforced: true stands in the file")
    if answers.printer is None:
        _tell(
            "the ticket is drawn as a picture until a printer stands in the file: antrean devices lists what is there"
        )
    _tell("next: antrean up opens the office on this machine; antrean check-config looks at the file after a change")


@app.command("upgrade-config")
def upgrade_config(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring a configuration of an earlier version to today's shape, and keep a copy of what it was."""
    document = read_document(config)
    if document.problems:
        raise typer.Exit(say(*(str(problem) for problem in document.problems)))
    version = version_of(document.data)
    if version is None or version > CONFIG_VERSION:
        raise typer.Exit(say(*(str(problem) for problem in check_settings(config, {}))))
    if version == CONFIG_VERSION:
        _tell(f"{config} is of today's version, {CONFIG_VERSION}: nothing to do")
        return
    before = config.read_bytes()
    mode = not_for_others(config)
    try:
        text = upgraded_text(before.decode("utf-8-sig"))
    except UnwritableError as error:
        raise typer.Exit(say(f"{config} {error}: nothing was changed")) from error
    copy = config.with_name(f"{config.name}.version-{version}")
    if copy.exists():
        raise typer.Exit(say(f"{copy} is there already: put it aside first, so that no copy is lost"))
    write_whole(copy, before, durable=True, mode=mode)
    write_whole(config, text.encode(), durable=True, mode=mode)
    _tell(f"{config} is of version {CONFIG_VERSION} now; what it was is kept as {copy}")
    if wrong := [str(problem) for problem in check_settings(config, os.environ) if not problem.warning]:
        raise typer.Exit(say(*wrong))


@app.command("install-service")
def install_service(
    root: Annotated[
        Path, typer.Option("--root", help="Below which folder; another one is for making a package.")
    ] = ROOT,
    program: Annotated[
        Path | None, typer.Option("--program", help="The command antrean that is started; this one by default.")
    ] = None,
    package: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--package", help="Where a package keeps its files: for making one.")
    ] = False,
) -> None:
    """Write what systemd needs to open the office with the machine; start nothing yet."""
    started = program or Path(sys.executable).with_name("antrean")
    if hidden_by_home(started):
        sentence = f"{started} lies in a home, where the office's own user cannot read it: install antrean for the"
        raise typer.Exit(say(f"{sentence} machine, as docs/operations.md shows, then run this command of that one"))
    if not (root / started.relative_to("/") if package else started).is_file():
        raise typer.Exit(say(f"{started} is not there: name the command antrean with --program"))
    for path, text in service_files(started, OF_THE_PACKAGE if package else BY_HAND).items():
        target = root / path.relative_to("/")
        write_whole(target, text.encode(), durable=True, mode=0o755 if text.startswith("#!") else 0o644)
        _tell(f"written: {target}")
    if package:
        return
    _tell("next, as root:")
    _tell("  systemd-sysusers; systemd-tmpfiles --create; udevadm control --reload; systemctl daemon-reload")
    if not (root / CONFIG.relative_to("/")).exists():  # by the office's own user, whose file it is to be
        _tell(f"  runuser -u {USER} -- {started} init --config {CONFIG}")
    _tell("  systemctl enable --now antrean-broker antrean-web")
    _tell(
        "and where it has screens and no desktop, after apt-get install xserver-xorg xinit openbox x11-xserver-utils:"
    )
    _tell("  systemctl enable --now antrean-screens")


class _Questions:
    """Asks a person, again until the answer can be used; or takes the default of each question."""

    def __init__(self, *, is_silent: bool) -> None:
        self._is_silent = is_silent

    def ask(self, question: str, default: str, wrong: Callable[[str], str | None]) -> str:
        """Return an answer; `wrong` says in words what is not right about one."""
        if self._is_silent:
            return default
        while True:
            answer = str(typer.prompt(question, default=default)).strip()
            if (why := wrong(answer)) is None:
                return answer
            errors().print(why, markup=False, highlight=False, soft_wrap=True)

    def confirm(self, question: str, *, default: bool) -> bool:
        """Return whether it is so."""
        return default if self._is_silent else typer.confirm(question, default=default)


def _asked(origin: Template, questions: _Questions) -> Answers:
    languages = _listed(
        questions.ask(
            "Languages of the office, its own first (texts come in these; docs/languages.md tells how others do)",
            ", ".join(origin.languages),
            lambda said: _among(said, origin.languages),
        )
    )
    names: dict[str, str] = {}
    for language in languages:
        default = {"id": "Kantor Kami", "en": "Our Office"}.get(language, "Our Office")
        question = f"Name of the office, as it stands on screens and tickets ({language})"
        names[language] = questions.ask(question, default, lambda said: None if said else "a name is needed")
    id_ = questions.ask("Short name in small letters, never changed later", "office", _wrong_id)
    zone = questions.ask("Time zone", machine_zone(), _wrong_zone)
    services = tuple(origin.services)
    if not questions.confirm(f"All {len(services)} services of an immigration office?", default=True):
        for name, title in origin.services.items():
            errors().print(f"  {name}: {title}", markup=False, highlight=False, soft_wrap=True)
        said = questions.ask("Which", ", ".join(services), lambda answer: _among(answer, services))
        services = tuple(name for name in services if name in _listed(said))
    counters = int(questions.ask("How many counters", "3", _wrong_count))
    is_enforced = questions.confirm("Give out numbers in opening hours alone?", default=False)
    return Answers(id_, names, zone, services, counters, _printer(questions), is_enforced)


def _printer(questions: _Questions) -> UsbPrinter | None:
    """Return the printer for the tickets: one that is plugged in and wanted."""
    for found in usb_printers():
        name = found.name or "a USB printer"
        if questions.confirm(f"Print tickets on {name} ({found.vendor}:{found.product})?", default=True):
            return UsbPrinter(found.vendor, found.product, name)
    return None


def _listed(said: str) -> list[str]:
    return list(dict.fromkeys(said.replace(",", " ").split()))


def _among(said: str, known: tuple[str, ...]) -> str | None:
    others = [word for word in _listed(said) if word not in known]
    if others or not _listed(said):
        return f"{', '.join(others) or 'nothing'} is not among: {', '.join(known)}"
    return None


def _wrong_id(said: str) -> str | None:
    return None if ID.fullmatch(said) else "1 to 32 small letters, digits, - or _, beginning with a letter or digit"


def _wrong_zone(said: str) -> str | None:
    return None if said in available_timezones() else "no such time zone: it is written as Asia/Makassar is"


def _wrong_count(said: str) -> str | None:
    is_right = said.isascii() and said.isdecimal() and 1 <= int(said) <= MOST_COUNTERS
    return None if is_right else f"a figure from 1 to {MOST_COUNTERS}"


def _tell(line: str) -> None:
    Console(emoji=False).print(line, highlight=False, markup=False, soft_wrap=True)
