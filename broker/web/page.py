"""How a page is made: which language, the words in it, its template, and files that never change under their names."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from broker.contract.messages import LaneInfo, OfficeMessage
from broker.language import Phrases, has_catalogue, own_name, training_mark, words_of

WORDS = "broker.web"
LANGUAGE_COOKIE = "lang"
MOST_LANGUAGES = 16
"""So many entries of Accept-Language are looked at."""
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def in_language(texts: Mapping[str, Any], language: str) -> Any:  # noqa: ANN401 - a text, or a list of them
    """Return the office's own words in a language, or in its first where it has none."""
    return texts.get(language) or next(iter(texts.values()), "")


def preferred(header: str, languages: Sequence[str]) -> str | None:
    """Return which of `languages` a browser likes best, by its Accept-Language (RFC 9110, 12.5.4); None for none."""
    liked: list[tuple[float, int, str]] = []
    for place, entry in enumerate(header.split(",")[:MOST_LANGUAGES]):
        name, _, weight = entry.strip().partition(";")
        code = name.partition("-")[0].strip().lower()
        if code in languages and (share := _share(weight)) > 0:
            liked.append((-share, place, code))
    return min(liked)[2] if liked else None


def _share(weight: str) -> float:
    name, _, figure = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(figure), 0.0), 1.0)
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it goes over the wire, under a name that says what is in it."""

    url: str
    type: str
    plain: bytes = field(repr=False)
    zipped: bytes = field(repr=False)

    def response(self, request: Request) -> Response:
        """Return the file, zipped for whoever takes that."""
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.zipped, media_type=self.type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(self.plain, media_type=self.type, headers=headers)


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Read the files that pages need, by their names; once a process, for they are zipped as well as can be."""
    found = {}
    for entry in resources.files("broker.web").joinpath("static").iterdir():
        stem, _, ending = entry.name.rpartition(".")
        if ending not in _TYPES:
            continue
        plain = entry.read_bytes()
        digest = hashlib.sha256(plain).hexdigest()[:12]
        found[entry.name] = StaticFile(
            f"/static/{stem}.{digest}.{ending}", _TYPES[ending], plain, gzip.compress(plain, 9, mtime=0)
        )
    return MappingProxyType(found)


def asset(name: str) -> str:
    """Return under which address a static file stands."""
    return static_files()[name].url


@cache
def templates() -> Environment:
    """Return the templates of all pages, each compiled when it is first asked for."""
    made = Environment(
        loader=PackageLoader("broker.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.globals["asset"] = asset
    return made


@dataclass(frozen=True, slots=True)
class LaneMark:
    """The sign of a lane: letter and shape, so that colour is never alone."""

    name: str
    letter: str
    shape: str
    place: int
    """Which of the lanes' colours it has."""


def lane_mark(offer: OfficeMessage | None, lane: str, language: str) -> LaneMark | None:
    """Return a lane's sign, where there are several lanes."""
    lanes: tuple[LaneInfo, ...] = () if offer is None else offer.lanes
    for place, one in enumerate(lanes if len(lanes) > 1 else ()):
        if one.id == lane:
            return LaneMark(in_language(one.name, language), one.letter, one.shape, place % 6)
    return None


class Pages:
    """Makes pages out of templates, in the languages of the office."""

    def __init__(self, languages: Sequence[str], *, name: Mapping[str, str], is_training: bool = False) -> None:
        """`name` is the office's own, and `is_training` whether it is a training, until the bus has told it."""
        known = tuple(language for language in languages if has_catalogue(language, WORDS))
        self.languages = known or ("en",)
        self._name = dict(name)
        self._is_training = is_training
        self._words = {package: words_of(package, self.languages) for package in (WORDS, f"{WORDS}.staff")}

    @cached_property
    def by_url(self) -> dict[str, StaticFile]:
        """Return the static files by their addresses."""
        return {file.url: file for file in static_files().values()}

    def offered(self, offer: OfficeMessage | None) -> None:
        """Take the office's name from what it tells of itself, and whether all of it is a training."""
        if offer is not None:
            self._name = dict(offer.office.name)
            self._is_training = offer.is_training

    def language(self, request: Request) -> str:
        """Return in which language somebody reads: as chosen here, else as the browser says, else the office's own."""
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        if chosen in self.languages:
            return chosen
        return preferred(request.headers.get("accept-language", ""), self.languages) or self.languages[0]

    def words(self, request: Request, package: str = WORDS) -> Phrases:
        """Return the words that somebody reads."""
        return self._words[package](self.language(request))

    def html(self, template: str, words: Phrases, **values: object) -> str:
        """Return what a template makes of these values."""
        return templates().get_template(template).render(words=words, say=words.say, count=words.count, **values)

    def answer(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        words: Phrases | None = None,
        **values: object,
    ) -> HTMLResponse:
        """Return a whole page; nobody may keep it, for what it says is true only now."""
        words = words or self.words(request)
        shown: dict[str, Any] = {
            "path": request.url.path,
            "query": _without_language(request),
            "office": in_language(self._name, words.language),
            "languages": [(code, own_name(code)) for code in self.languages],
            "rtl": words.rtl,
            "training": training_mark(self.languages) if self._is_training else "",
            **values,
        }
        text = self.html(template, words, **shown)
        return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def _without_language(request: Request) -> str:
    """Return what else an address asks for, for a link to the same page in another language."""
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{urlencode(rest)}&" if rest else ""


def one_line(html: str) -> str:
    """Return markup without the line breaks between its tags: an event of a stream stands on one line."""
    return " ".join(line.strip() for line in html.splitlines() if line.strip())
