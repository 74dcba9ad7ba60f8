"""What this machine has libraries for: the extras that antrean was installed with. What is missing is one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, Literal

Extra = Literal["kiosk", "server", "postgres"]

_PROOF: Mapping[Extra, str] = {"kiosk": "kivy", "server": "starlette", "postgres": "psycopg"}
"""The module by which an extra is told to be there."""
_LACKING: Final[Mapping[Extra, str]] = {
    "kiosk": "screens and devices",
    "server": "pages and reports",
    "postgres": "way to PostgreSQL",
}
_BROUGHT_BY: Final[Mapping[str, Extra]] = {
    **dict.fromkeys(
        ("kivy", "Xlib", "escpos", "serial", "espeakng_loader", "num2words", "fontTools", "segno"), "kiosk"
    ),
    **dict.fromkeys(
        ("starlette", "uvicorn", "multipart", "jinja2", "weasyprint", "xlsxwriter", "vl_convert", "amqtt"), "server"
    ),
    "prometheus_client": "server",
    "psycopg": "postgres",
}


class MissingExtraError(Exception):
    """A part was asked for that is not installed here; the text says how it comes."""


def has_extra(extra: Extra) -> bool:
    """Tell whether the libraries of an extra are here."""
    return find_spec(_PROOF[extra]) is not None


def require_extra(extra: Extra | None) -> None:
    """Raise MissingExtraError where it is not here."""
    if extra is not None and not has_extra(extra):
        raise MissingExtraError(_sentence(extra))


def extra_of(module: str) -> Extra | None:
    """Return which extra a module of ours needs; None: it works wherever antrean is."""
    if module.startswith("broker"):
        return "server" if module.startswith("broker.web") else None
    return "kiosk"


def lacking(error: ImportError) -> str | None:
    """Return in a sentence which extra is missing; None where it is something else."""
    extra = _BROUGHT_BY.get((error.name or "").partition(".")[0])
    return None if extra is None else _sentence(extra)


def _sentence(extra: Extra) -> str:
    return f"this machine has no {_LACKING[extra]}: install antrean[{extra}]"
