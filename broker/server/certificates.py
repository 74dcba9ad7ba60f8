"""The office's own certificate authority: made once, and by it the certificates of the MQTT server and of the pages.

Whoever asks first on the broker's machine makes it. What must not get away is one file, `ca.key`; what the others need
to check the server by is `ca.pem`, which is no secret.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import ipaddress
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.config.settings import CA, Settings
from broker.contract.topics import WEB_CLIENT
from broker.loopback import own_addresses, own_name
from broker.office_time import EARLIEST
from hardware.files import write_whole

AUTHORITY = "ca.key"
"""Below the data folder: the authority's key, with its certificate; for the owner alone."""
SERVER, PAGES = "mqtt/server.pem", "pages.key"
"""Below the data folder: key and certificate of the MQTT server, and of the pages."""
ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
"""A machine whose battery is empty begins in 1970, and its screens are to come in all the same, as with any clock. The
end is that of RFC 5280, 4.1.2.5, for what has none: the key lies beside the authority's own, so that one helps nobody.
"""
PAGES_LAST = dt.timedelta(days=397)
"""Browsers look at this: Apple's take none that lasts longer than 825 days, by whomever it was made."""
PAGES_LEFT = dt.timedelta(days=130)
"""With so much left another one is made."""
GIVEN_LAST = dt.timedelta(days=820)
"""Of pages on another machine: only a person can bring the next one. Not longer, for the same reason."""
GIVEN_LEFT = dt.timedelta(days=60)
"""With so much left that person is asked for."""
SINCE_YESTERDAY = dt.timedelta(days=2)
"""A browser's clock may be behind, and in another zone."""
LOCAL_NAMES = ("localhost", "local", "lan", "home.arpa", "internal")
"""With all below them, no name of the internet: for these, the machine's own and what the configuration names the
authority may speak, so that whoever takes its key is not believed to be a bank by the browsers that trust it."""
_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Use = Literal["server", "pages"]

log = logging.getLogger(__name__)


class CertificateError(Exception):
    """The office's certificates cannot be made or read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs for this office."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """Return what people compare: SHA-256, in pairs."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def may_name(self, name: str) -> bool:
        """Tell whether it may sign for a machine of this name."""
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        allowed = [one.value for one in constraints.permitted_subtrees or () if isinstance(one, x509.DNSName)]
        return any(name == one or name.endswith(f".{one}") for one in allowed)


def names_of(settings: Settings) -> tuple[str, ...]:
    """Return by which names and addresses this machine is found: its own, and those that the configuration says."""
    web = settings.web
    said = [settings.mqtt.host, settings.mqtt.listen, *settings.tls_names]
    if web is not None:
        said += [web.listen, _host_of(web.public_url or "")]
    machine = own_name().lower()
    names = ("localhost", machine, *(() if "." in machine else (f"{machine}.local",)), *said, *own_addresses())
    return tuple(dict.fromkeys(name.lower() for name in names if _is_fit(name)))


def names_elsewhere(settings: Settings) -> tuple[str, ...]:
    """Return by which names and addresses the machine is found that serves the pages, and is not the broker's.

    Its own addresses are not known here: the configuration says one where visitors or staff are to find it.
    """
    web, said = settings.web, list[str]()
    if web is not None:
        said += [web.listen, _host_of(web.public_url or "")]
    for machine in settings.machines:
        if WEB_CLIENT in machine.opens and not machine.has_broker:
            called = (machine.host or machine.id).lower()
            said += [called, *(() if "." in called else (f"{called}.local",))]
    names = ("localhost", "127.0.0.1", "::1", *said, *settings.tls_names)
    return tuple(dict.fromkeys(name.lower() for name in names if _is_fit(name)))


@dataclass(frozen=True, slots=True)
class Given:
    """A certificate for the pages of another machine, with its key."""

    text: bytes = field(repr=False)
    names: tuple[str, ...]
    until: dt.datetime


def certificate_elsewhere(settings: Settings, data_dir: Path, now: dt.datetime) -> Given:
    """Make a certificate for pages that another machine serves; nothing of it is kept. Raises CertificateError."""
    with _alone(data_dir):
        authority = _authority(settings, data_dir, names_of(settings))
    names = _told(authority, names_elsewhere(settings), data_dir)
    now = max(now, EARLIEST)
    key, certificate = _issued(authority, names, (now - SINCE_YESTERDAY, now + GIVEN_LAST))
    return Given(_private(key) + _public(certificate), tuple(names), certificate.not_valid_after_utc)


def given_pages(data_dir: Path) -> dt.datetime:
    """Return until when the certificate counts that this machine was given for its pages.

    Raises CertificateError where it was given none, or one of another office.
    """
    path = data_dir / PAGES
    found = _read(path.read_bytes()) if path.exists() else None
    again = "on the broker's machine call antrean provision for this one, and take in the folder that it makes"
    if found is None:
        fault = "is damaged" if path.exists() else "is not there"
        message = f"{path} {fault}, by which staff's pages are encrypted: {again}; or set web.staff to loopback here"
        raise CertificateError(message)
    try:
        found[1].verify_directly_issued_by(x509.load_pem_x509_certificate((data_dir / CA).read_bytes()))
    except (InvalidSignature, ValueError, TypeError, OSError) as error:
        message = f"{path} is not of the office that {data_dir / CA} is of: {again}"
        raise CertificateError(message) from error
    return found[1].not_valid_after_utc


def make_certificates(settings: Settings, data_dir: Path, now: dt.datetime) -> bool:
    """Make what is missing, has become too old or does not name this machine; return whether the server has a new one.

    Raises CertificateError.
    """
    names = names_of(settings)
    try:
        with _alone(data_dir):
            authority = _authority(settings, data_dir, names)
            told = _told(authority, names, data_dir)
            now = max(now, EARLIEST)  # a clock that is wrong makes no certificate that browsers would not take
            is_new = _made_where_needed(data_dir / SERVER, authority, told, ALWAYS, None)
            if settings.web is not None:
                span = now - SINCE_YESTERDAY, now + PAGES_LAST
                _made_where_needed(data_dir / PAGES, authority, told, span, now)
            return is_new
    except OSError as error:
        message = f"the office's certificates cannot be kept below {data_dir}: {error.strerror or error}"
        raise CertificateError(message) from error


def authority_of(data_dir: Path) -> Authority | None:
    """Return who signs for the office; None where nobody does yet. Raises CertificateError."""
    path = data_dir / AUTHORITY
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise CertificateError(message) from error
    found = _read(text)
    if found is None:
        message = f"{path} is damaged: put it back from the backup, or remove it and provision all machines anew"
        raise CertificateError(message)
    return Authority(*found)


def _told(authority: Authority, names: Sequence[str], data_dir: Path) -> list[str]:
    """Return for which of these names there is a certificate, and say which are left out."""
    told = [name for name in names if _address(name) is not None or authority.may_name(name)]
    for name in sorted(set(names) - set(told)):
        log.warning(
            "tls: %s came after the office's certificates were begun, so no certificate is for it: take "
            "another name or address, or remove %s and provision all machines anew",
            name,
            data_dir / AUTHORITY,
        )
    return told


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Let one process make them at a time: broker and pages begin together."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "tls.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _authority(settings: Settings, data_dir: Path, names: Sequence[str]) -> Authority:
    """Return who signs, made where nobody does; what the screens check by lies beside it."""
    found = authority_of(data_dir)
    if found is None:
        if (data_dir / CA).exists():
            message = (
                f"{data_dir / AUTHORITY} is missing, by which the certificates of this office are made: put it back "
                f"from the backup; or remove {data_dir / CA}, too, and provision all machines anew"
            )
            raise CertificateError(message)
        found = _founded(settings.office.id, (*names, *names_elsewhere(settings)))
        key = _private(found.key)
        write_whole(data_dir / AUTHORITY, key + _public(found.certificate), durable=True)
        log.info("tls: the office has its own certificate authority now, SHA-256 %s", found.fingerprint)
    public = _public(found.certificate)
    if not (data_dir / CA).exists() or (data_dir / CA).read_bytes() != public:
        write_whole(data_dir / CA, public, durable=True, mode=0o644)
    return found


def _founded(office: str, names: Iterable[str]) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    allowed = dict.fromkeys((*LOCAL_NAMES, *(name for name in names if _address(name) is None)))
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Antrean"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Antrean office {office}"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _begun(subject, subject, key, ALWAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints([x509.DNSName(name) for name in allowed], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def _made_where_needed(
    path: Path,
    authority: Authority,
    names: Sequence[str],
    span: tuple[dt.datetime, dt.datetime],
    now: dt.datetime | None,
) -> bool:
    """Let a certificate for these names lie there; return whether it is new. `now` tells where one becomes too old."""
    found = _read(path.read_bytes()) if path.exists() else None
    if found is not None and _serves(found[1], authority, names, now):
        return False
    key, certificate = _issued(authority, names, span)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, _private(key) + _public(certificate), durable=True)
    log.info("tls: another certificate of this machine: %s", ", ".join(names))
    return True


def _issued(
    authority: Authority, names: Sequence[str], span: tuple[dt.datetime, dt.datetime]
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Return a certificate of a server for these names, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Antrean server")])
    entries = [_entry(name) for name in names]
    issuer = authority.certificate
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _begun(subject, issuer.subject, key, span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(entries), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return key, certificate


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    span: tuple[dt.datetime, dt.datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
    )


def _serves(certificate: x509.Certificate, authority: Authority, names: Sequence[str], now: dt.datetime | None) -> bool:
    """Tell whether a certificate is of this authority, for all these names, and goes on for long enough."""
    try:
        certificate.verify_directly_issued_by(authority.certificate)
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    known = {str(one.value).lower() for one in told}
    if not known >= set(names):
        return False
    if now is None:
        return True
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - PAGES_LEFT


def _read(text: bytes) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
    """Return a key and its certificate; None where they are none, or do not belong together."""
    try:
        key = serialization.load_pem_private_key(text, None)
        certificate = x509.load_pem_x509_certificate(text)
    except (ValueError, TypeError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        return None
    return key, certificate


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _entry(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None


def _host_of(url: str) -> str:
    return re.sub(r"^[a-z]+://|:[0-9]+$", "", url.lower())


def _is_fit(name: str) -> bool:
    """Tell whether somebody may be found by this: no "everywhere", and no text that is no name."""
    address = _address(name)
    return _NAME.fullmatch(name) is not None if address is None else not address.is_unspecified
