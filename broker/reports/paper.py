"""A result of a survey as a page to hang up, A4, one side, read from two metres away; a report as its pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import weasyprint
from PIL import ImageFile

from broker.reports.sheet import ReportSheet
from broker.reports.survey import Sheet
from hardware.typesetting.fonts import plain

ImageFile.LOAD_TRUNCATED_IMAGES = False
"""WeasyPrint lets every picture of the whole process be cut off, as it is imported; here that is a fault of a file."""

_ZOOMS = (1.0, 0.95, 0.9, 0.85, 0.8)
_OPTIONS = {"pdf_variant": "pdf/ua-1"}
_TEMPLATES = Path(__file__).parent / "templates"


def pdf_of(sheet: Sheet) -> bytes:
    """Return the page as a PDF with its headings marked for screen readers. Takes about a second.

    Where there is much to say all of it is drawn smaller, rather than that a second page hangs behind the first.
    """
    for zoom in _ZOOMS:
        source = weasyprint.HTML(string=html_of(sheet, zoom), base_url=str(_TEMPLATES), url_fetcher=_Fetcher())
        document = source.render(**_OPTIONS)
        if len(document.pages) == 1:
            break
    content: bytes = document.write_pdf(zoom=zoom, **_OPTIONS)
    return content


def html_of(sheet: Sheet, zoom: float = 1.0) -> str:
    """Return the page as HTML, so much larger than A4 that it is A4 when it is drawn by `zoom`."""
    family = plain()
    return (
        _environment().get_template("survey.html").render(sheet=sheet, zoom=zoom, font=family.regular, bold=family.bold)
    )


def report_pdf_of(sheet: ReportSheet) -> bytes:
    """Return a report as a PDF, its headings and tables marked for screen readers. Takes a second and more."""
    family = plain()
    said = _environment().get_template("report.html").render(sheet=sheet, font=family.regular, bold=family.bold)
    source = weasyprint.HTML(string=said, base_url=str(_TEMPLATES), url_fetcher=_Fetcher())
    content: bytes = source.write_pdf(**_OPTIONS)
    return content


def report_html_of(sheet: ReportSheet) -> str:
    """Return a report as one page of HTML that needs nothing else; on paper it is the same, in our own type."""
    return _environment().get_template("report.html").render(sheet=sheet, font=None, bold=None)


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
