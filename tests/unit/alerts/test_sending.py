"""E-mail and webhook, against real servers on this machine: what is sent, what is refused, and what is tried again."""

from __future__ import annotations

import base64
import datetime as dt
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from broker.config.settings import CA
from broker.contract.messages import Alert, AlertsMessage
from broker.language import words_of
from broker.server.certificates import SERVER, make_certificates
from broker.web.sending import EmailWay, News, NotSentError, Sender, WebhookWay, send_email, send_webhook
from tests.fakes.clock import MORNING
from tests.support.office import shipped_settings

PAPER = Alert(
    id="paper-1",
    kind="paper_low",
    place={"client": "kiosk-1", "device": "printer"},
    since=MORNING,
    value=0,
    limit=0,
    about="paper_out",
    roles=("technician",),
)
NEWS = News("paper-1", "kiosk-1, printer: no paper.", MORNING, PAPER)


class Smtp(socketserver.StreamRequestHandler):
    """A mail server that takes everything in the clear."""

    letters: ClassVar[list[str]]
    refuses: ClassVar[bool] = False

    def handle(self) -> None:
        """Speak as much SMTP as a mail needs."""
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                body = list[str]()
                while (text := self.rfile.readline().decode()) != ".\r\n":
                    body.append(text)
                self.letters.append("".join(body))
                self.wfile.write(b"250 taken\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif word == "RCPT" and self.refuses:
                self.wfile.write(b"550 nobody here\r\n")
            else:
                self.wfile.write(b"250 fine\r\n")


class SafeSmtp(socketserver.StreamRequestHandler):
    """A mail server that takes nothing in the clear, and who it is shows by a certificate."""

    context: ClassVar[ssl.SSLContext]
    heard: ClassVar[list[tuple[bool, str]]]
    """Whether each line came encrypted, and the line."""

    def handle(self) -> None:
        """Speak as much SMTP as a mail needs, the rest after STARTTLS."""
        self.wfile.write(b"220 here\r\n")
        is_safe, is_letter, stream = False, False, self.rfile
        answer: Callable[[bytes], object] = self.wfile.write
        while line := stream.readline().decode():
            self.heard.append((is_safe, line.rstrip()))
            word = line.partition(" ")[0].strip().upper()
            if is_letter:
                is_letter = line != ".\r\n"
                said = "" if is_letter else "250 taken"
            elif word == "EHLO":
                said = "250-here\r\n250 AUTH PLAIN" if is_safe else "250-here\r\n250 STARTTLS"
            elif word == "STARTTLS":
                answer(b"220 go on\r\n")
                try:
                    safe = self.context.wrap_socket(self.connection, server_side=True)
                except OSError:
                    return  # the other side does not take the certificate
                stream, answer, is_safe, said = safe.makefile("rb"), safe.sendall, True, ""
            else:
                is_letter = word == "DATA"
                said = {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 known"}.get(word, "250 fine")
            if said:
                answer(f"{said}\r\n".encode())
            if word == "QUIT":
                break
        if is_safe:
            stream.close()
            safe.close()


class Hook(BaseHTTPRequestHandler):
    """A receiver that answers as it is told."""

    answers: ClassVar[list[int]]
    taken: ClassVar[list[tuple[str, str | None, bytes]]]

    def do_POST(self) -> None:
        """Take what comes."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mail() -> Iterator[int]:
    Smtp.letters, Smtp.refuses = [], False
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)) as port:
        yield port


@pytest.fixture
def hook() -> Iterator[int]:
    Hook.answers, Hook.taken = [], []
    with served(HTTPServer(("127.0.0.1", 0), Hook)) as port:
        yield port


def email_at(port: int, **changes: object) -> EmailWay:
    plain = {"tls": "none", "sender": "antrean@kantor.id", "to": ("kepala@kantor.id",), "roles": ("technician",)}
    return EmailWay(host="127.0.0.1", port=port, language="en", **(plain | changes))  # type: ignore[arg-type]  # names are checked by it


def hook_at(port: int) -> WebhookWay:
    return WebhookWay(f"http://127.0.0.1:{port}/antrean?a=b", ("technician",), "en", "a-long-token")


def test_a_mail_says_what_and_since_when_and_a_storm_of_alerts_is_one_mail(mail: int) -> None:
    send_email(email_at(mail), "Kantor", [NEWS, News("b", "kiosk-2:\nnot connected.", MORNING, PAPER)])
    [letter] = Smtp.letters
    assert "Subject: [Kantor] kiosk-1, printer: no paper. (+1)" in letter
    assert "08:00  kiosk-1, printer: no paper." in letter
    assert "To: kepala@kantor.id" in letter


def test_a_server_without_tls_is_not_spoken_to_in_the_clear(mail: int) -> None:
    with pytest.raises(NotSentError) as told:
        send_email(email_at(mail, tls="starttls"), "Kantor", [NEWS])
    assert told.value.fault == "tls"
    with pytest.raises(NotSentError) as told:
        send_email(email_at(mail, tls="tls"), "Kantor", [NEWS], timeout_s=2)
    assert told.value.fault == "tls"
    assert Smtp.letters == []


def test_by_starttls_nothing_is_said_in_the_clear_and_only_to_a_server_that_shows_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = shipped_settings().model_copy(update={"tls": "own"})
    make_certificates(settings, tmp_path, dt.datetime.now(dt.UTC))
    SafeSmtp.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    SafeSmtp.context.load_cert_chain(tmp_path / SERVER)
    secret = "a-very-long-word"  # noqa: S105 - of nobody
    for trusted, fault in ((tmp_path / "nobody.pem", "tls"), (tmp_path / CA, None)):
        SafeSmtp.heard = []
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), SafeSmtp)) as port:
            way = email_at(port, tls="starttls", user="antrean", password=secret)
            if fault is not None:
                with pytest.raises(NotSentError) as told:
                    send_email(way, "Kantor", [NEWS])
                assert told.value.fault == fault
            else:
                send_email(way, "Kantor", [NEWS])
        clear = {line.partition(" ")[0].upper() for is_safe, line in SafeSmtp.heard if not is_safe}
        assert clear == {"EHLO", "STARTTLS"}
    encrypted = [line for is_safe, line in SafeSmtp.heard if is_safe]
    assert "08:00  kiosk-1, printer: no paper." in encrypted
    assert base64.b64encode(f"\0antrean\0{secret}".encode()).decode() in " ".join(encrypted)


def test_a_mail_server_that_refuses_or_is_not_there_is_told_of(mail: int) -> None:
    Smtp.refuses = True
    with pytest.raises(NotSentError) as told:
        send_email(email_at(mail), "Kantor", [NEWS])
    assert told.value.fault == "refused"
    with pytest.raises(NotSentError) as told:
        send_email(email_at(1), "Kantor", [NEWS])
    assert told.value.fault == "unreachable"


def test_a_webhook_gets_json_with_its_token(hook: int) -> None:
    send_webhook(hook_at(hook), "Kantor", [NEWS])
    [(path, token, body)] = Hook.taken
    assert (path, token) == ("/antrean?a=b", "Bearer a-long-token")
    [told] = json.loads(body)["alerts"]
    assert (told["event"], told["id"], told["kind"], told["text"]) == ("raised", "paper-1", "paper_low", NEWS.text)
    assert not told.keys() & {"acknowledged_by", "acknowledged_at"}


@pytest.mark.parametrize(("status", "is_final"), [(302, True), (404, True), (429, False), (500, False)])
def test_no_answer_leads_elsewhere(hook: int, status: int, is_final: bool) -> None:  # noqa: FBT001 - a table
    Hook.answers[:] = [status]
    with pytest.raises(NotSentError) as told:
        send_webhook(hook_at(hook), "Kantor", [NEWS])
    assert told.value.is_final is is_final
    assert len(Hook.taken) == 1


def test_no_secret_stands_in_a_log() -> None:
    assert "hush" not in repr(email_at(25, user="hush", password="hush"))  # noqa: S106 - made up
    assert "long-token" not in repr(hook_at(80))


def standing(*alerts: Alert) -> AlertsMessage:
    return AlertsMessage(at=MORNING, alerts=alerts)


def sender(folder: Path, **ways: EmailWay | WebhookWay) -> Sender:
    return Sender(ways, office="Kantor", words=words_of("broker", ["en"]), folder=folder, now=lambda: MORNING)


def test_what_is_new_is_sent_once_also_over_a_restart_and_its_end_is_told(hook: int, tmp_path: Path) -> None:
    first = sender(tmp_path, webhook=hook_at(hook))
    wait = PAPER.model_copy(update={"id": "wait-2", "roles": ("supervisor",)})
    first.heard(standing(PAPER, wait), None)
    assert first.send_now() == {"webhook": 0}
    first.heard(standing(PAPER, wait), None)
    assert first.send_now() == {"webhook": 0}
    again = sender(tmp_path, webhook=hook_at(hook))
    again.heard(standing(PAPER), None)
    again.send_now()
    assert len(Hook.taken) == 1, "once, and nothing that is for others"
    again.heard(standing(), None)
    again.send_now()
    [ended] = json.loads(Hook.taken[1][2])["alerts"]
    assert (ended["event"], ended["id"]) == ("ended", "paper-1")
    assert again.states["webhook"].sent_at == MORNING


def test_what_fails_waits_and_is_sent_again_and_the_page_can_say_so(hook: int, tmp_path: Path) -> None:
    told = list[dict[str, str]]()
    one = sender(tmp_path, webhook=hook_at(hook))
    Hook.answers[:] = [500, 503]
    one.heard(standing(PAPER), None)
    assert one.send_now() == {"webhook": 1}
    assert (one.states["webhook"].fault, one.states["webhook"].waiting) == ("unreachable", 1)
    one.send_now()
    assert one.send_now() == {"webhook": 0}
    assert one.states["webhook"].fault is None
    one.begin(lambda devices: told.append(dict(devices)))
    one.stop()


def test_what_nobody_takes_is_not_tried_for_ever(hook: int, tmp_path: Path) -> None:
    one = sender(tmp_path, webhook=hook_at(hook))
    Hook.answers[:] = [410]
    one.heard(standing(PAPER), None)
    assert one.send_now() == {"webhook": 0}
    assert (one.states["webhook"].fault, one.states["webhook"].waiting) == ("refused", 0)


def test_good_news_is_no_mail(mail: int, tmp_path: Path) -> None:
    one = sender(tmp_path, email=email_at(mail))
    one.heard(standing(PAPER), None)
    one.send_now()
    one.heard(standing(), None)
    one.send_now()
    assert len(Smtp.letters) == 1


def test_each_way_has_a_thread_of_its_own_that_sends_by_itself_and_says_how_it_fares(
    hook: int, mail: int, tmp_path: Path
) -> None:
    both = threading.Event()

    def report(devices: object) -> None:
        if Hook.taken and Smtp.letters and devices == {"webhook": "good", "email": "good"}:
            both.set()

    one = sender(tmp_path, webhook=hook_at(hook), email=email_at(mail))
    one.begin(report)
    one.heard(standing(PAPER), None)
    assert both.wait(20.0)
    one.stop()


def test_what_is_over_before_it_was_sent_is_not_sent(tmp_path: Path) -> None:
    one = sender(tmp_path, webhook=hook_at(1))
    one.heard(standing(PAPER), None)
    assert one.send_now() == {"webhook": 1}
    one.heard(standing(), None)
    assert one.states["webhook"].waiting == 0
