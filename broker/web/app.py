"""The process of the pages: bus, application and server put together."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from broker.config import Settings
from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.screen import BusFor, config_path, open_bus
from broker.web.guard import Limits, usual_limits
from broker.web.office import Office
from broker.web.page import Pages
from broker.web.server import Connections, raise_open_files, serve_until_told, web_server
from broker.web.site import Site, build
from broker.web.staff.files import ResultFiles
from broker.web.staff.routes import StaffPages
from broker.web.visitor import views
from broker.web.visitor.feedback import FeedbackPages
from broker.web.visitor.following import Following

TICK_S = 1.0
KIND = "web"

log = logging.getLogger(__name__)


def web_app(
    settings: Settings,
    name: str,
    *,
    bus_for: BusFor = open_bus,
    limits: Limits | None = None,
    files: ResultFiles | None = None,
) -> Starlette:
    """Return the application of the office's pages; as long as it runs it is the client `name` of the bus.

    Results are downloaded only where `files` can make them.
    """

    @contextlib.asynccontextmanager
    async def open_site() -> AsyncIterator[Site]:
        loop = asyncio.get_running_loop()

        def post(step: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(step)

        bus = bus_for(KIND, settings, name, post)
        clock = EngineClock(lambda: dt.datetime.now(settings.office.zone), time.monotonic)
        office = Office(bus, office=settings.office.id, clock=clock)
        pages = Pages(settings.office.languages, name=settings.office.name)
        office.on_fresh.append(lambda: pages.offered(office.offer))
        site = Site(office, pages, Following(office), links=feedback_pages(settings).links())
        bus.on_taken(_say_standing)
        bus.start()
        ticking = loop.create_task(_tick(office))
        try:
            yield site
        finally:
            ticking.cancel()
            await asyncio.to_thread(bus.stop)

    return build(open_site, routes(settings, files), limits=limits or usual_limits())


def routes(settings: Settings, files: ResultFiles | None) -> list[BaseRoute]:
    """Return the addresses of all pages."""
    visitors = feedback_pages(settings)
    staff = StaffPages(everywhere=settings.web is not None and settings.web.staff == "everywhere", files=files)
    return [*views.ROUTES, *visitors.routes(), *staff.routes()]


def feedback_pages(settings: Settings) -> FeedbackPages:
    """Return the pages of what the office asks its visitors."""
    feedback = settings.feedback
    return FeedbackPages(
        has_rating=feedback.rating,
        has_suggestions=feedback.suggestions,
        has_surveys=bool(feedback.surveys),
        has_complaints=feedback.complaints is not None,
    )


def show(settings: Settings, name: str, *, data_dir: Path) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    web = settings.web
    if web is None:
        message = "there is no section web"
        raise KeyError(message)
    if not _is_free(web.listen, web.port):
        sys.exit(f"another program listens on {web.listen}:{web.port}: end it, or set web.port to another number")
    if web.staff == "everywhere":
        log.warning(
            "web.staff is everywhere: the staff's pages go over the network in plain HTTP, PINs and complaints too"
        )
    connections = Connections(most=raise_open_files())
    files = ResultFiles(config_path(KIND), data_dir)
    server = web_server(web_app(settings, name, files=files), host=web.listen, port=web.port, connections=connections)
    log.info("%s: pages at %s:%d, for %d connections", name, web.listen, web.port, connections.most)
    asyncio.run(serve_until_told(server, connections))


async def _tick(office: Office) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        office.tick()


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
