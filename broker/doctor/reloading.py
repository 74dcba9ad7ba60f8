"""`antrean reload`: whether the broker works by the configuration that lies here, after it was asked to look again."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

from broker.bus import Bus
from broker.config import Settings
from broker.config.logins import known_by
from broker.config.versions import digest_of
from broker.contract.messages import Presence
from broker.contract.topics import DOCTOR_CLIENT, ENGINE_CLIENT
from broker.server.addresses import accepts

ANSWER_S = 6.0
"""The broker looks four times a second, and takes a change in within two seconds."""


def reload(settings: Settings, config: Path, data_dir: Path) -> tuple[bool, str]:
    """Let the broker look at its configuration again; return whether it works by all of this one, and that in words."""
    address = known_by(settings, DOCTOR_CLIENT, data_dir).mqtt.address(DOCTOR_CLIENT)
    where = f"{address.host}:{address.port}"
    if not accepts(address):
        return False, f"no broker works at {where}: its next start goes by {config}"
    digest = digest_of(config.read_bytes())
    said: list[str] = []
    heard = threading.Event()
    bus = Bus(address=address, office=settings.office.id, client=DOCTOR_CLIENT, kind="doctor", post=lambda step: step())

    def listen(presence: Presence) -> None:
        if presence.online and not presence.waiting:
            said.append(presence.devices.get("config", ""))
            if digest in said[-1]:
                heard.set()

    bus.listen(bus.topics.presence(ENGINE_CLIENT), Presence, listen)
    with contextlib.suppress(OSError):  # who may not touch it waits for what the broker notices by itself
        os.utime(config)  # a file that only seems to be as before is read again
    bus.start()
    is_heard = heard.wait(ANSWER_S)
    bus.stop()
    if is_heard:
        return said[-1].startswith("good"), f"the broker at {where} has read {config}: {said[-1]}"
    state = said[-1] if said and said[-1] else "nothing is heard of it"
    return False, f"the broker at {where} works by another file than {config} ({digest}): {state}"
