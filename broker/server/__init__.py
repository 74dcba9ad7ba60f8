"""The MQTT server that the office starts for itself: Mosquitto, or the stand-in on loopback."""

from broker.server.children import bound_to_parent
from broker.server.mosquitto import Access, password_entry
from broker.server.start import Kind, Server, ServerError, ServerSpec, choose_kind, require_free_port, start_server

__all__ = [
    "Access",
    "Kind",
    "Server",
    "ServerError",
    "ServerSpec",
    "bound_to_parent",
    "choose_kind",
    "password_entry",
    "require_free_port",
    "start_server",
]
