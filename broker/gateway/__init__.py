"""Between the wire and the engine: requests in, replies, events and pictures out."""

from broker.gateway.inbound import Inbound
from broker.gateway.outbound import MqttWire
from broker.gateway.presences import Presences

__all__ = ["Inbound", "MqttWire", "Presences"]
