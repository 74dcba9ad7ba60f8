"""The process of the pages: bus, application and server put together."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import gc
import itertools
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from broker.bus import Bus, Post
from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.office import OfficeBus
from broker.language import words_of
from broker.web.boards import OpenBoards
from broker.web.guard import Limits, usual_limits
from broker.web.metrics import OfficeMetrics
from broker.web.office import Office
from broker.web.page import Pages
from broker.web.plan import Plan
from broker.web.sending import Sender
from broker.web.server import Connections, Encrypted, raise_open_files, serve_until_told, web_server
from broker.web.site import Site, build
from broker.web.staff.advisor import Advisor
from broker.web.staff.files import ResultFiles
from broker.web.staff.pictures import Previews
from broker.web.staff.programs import API, METRICS, MetricsPage, NightlyFiles, Programs, ReportApi
from broker.web.staff.reporter import Reporter
from broker.web.staff.routes import StaffPages
from broker.web.staff.rules import RulesFiles
from broker.web.visitor import views
from broker.web.visitor.feedback import FeedbackPages, links
from broker.web.visitor.following import Following
from broker.web.visitor.watching import OpenLobbies

TICK_S = 1.0
BEAT_TICKS = 5
"""Every so many ticks an open page hears that nothing has changed; one that hears nothing for three beats says so."""
LOBBY_BEAT_TICKS = 30
"""So often the office's own page, which waits for nothing: enough to notice a phone that left without a word."""
KIND = "web"

BusFor = Callable[[str, Plan, Post], OfficeBus]
"""Makes the bus, not yet started, of a process of this kind."""

log = logging.getLogger(__name__)


def open_bus(kind: str, plan: Plan, post: Post) -> OfficeBus:
    """Return the bus of the pages, not yet started."""
    return Bus(address=plan.address, office=plan.office, client=plan.client, kind=kind, post=post, claims=True)


def web_app(
    plan: Plan,
    *,
    bus_for: BusFor = open_bus,
    limits: Limits | None = None,
    files: ResultFiles | None = None,
    reporter: Reporter | None = None,
    advisor: Advisor | None = None,
) -> Starlette:
    """Return the application of the office's pages; as long as it runs it is a client of the bus.

    Results are downloaded only where `files` can make them, reports shown where `reporter` does, and advice where
    `advisor` does.
    """
    sender, previews = sender_of(plan), Previews(plan.config)

    @contextlib.asynccontextmanager
    async def open_site() -> AsyncIterator[Site]:
        loop = asyncio.get_running_loop()

        def post(step: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(step)

        zone = ZoneInfo(plan.timezone)
        bus = bus_for(KIND, plan, post)
        clock = EngineClock(lambda: dt.datetime.now(zone), time.monotonic)
        office = Office(bus, office=plan.office, clock=clock, asked=plan.asked, parts=plan.parts)
        pages = Pages(plan.languages, name=plan.names, is_training=plan.is_training)
        office.on_fresh.append(lambda: pages.offered(office.offer))
        site = Site(
            office,
            pages,
            Following(office),
            OpenLobbies(office),
            OpenBoards(office),
            OfficeMetrics(office),
            links=lambda: links(office),
        )
        office.on_alerts.append(lambda: sender.heard(office.alerts, office.offer))
        if reporter is not None and plan.nightly_folder is not None:
            nightly = NightlyFiles(reporter, plan.nightly_folder, plan.nightly_format, plan.languages[0])
            office.on_results.append(lambda: _closed(office, nightly))
        bus.on_taken(_say_standing)
        bus.start()
        sender.begin(bus.report_devices)
        ticking = loop.create_task(_tick(site))
        try:
            yield site
        finally:
            ticking.cancel()
            sender.stop()
            if reporter is not None:
                await reporter.stop()
            if advisor is not None:
                await advisor.stop()
            await previews.stop()
            await asyncio.to_thread(bus.stop)

    return build(
        open_site,
        routes(plan, files, reporter, sender=sender, advisor=advisor, previews=previews),
        limits=limits or usual_limits(),
    )


def sender_of(plan: Plan) -> Sender:
    """Return who sends alerts out of the office, where the plan names ways."""
    named = {"email": plan.email, "webhook": plan.webhook}
    ways = {name: way for name, way in named.items() if way is not None}
    name = plan.names.get(plan.languages[0]) or plan.office
    return Sender(ways, office=name, words=words_of("broker", plan.languages), folder=plan.data)


def routes(
    plan: Plan,
    files: ResultFiles | None,
    reporter: Reporter | None = None,
    *,
    sender: Sender | None = None,
    advisor: Advisor | None = None,
    previews: Previews | None = None,
) -> list[BaseRoute]:
    """Return the addresses of all pages."""
    staff = StaffPages(
        everywhere=plan.is_staff_everywhere,
        tls_port=None if plan.certificate is None else plan.tls_port,
        files=files,
        rules=RulesFiles(plan.config, plan.data),
        reporter=reporter,
        sender=sender,
        database=plan.database,
        officers=plan.officers,
        advisor=advisor,
        previews=previews,
        is_training=plan.is_training,
    )
    programs = Programs(plan.api_token, plan.is_staff_everywhere, is_encrypted=plan.certificate is not None)
    for_programs = [
        Route(API, ReportApi(reporter, programs, plan.languages[0]).answer),
        Route(METRICS, MetricsPage(programs).answer),
    ]
    return [*views.ROUTES, *FeedbackPages().routes(), *staff.routes(), *for_programs]


def show(plan: Plan) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    for name, port in (("port", plan.port), *(() if plan.certificate is None else (("tls_port", plan.tls_port),))):
        if not _is_free(plan.listen, port):
            sys.exit(f"another program listens on {plan.listen}:{port}: end it, or set web.{name} to another number")
    if plan.is_staff_everywhere and plan.certificate is None:
        log.warning(
            "web.staff is everywhere: the staff's pages go over the network in plain HTTP, passwords and complaints too"
        )
    connections = Connections(most=raise_open_files())
    files = ResultFiles(plan.config, plan.data, plan.database)
    reporter = Reporter(plan.config, plan.data, plan.database)
    advisor = Advisor(plan.config, plan.data, plan.database)
    app = web_app(plan, files=files, reporter=reporter, advisor=advisor)
    encrypted = None if plan.certificate is None else Encrypted(plan.tls_port, plan.certificate)
    server = web_server(app, host=plan.listen, port=plan.port, connections=connections, encrypted=encrypted)
    if encrypted is not None:
        log.info("%s: the staff's pages for other machines by https, port %d", plan.client, plan.tls_port)
    gc.freeze()  # what is there now stays: looking through it for garbage took up to 0.2 s on a busy machine
    log.info("%s: pages at %s:%d, for %d connections", plan.client, plan.listen, plan.port, connections.most)
    asyncio.run(serve_until_told(server, connections))


def _closed(office: Office, nightly: NightlyFiles) -> None:
    if office.results is not None:
        nightly.closed(office.results.day)


async def _tick(site: Site) -> None:
    for tick in itertools.count(1):
        await asyncio.sleep(TICK_S)
        site.office.tick()
        site.boards.change()  # waits grow, and a wall takes its turns
        if not tick % BEAT_TICKS:
            site.following.tell_all()
        if not tick % LOBBY_BEAT_TICKS:
            site.lobbies.beat()


def _say_standing(standing: Standing) -> None:
    if standing == "taken":
        log.error("another process serves the pages under this id: start this one with an --id of its own")


def _is_free(host: str, port: int) -> bool:
    """Tell whether a port can be had: uvicorn would tell it in a traceback."""
    try:
        with contextlib.closing(socket.create_server((host, port))):
            return True
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        sys.exit(f"cannot listen on {host}:{port} (web.listen, web.port): {error.strerror or error}")
