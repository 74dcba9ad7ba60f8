"""A walk through the staff's pages with a browser: each page is looked at as people of every kind meet it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, Route

from tests.support.staffed_office import PIN, WHO, StaffedOffice

PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody has their screen."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    font_percent: int = 100
    is_heard: bool = True
    """axe looks as well."""

    def __str__(self) -> str:
        large = f"-{self.font_percent}" if self.font_percent != 100 else ""
        return f"{self.width}-{self.scheme}{large}"


DESK, PHONE = Look(1920, 1080), Look(360, 740, "dark")
LARGE_PRINT = Look(360, 740, font_percent=200, is_heard=False)
EVERYTHING = (
    DESK,
    Look(1280, 800, "dark", is_heard=False),
    PHONE,
    Look(360, 740, is_heard=False),
    LARGE_PRINT,
)

_SEEN = """large => {
  const out = [], wide = innerWidth;
  if (document.documentElement.scrollWidth > wide)
    out.push(`is ${document.documentElement.scrollWidth} px wide`);
  const inScroller = element => {
    for (let up = element.parentElement; up; up = up.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const isForEars = element => {
    for (let up = element; up; up = up.parentElement) if (getComputedStyle(up).clipPath !== 'none') return true;
    return false;
  };
  const told = element => element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 50);
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    if (!element.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width < 2 || box.height < 2) continue;
    const says = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!says || isForEars(element)) continue;
    const flows = style.display !== 'inline' && element.clientWidth;
    if (flows && element.scrollWidth > element.clientWidth + 1)
      out.push(`"${told(element)}" sticks out of its ${element.tagName}`);
    if (flows && style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1)
      out.push(`"${told(element)}" is cut below`);
    if (style.display === 'inline' || style.display === 'table-cell' || style.display === 'list-item') {
      const holder = element.closest('td, th, li, p, dd, dt, h1, h2, h3, h4, button, label, caption');
      const within = holder?.getBoundingClientRect().right ?? wide;
      if ([...element.getClientRects()].some(part => part.right > within + 1) && !inScroller(element))
        out.push(`"${told(element)}" runs into what is beside it`);
    }
    if (box.right > wide + 1 && !inScroller(element)) out.push(`"${told(element)}" is beyond the edge`);
  }
  // What is chosen cannot wrap there: in large print it is read in the list that opens.
  for (const input of large ? [] : document.querySelectorAll('select')) {
    if (!input.checkVisibility()) continue;
    const style = getComputedStyle(input), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const text = input.selectedOptions[0]?.text ?? '';
    if (pen.measureText(text).width > room + 1) out.push(`"${text}" is cut in its list`);
  }
  return out;
}"""

_FOCUSED = """() => {
  const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary');
  return [...all].filter(element => element.checkVisibility({visibilityProperty: true})).filter(element => {
    element.focus({preventScroll: true});
    const style = getComputedStyle(element), around = element.closest('label') ?? element;
    const outer = getComputedStyle(around);
    return document.activeElement === element && style.outlineStyle === 'none' && style.boxShadow === 'none'
      && outer.outlineStyle === 'none' && outer.boxShadow === 'none';
  }).map(element => element.outerHTML.slice(0, 90));
}"""

_TEXTS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), out = [];
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), by = walk.currentNode.parentElement;
    if (text && !by.closest('script, .languages, [lang]:not(html)')) out.push(text);
  }
  return out;
}"""


@cache
def words_of_others(language: str) -> frozenset[str]:
    """Return whole texts that stand in the other language on a page in `language`, as the catalogues have them."""
    ours: set[str] = set()
    theirs: set[str] = set()
    for package in ("broker", "broker.web", "broker.web.staff", "broker.reports"):
        for file in resources.files(package).joinpath("locale", "id", "LC_MESSAGES").iterdir():
            if not file.name.endswith(".po"):
                continue
            with file.open("rb") as opened:
                catalogue = read_po(opened)
            for message in catalogue:
                english, indonesian = message.id, message.string
                if not isinstance(english, str) or not isinstance(indonesian, str) or not english or "{" in english:
                    continue
                ours.add(english)
                theirs.add(indonesian)
    return frozenset(ours - theirs if language == "id" else theirs - ours)


@dataclass
class Tour:
    """One role's walk in one language; what it finds amiss is kept, with where."""

    page: Page
    site: str
    role: str
    language: str
    looks: Sequence[Look]
    month_before: dt.date
    pictures: Path | None = None
    is_thorough: bool = False
    """Pages of many hundred rows, too: axe takes a quarter of a minute for each."""
    faults: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    """By name of the page: its text."""
    _axe: Axe = field(default_factory=Axe)

    def go(self, path: str) -> int:
        """Open a page, and wait for what is being made; return the status."""
        answer = self.page.goto(f"{self.site}{path}")
        assert answer is not None
        while "Refresh" in answer.headers or "refresh" in answer.headers:
            with self.page.expect_navigation(timeout=PATIENCE_MS) as going:
                pass
            answer = going.value
            assert answer is not None
        return answer.status

    def see(self, name: str, path: str = "", *, status: int = 200) -> None:
        """Look at a page; without a path at the one that is open."""
        if path:
            found = self.go(path)
            if found != status:
                self.faults.append(f"{self._where(name)}: status {found}")
        self.seen[name] = self.page.inner_text("body")
        self._read(name)
        for look in self.looks:
            self._look(name, look)

    def _where(self, name: str) -> str:
        return f"{self.role}/{name}/{self.language}"

    def _read(self, name: str) -> None:
        where, page = self._where(name), self.page
        if page.get_attribute("html", "lang") != self.language:
            self.faults.append(f"{where}: the page says to be in {page.get_attribute('html', 'lang')}")
        if len(page.title()) < 4 or page.locator("h1").count() != 1:
            self.faults.append(f"{where}: title {page.title()!r}, {page.locator('h1').count()} headings")
        foreign = words_of_others(self.language)
        strange = sorted({text for text in page.evaluate(_TEXTS) if text in foreign})
        self.faults.extend(f"{where}: {text!r} is in another language" for text in strange)
        page.keyboard.press("Tab")
        self.faults.extend(f"{where}: nobody sees the focus on {one}" for one in page.evaluate(_FOCUSED))
        page.evaluate("document.activeElement.blur()")

    def _look(self, name: str, look: Look) -> None:
        where = f"{self._where(name)}/{look}"
        self.page.set_viewport_size({"width": look.width, "height": look.height})
        self.page.emulate_media(color_scheme=look.scheme)
        self.page.evaluate(f"document.documentElement.style.fontSize = '{look.font_percent}%'")
        self.faults.extend(f"{where}: {said}" for said in self.page.evaluate(_SEEN, look.font_percent > 100))
        if look.is_heard:
            for found in self._axe.run(self.page).response["violations"]:
                nodes = [node["html"][:120] for node in found["nodes"][:2]]
                self.faults.append(f"{where}: axe {found['id']}: {json.dumps(nodes)}")
        if self.pictures is not None:
            file = f"{self.role}-{name}-{self.language}-{look}.png"
            self.page.screenshot(path=self.pictures / file, full_page=not name.endswith("wall"))
        self.page.evaluate("document.documentElement.style.fontSize = ''")

    def first(self, pattern: str) -> str:
        """Return the first link of the open page whose address is like this."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
        return next((url for url in found if re.fullmatch(pattern, url)), "")

    def links(self, pattern: str) -> list[str]:
        """Return all such links, each once."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
        return list(dict.fromkeys(url for url in found if re.fullmatch(pattern, url)))


@contextmanager
def touring(
    browser: Browser,
    office: StaffedOffice,
    role: str,
    language: str,
    *,
    looks: Sequence[Look],
    pictures: Path | None = None,
    is_thorough: bool = False,
) -> Iterator[Tour]:
    """Sign somebody of a role in, by keyboard alone; yield their tour."""
    first = looks[0] if looks else DESK
    context = browser.new_context(viewport={"width": first.width, "height": first.height}, locale=language)
    context.set_default_timeout(PATIENCE_MS)  # what is made in the background gives way to all else on the machine
    page = context.new_page()
    tour = Tour(page, office.address, role, language, looks, office.month_before, pictures, is_thorough)
    page.on("pageerror", lambda error: tour.faults.append(f"{role}: {page.url}: {error}"))
    page.on("console", lambda said: _complain(tour, said.type, said.text))
    try:
        tour.see("sign-in", "/staff")
        page.focus("[name=officer]")
        page.keyboard.type(WHO[role])
        page.keyboard.press("Tab")
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        page.locator(".desk").wait_for()
        yield tour
    finally:
        context.close()


def _complain(tour: Tour, kind: str, text: str) -> None:
    # A page with a status of its own, such as 403, is no fault of a script.
    if kind in {"error", "warning"} and "Failed to load resource" not in text:
        tour.faults.append(f"{tour.role}: {tour.page.url}: console: {text}")


# -- what each role walks through -----------------------------------------------------------------------------------


def _of_supervisor(tour: Tour) -> None:
    _board(tour, is_named=True)
    for name in ("alerts", "acts", "suggestions", "surveys", "sessions"):
        tour.see(name, f"/staff/{name}")
    _complaints(tour)
    _reports(tour)
    _advice(tour)
    _rules(tour)
    _account(tour)


def _of_officer(tour: Tour) -> None:
    _board(tour, is_named=False)
    tour.see("surveys", "/staff/surveys")
    _paper(tour)
    tour.see("enter-complaint", "/staff/complaints/new")
    tour.see("figures", "/staff/figures")
    tour.see("refused", "/staff/reports", status=403)
    _account(tour)


def _of_complaints(tour: Tour) -> None:
    tour.see("alerts", "/staff/alerts")
    _complaints(tour)
    for name in ("suggestions", "surveys", "figures"):
        tour.see(name, f"/staff/{name}")
    tour.see("refused", "/staff/board", status=403)
    _account(tour)


def _of_technician(tour: Tour) -> None:
    _board(tour, is_named=False)
    for name in ("alerts", "sessions", "figures"):
        tour.see(name, f"/staff/{name}")
    _rules(tour)
    tour.see("refused", "/staff/complaints", status=403)
    _account(tour)


def _board(tour: Tour, *, is_named: bool) -> None:
    tour.see("board", "/staff/board")
    at, ticket = tour.first(r"/staff/board/at/.*"), ""
    acts = tour.links(r"/staff/acts/for/.*") if is_named else []
    if at:
        tour.see("waiting", at)
        ticket = tour.first(r"/staff/board/ticket/.*")
    if is_named and ticket:
        tour.see("ticket", ticket)
    for url in {url.split("/")[4]: url for url in acts}.values():
        tour.see("acts-for-" + url.split("/")[4], url)
    tour.see("wall", "/staff/board?wall")


def _complaints(tour: Tour) -> None:
    tour.see("complaints", "/staff/complaints")
    case = tour.first(r"/staff/complaints/\d[\d-]+")
    tour.see("case", case)
    tour.see("enter-complaint", "/staff/complaints/new")


def _paper(tour: Tour) -> None:
    tour.go("/staff/surveys")
    paper = tour.first(r"/staff/surveys/\w+/paper")
    if paper:
        tour.see("paper", paper)


def _reports(tour: Tour) -> None:
    tour.see("reports", "/staff/reports")
    tour.go(tour.first(r"/staff/reports\?period=\d{4}-\d\d-\d\d(&.*)?"))  # today: of made-up days no tickets are known
    tickets = tour.first(r"/staff/reports/tickets\?.*")
    if tickets:
        tour.see("reports-tickets", tickets)
    month = f"{tour.month_before:%Y-%m}"
    tour.see("reports-month", f"/staff/reports?period={month}&by=lane")
    if tour.is_thorough:
        tour.see("reports-long", f"/staff/reports?period={month}&by=day,lane")
        tour.see("reports-heat", f"/staff/reports?period={month}&by=weekday,half_hour")
    tour.see("reports-refused", "/staff/reports?period=never", status=422)
    tour.see("figures", "/staff/figures")
    tour.see("figures-of-another", f"/staff/figures?officer=siti&period={month}")


def _advice(tour: Tour) -> None:
    tour.page.goto(f"{tour.site}/staff/advice")
    tour.see("advice", "/staff/advice")
    form = tour.page.locator(
        "form[action='/staff/advice'] button[type=submit], form[action='/staff/advice'] button"
    ).last
    form.click()
    tour.page.wait_for_url("**/staff/advice/*")
    progress = tour.page.url.removeprefix(tour.site)
    tour.page.route(f"**{progress}", _stay)
    tour.see("advice-progress", progress)
    tour.page.unroute(f"**{progress}")
    cancel = tour.page.locator("form[action='/staff/advice/cancel'] button")
    if cancel.count():  # else it was done by then
        cancel.click()
    tour.see("advice-cancelled", progress)


def _stay(route: Route) -> None:
    """Let a page that comes again by itself stay while it is looked at."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: said for name, said in answer.headers.items() if name != "refresh"})


def _rules(tour: Tour) -> None:
    tour.see("rules", "/staff/rules")
    for url in _one_of_a_kind(tour.links(r"/staff/rules/[\w.-]+")):
        tour.see("rules-" + url.rpartition("/")[2].partition(".")[0], url)


def _one_of_a_kind(urls: Sequence[str]) -> Iterator[str]:
    """Yield one address of each kind of form: services are all alike."""
    kinds: set[str] = set()
    for url in urls:
        kind = url.rpartition("/")[2].partition(".")[0]
        if kind not in kinds:
            kinds.add(kind)
            yield url


def _account(tour: Tour) -> None:
    tour.see("account", "/staff/account")
    tour.page.locator("form[action='/staff/account/totp'] button").click()
    tour.page.wait_for_load_state()
    tour.see("totp")


WALKS: dict[str, Callable[[Tour], None]] = {
    "officer": _of_officer,
    "supervisor": _of_supervisor,
    "complaints": _of_complaints,
    "technician": _of_technician,
}
