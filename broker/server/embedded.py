"""The embedded MQTT server: amqtt in a process of its own, for one machine on loopback.

A stand-in where Mosquitto is not installed. It knows no access rules, redelivers nothing and does not notice silent
clients, so it refuses every address but loopback.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Any

from broker.config.loopback import is_loopback


def configuration(host: str, port: int) -> dict[str, Any]:
    """Return amqtt's configuration: one listener, anybody of this machine, no extras."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }


async def serve(host: str, port: int) -> None:
    """Serve until a signal ends the process.

    At once: there is nothing to save, and amqtt's own shutdown can wait for ever for clients that never close.
    """
    from amqtt.broker import Broker  # noqa: PLC0415 - takes 0.3 s, and only this process needs it

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    broker = Broker(configuration(host, port))
    await broker.start()
    await asyncio.Event().wait()


def main() -> int:
    """Run as `python -m broker.server.embedded HOST PORT`."""
    host, port = sys.argv[1], int(sys.argv[2])
    if not is_loopback(host):
        sys.stderr.write(f"the embedded MQTT server serves this machine only, not {host}\n")
        return 2
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    asyncio.run(serve(host, port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
