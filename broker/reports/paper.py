"""A result as a page to hang up: A4, one side, read from two metres away."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import weasyprint
from PIL import ImageFile

from broker.reports.survey import Sheet
from hardware.typesetting.fonts import plain

ImageFile.LOAD_TRUNCATED_IMAGES = False
"""WeasyPrint lets every picture of the whole process be cut off, as it is imported; here that is a fault of a file."""

_TEMPLATES = Path(__file__).parent / "templates"


def pdf_of(sheet: Sheet) -> bytes:
    """Return the page as a PDF with its headings marked for screen readers. Takes about a second."""
    html = html_of(sheet)
    document: bytes = weasyprint.HTML(string=html, base_url=str(_TEMPLATES), url_fetcher=_Fetcher()).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return document


def html_of(sheet: Sheet) -> str:
    """Return the page as HTML."""
    family = plain()
    return _environment().get_template("survey.html").render(sheet=sheet, font=family.regular, bold=family.bold)


class _Fetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # untyped
    """Reads the fonts that come with us, and nothing else: no text of the page can make it ask for anything."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        parts = urlsplit(url)
        if parts.scheme != "file" or Path(parts.path) not in {plain().regular, plain().bold}:
            message = f"the page of results asks for {url}"
            raise ValueError(message)
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
