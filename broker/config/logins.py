"""Who may log in at the MQTT server, by what, and what of the wire each may touch.

One login a device (decision 77). The broker's machine keeps of a device that was provisioned a hash alone; the device
has the password, in its own data folder. Parts on the broker's machine make theirs there by themselves.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from broker.clients import Client, Kind
from broker.config.settings import CA, DEFAULT_DATA, Mqtt, Settings
from broker.contract.topics import CARE_CLIENT, DOCTOR_CLIENT, UP_CLIENT, WEB_CLIENT
from broker.loopback import is_here, is_loopback
from hardware.files import write_whole

BOOK = "logins.json"
"""Below the data folder of the broker: who was provisioned, with the hash of each password."""
OWN = "logins"
"""The folder below a machine's data folder with the passwords that it was given: one file a client."""
LOCAL = "mqtt/local"
"""The folder with the passwords of parts that run beside the broker."""
PASSWORD_BYTES = 32


class LoginError(Exception):
    """Somebody cannot log in, or be given a login; the text says why and what to do."""


class Login(BaseModel):
    """What the broker's machine keeps of one device."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    entry: str = ""
    """The hash as the MQTT server takes it; empty after it was revoked."""
    since: AwareDatetime
    """When it was given or revoked."""

    @property
    def is_revoked(self) -> bool:
        """Tell whether it counts no more."""
        return not self.entry


_BOOK = TypeAdapter(dict[str, Login])


def clients_of(settings: Settings) -> dict[str, Client]:
    """Return who may log in beside the engine: our commands, every part, and more devices."""
    none: frozenset[str] = frozenset()
    up: Kind = "trainer" if settings.training else "up"
    return {
        UP_CLIENT: Client(up),
        DOCTOR_CLIENT: Client("doctor", none),
        CARE_CLIENT: Client("care", none),
        **{kiosk.id: Client("kiosk", none) for kiosk in settings.kiosks},
        **{display.id: Client("display", none) for display in settings.displays},
        **{counter.id: Client("counter", frozenset({counter.id})) for counter in settings.counters},
        **{one.id: Client("keypads", frozenset(pad.counter for pad in one.pads)) for one in settings.keypads},
        **{signs.id: Client("signs", none) for signs in settings.signs},
        **({} if settings.web is None else {WEB_CLIENT: Client("web")}),
        **{device: _device(settings, device) for device in settings.mqtt.devices},
    }


def _device(settings: Settings, device: str) -> Client:
    """Return what a further device may do: what the part may that it acts as, or all that parts may."""
    acts_as = next((one.part for one in settings.mqtt.act_as if one.device == device), None)
    if acts_as is None:
        return Client("device")
    if acts_as == WEB_CLIENT:
        return Client("web")
    plain = settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update={"devices": ()})})
    return clients_of(plain)[acts_as]


def is_open(mqtt: Mqtt) -> bool:
    """Tell whether any program of this machine may ask under any name, without a login."""
    is_here = is_loopback(mqtt.host if mqtt.server == "external" else mqtt.listen)
    return mqtt.open_on_loopback and mqtt.secret is None and is_here


def read_book(data_dir: Path) -> dict[str, Login]:
    """Return who was provisioned. Raises LoginError where the file cannot be read: nobody is let in by guess."""
    path = data_dir / BOOK
    try:
        return _BOOK.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        message = (
            f"{path} cannot be read, so nobody knows who may log in: put it back (a backup has one), "
            "or move it away and provision each device anew"
        )
        raise LoginError(message) from error


def write_book(data_dir: Path, book: dict[str, Login]) -> None:
    """Keep who was provisioned. Raises OSError."""
    write_whole(data_dir / BOOK, _BOOK.dump_json(book, indent=1), durable=True)


def joined_books(one: Mapping[str, Login], other: Mapping[str, Login]) -> dict[str, Login]:
    """Return of two lists what was decided last of each device: who was revoked stays so by an older list, too."""
    return dict(sorted((*one.items(), *other.items()), key=lambda item: item[1].since))


def new_password() -> str:
    """Return a password that nobody can guess or derive from another."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def local_password(data_dir: Path, client: str) -> str:
    """Return the password of a part that runs beside the broker; whoever asks first makes it."""
    path = data_dir / LOCAL / client
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        made = path.with_name(f".{client}.{secrets.token_hex(4)}")
        write_whole(made, new_password().encode())
        try:
            os.link(made, path)  # whole or not at all, and never over the one that somebody has read already
        finally:
            made.unlink()
    return path.read_text(encoding="ascii")


def known_by(settings: Settings, client: str, data_dir: Path) -> Settings:
    """Return the settings of one client with the password that it logs in by on this machine, and what it trusts.

    Raises LoginError where it has none.
    """
    found = _logged_in(settings, client, data_dir)
    if found.tls == "none":
        return found
    mqtt = found.mqtt.model_copy(update={"ca": _checked_by(found, data_dir)})
    return found.model_copy(update={"mqtt": mqtt})


def _logged_in(settings: Settings, client: str, data_dir: Path) -> Settings:
    mqtt = settings.mqtt
    own = data_dir / OWN / client
    if mqtt.password is not None or (not own.exists() and (mqtt.secret is not None or is_open(mqtt))):
        return settings
    if own.exists():
        password = own.read_text(encoding="ascii").strip()
    elif mqtt.server == "external" or not is_here(mqtt.host):
        if mqtt.server != "external" and client in {UP_CLIENT, DOCTOR_CLIENT, CARE_CLIENT}:
            message = (
                f"{mqtt.host} (mqtt.host) is no address of this machine, and this is a command for the broker's own: "
                "call it there; if this is that machine, give it this address, or write the one that it has"
            )
            raise LoginError(message)
        message = (
            f"{client} has no login on this machine: on the broker's machine make one by antrean provision {client}, "
            f"and lay {OWN}/{client} of it below {data_dir}"
        )
        raise LoginError(message)
    else:
        login = read_book(data_dir).get(client)
        if login is not None and not login.is_revoked:
            message = (
                f"{client} was given to a machine of its own ({login.since}): start it there, "
                f"or take that back by antrean revoke {client}"
            )
            raise LoginError(message)
        password = local_password(data_dir, client)
    return settings.model_copy(update={"mqtt": mqtt.model_copy(update={"password": password})})


def _checked_by(settings: Settings, data_dir: Path) -> Path:
    """Return by what the server is checked here. Raises LoginError where another machine has to give it to us first."""
    mqtt = settings.mqtt
    path = (data_dir / (mqtt.ca or CA)).absolute()
    if path.exists() or (mqtt.server != "external" and is_here(mqtt.host)):  # the broker makes it at its first start
        return path
    message = (
        f"{path} is not there, by which the server is checked (tls: own): antrean provision on the broker's machine "
        f"lays it into {DEFAULT_DATA}/; of a server that others run, name the file of their authority in mqtt.ca"
    )
    raise LoginError(message)
