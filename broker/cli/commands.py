"""The command `antrean`: starts parts of the office, never decides. Errors are sentences, not tracebacks."""

from __future__ import annotations

import typer

from broker.bootstrap.process import AlreadyRunningError
from broker.cli import advice, care, devices, figures, founding, logins, office, reports, surveys
from broker.cli.options import say
from broker.config import ConfigError
from broker.config.logins import LoginError
from broker.config.machines import MachineError
from broker.extras import MissingExtraError, lacking
from broker.ports import StorageError
from broker.server.certificates import CertificateError
from broker.server.start import ServerError
from hardware.files import for_us_alone

FORESEEN = (
    *(AlreadyRunningError, CertificateError, LoginError, MachineError, MissingExtraError),
    *(StorageError, ServerError),
)
"""What may go wrong anywhere and says by itself what to do."""

app = typer.Typer(
    help="The queue of a public office: kiosk, counters, lobby display.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (office, founding, care, logins, figures, devices, surveys, reports, advice):
    app.add_typer(group.app)


def main() -> int:
    """Run the command; every foreseen failure is one or more sentences and exit code 1."""
    for_us_alone()
    try:
        app()
    except ConfigError as error:
        return say(*(str(problem) for problem in error.problems))
    except FORESEEN as error:
        return say(str(error))
    except ImportError as error:
        if (sentence := lacking(error)) is None:
            raise
        return say(sentence)
    except OSError as error:  # a data folder that cannot be written, a disk that is full
        return say(f"{error.strerror or error}: {error.filename or ''}".removesuffix(": "))
    return 0
