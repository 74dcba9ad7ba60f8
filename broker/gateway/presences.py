"""A message on a presence topic -> how a client's devices fare. Runs on the network thread: decodes, hands over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice

from pydantic import ValidationError

from broker.contract.messages import MAX_PAYLOAD_BYTES, Presence
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health

MAX_DEVICES = 32
MAX_STATE_LENGTH = 200
"""What a client says of itself is kept on disk, so it may not be endless."""

log = logging.getLogger(__name__)


class Presences:
    """Decodes presences; whose they are comes from the topic, never from the payload."""

    def __init__(self, topics: Topics, heard: Callable[[Health], None]) -> None:
        """Hand every decoded presence but the engine's own to `heard`."""
        self._topics = topics
        self._heard = heard

    def received(self, topic: str, payload: bytes) -> None:
        """Take one message in; an empty one only clears what was retained."""
        client = self._topics.parse_presence(topic)
        if client is None or client == ENGINE_CLIENT or not payload:
            return
        try:
            presence = Presence.model_validate_json(payload if len(payload) <= MAX_PAYLOAD_BYTES else b"")
        except ValidationError:
            log.warning("no usable presence on %.200s (%d bytes)", topic, len(payload))
            return
        if presence.waiting:
            return  # it asks for an id that another process holds, and is nobody yet
        self._heard(Health(client, states_of(presence)))


def states_of(presence: Presence) -> dict[str, str]:
    """Return how a client's devices fare; of one that is gone nothing else is known."""
    if not presence.online:
        return {CONNECTION: OFFLINE}
    devices = islice(presence.devices.items(), MAX_DEVICES)
    return {device[:MAX_STATE_LENGTH]: state[:MAX_STATE_LENGTH] for device, state in devices} | {CONNECTION: ONLINE}
