"""The office's own certificate authority: what it makes, for whom, until when; looked at by OpenSSL, as by clients."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from broker.config import Settings
from broker.config.machines import Machine
from broker.config.settings import CA
from broker.contract.topics import ENGINE_CLIENT
from broker.doctor.truth import encryption
from broker.loopback import is_here, own_addresses, own_name
from broker.server.certificates import (
    AUTHORITY,
    PAGES,
    SERVER,
    CertificateError,
    authority_of,
    certificate_elsewhere,
    given_pages,
    make_certificates,
    names_of,
)
from broker.server.start import ServerSpec, start_server
from tests.support.access import access
from tests.support.caller import wait_until
from tests.support.office import free_port, shipped_settings

NOW = dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC)


def settings(*names: str) -> Settings:
    """Return an office with certificates of its own, which is reached by these names, too."""
    return shipped_settings().model_copy(update={"tls": "own", "tls_names": names})


def shakes_hands(served: Path, ca: Path, name: str) -> str:
    """Return why a client that goes by `ca` does not trust who shows `served` and is called `name`; else nothing."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    there.load_cert_chain(served)
    here = ssl.create_default_context(cafile=ca)
    server = there.wrap_bio(to_server, to_client, server_side=True)
    client = here.wrap_bio(to_client, to_server, server_hostname=name)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
    return ""


def certificate(path: Path) -> x509.Certificate:
    """Return the certificate of a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_who_has_the_offices_file_trusts_the_server_by_each_name_of_its_machine(tmp_path: Path) -> None:
    office = settings("antrean.kantor.lan", "10.20.30.40")
    assert make_certificates(office, tmp_path, NOW)
    names = {"localhost", "127.0.0.1", "::1", own_name().lower(), *own_addresses(), "antrean.kantor.lan", "10.20.30.40"}
    assert names <= set(names_of(office))
    for served in (SERVER, PAGES):
        assert {name: shakes_hands(tmp_path / served, tmp_path / CA, name) for name in names} == dict.fromkeys(
            names, ""
        )
        assert "not valid for" in shakes_hands(tmp_path / served, tmp_path / CA, "bank.example")


def test_the_file_of_another_office_trusts_nobody_here(tmp_path: Path) -> None:
    for office in ("ours", "theirs"):
        make_certificates(settings(), tmp_path / office, NOW)
    assert shakes_hands(tmp_path / "ours" / SERVER, tmp_path / "theirs" / CA, "localhost")


def test_secrets_are_for_their_owner_alone_and_what_is_given_out_holds_none(tmp_path: Path) -> None:
    make_certificates(settings(), tmp_path, NOW)
    for name in (AUTHORITY, SERVER, PAGES):
        assert b"PRIVATE KEY" in (tmp_path / name).read_bytes()
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
    assert b"PRIVATE KEY" not in (tmp_path / CA).read_bytes()


def test_a_screen_with_any_clock_comes_in_and_browsers_get_what_they_take(tmp_path: Path) -> None:
    """Apple's browsers take no certificate that lasts longer than 825 days, by whomever it was made."""
    make_certificates(settings(), tmp_path, NOW)
    for name in (CA, SERVER):
        made = certificate(tmp_path / name)
        assert made.not_valid_before_utc == dt.datetime(1970, 1, 1, tzinfo=dt.UTC), name
        assert made.not_valid_after_utc.year == 9999, name
    pages = certificate(tmp_path / PAGES)
    assert pages.not_valid_before_utc < NOW < pages.not_valid_after_utc
    assert pages.not_valid_after_utc - pages.not_valid_before_utc < dt.timedelta(days=825)


@pytest.mark.parametrize("made_at", [dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(2062, 1, 1, tzinfo=dt.UTC)])
def test_what_was_made_by_a_wrong_clock_serves_or_is_made_anew(tmp_path: Path, made_at: dt.datetime) -> None:
    make_certificates(settings(), tmp_path, made_at)
    make_certificates(settings(), tmp_path, NOW)
    pages = certificate(tmp_path / PAGES)
    assert pages.not_valid_before_utc < NOW < pages.not_valid_after_utc


def test_it_stays_as_it_is_until_it_would_end_or_the_machine_has_another_name(tmp_path: Path) -> None:
    make_certificates(settings(), tmp_path, NOW)
    first = {name: (tmp_path / name).read_bytes() for name in (AUTHORITY, CA, SERVER, PAGES)}

    def changed() -> set[str | Path]:
        return {name for name, text in first.items() if (tmp_path / name).read_bytes() != text}

    assert not make_certificates(settings(), tmp_path, NOW + dt.timedelta(days=200))
    assert changed() == set()
    assert not make_certificates(settings(), tmp_path, NOW + dt.timedelta(days=300))
    assert changed() == {PAGES}
    assert make_certificates(settings("10.9.8.7"), tmp_path, NOW + dt.timedelta(days=300))
    assert changed() == {PAGES, SERVER}
    assert shakes_hands(tmp_path / SERVER, tmp_path / CA, "10.9.8.7") == ""


def test_who_takes_the_authoritys_key_is_no_bank(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It may speak for this machine and for names that are none of the internet."""
    make_certificates(settings(), tmp_path, NOW)
    make_certificates(settings("bank.example", "loket.lan"), tmp_path, NOW)
    assert "bank.example came after" in caplog.text
    assert shakes_hands(tmp_path / SERVER, tmp_path / CA, "loket.lan") == ""
    authority = authority_of(tmp_path)
    assert authority is not None
    assert not authority.may_name("bank.example")
    assert not authority.may_name("notlocalhost")


def test_a_key_that_is_gone_or_damaged_is_told_in_words_and_no_other_takes_its_place(tmp_path: Path) -> None:
    make_certificates(settings(), tmp_path, NOW)
    ca = (tmp_path / CA).read_bytes()
    (tmp_path / AUTHORITY).write_text("-----BEGIN NOTHING-----")
    with pytest.raises(CertificateError, match="is damaged: put it back from the backup"):
        make_certificates(settings(), tmp_path, NOW)
    (tmp_path / AUTHORITY).unlink()
    with pytest.raises(CertificateError, match="is missing, by which the certificates of this office are made"):
        make_certificates(settings(), tmp_path, NOW)
    assert (tmp_path / CA).read_bytes() == ca


def test_mosquitto_shows_another_certificate_without_a_restart(tmp_path: Path) -> None:
    make_certificates(settings(), tmp_path, NOW)
    shown = (tmp_path / SERVER).absolute()
    spec = ServerSpec("mosquitto", "127.0.0.1", free_port(), tmp_path, lambda: access({ENGINE_CLIENT: "secret"}), shown)
    server = start_server(spec)
    try:

        def serial() -> int:
            text = ssl.get_server_certificate(("127.0.0.1", spec.port), ca_certs=str(tmp_path / CA))
            return x509.load_pem_x509_certificate(text.encode()).serial_number

        assert serial() == certificate(shown).serial_number
        pid = server.pid
        assert make_certificates(settings("10.9.8.7"), tmp_path, NOW)
        server.reload()
        wait_until(lambda: serial() == certificate(shown).serial_number, "the other one is shown")
        assert server.pid == pid
    finally:
        server.stop()


def test_this_machine_is_known_by_its_addresses_and_its_name() -> None:
    assert all(is_here(one) for one in ("localhost", "127.0.0.1", "127.0.0.9", own_name(), *own_addresses()))
    assert not any(is_here(one) for one in ("198.51.100.7", "antrean.example"))


def test_pages_on_another_machine_are_known_by_its_names_and_not_by_the_brokers(tmp_path: Path) -> None:
    office = settings("192.168.7.20").model_copy(
        update={
            "machines": (Machine(id="server", opens=("broker",)), Machine(id="front", host="pages-pc", opens=("web",)))
        }
    )
    given = certificate_elsewhere(office, tmp_path / "server", NOW)
    there = tmp_path / "front"
    there.mkdir()
    (there / PAGES).write_bytes(given.text)
    (there / CA).write_bytes((tmp_path / "server" / CA).read_bytes())
    names = ("pages-pc", "pages-pc.local", "192.168.7.20", "localhost", "127.0.0.1")
    assert {name: shakes_hands(there / PAGES, there / CA, name) for name in names} == dict.fromkeys(names, "")
    assert shakes_hands(there / PAGES, there / CA, own_name().lower())
    made = certificate(there / PAGES)
    assert given_pages(there) == made.not_valid_after_utc == given.until
    assert made.not_valid_after_utc - made.not_valid_before_utc < dt.timedelta(days=825), "Apple takes no longer one"
    make_certificates(settings(), tmp_path / "other", NOW)
    (there / CA).write_bytes((tmp_path / "other" / CA).read_bytes())
    with pytest.raises(CertificateError, match="is not of the office"):
        given_pages(there)


@pytest.mark.parametrize(("days_left", "verdict"), [(300, "good"), (30, "warning"), (-1, "fault")])
def test_the_machine_of_the_pages_is_told_in_time_that_it_needs_another_certificate(
    tmp_path: Path, days_left: int, verdict: str
) -> None:
    office = settings()
    given = certificate_elsewhere(office, tmp_path / "server", NOW)
    (tmp_path / PAGES).write_bytes(given.text)
    (tmp_path / CA).write_bytes((tmp_path / "server" / CA).read_bytes())
    found = list(encryption(office, tmp_path, given.until - dt.timedelta(days=days_left)))
    assert [(one.subject, one.verdict) for one in found] == [("tls", "good"), ("web certificate", verdict)]
