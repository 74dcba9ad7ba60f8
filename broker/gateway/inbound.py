"""A message on a command topic -> a submission for the engine. Runs on the network thread: decodes, hands over."""

from __future__ import annotations

import logging
import re
import secrets
import uuid
from collections.abc import Callable, Mapping

import pydantic_core

from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.contract.topics import Topics, is_client_id
from broker.domain.errors import Code, DomainError
from broker.domain.vocabulary import Command
from broker.gateway.decoding import FORMS, MAX_ID_LENGTH, Decoded, decode
from broker.ports import Submission
from broker.ticket_link import KEY_BYTES, key_text

_FIRST_ID = re.compile(rb'\s{0,16}\{\s{0,16}"id"\s{0,16}:\s{0,16}"([!#-\[\]-~]{1,64})"\s{0,16},')
"""An id of plain characters at the head of an object; never looks further than some 200 bytes."""

Decoder = Callable[[str, bytes, Mapping[str, str]], Decoded]

log = logging.getLogger(__name__)


def no_secret(_client: str, _request_id: str) -> str:
    """Return no secret: without the office's key nobody complains anyway."""
    return ""


def nothing_refused(_client: str, _name: str, _command: Command | DomainError) -> None:
    """Let every client send every command."""


def nobody_told(_submission: Submission, _error: DomainError) -> None:
    """Tell nobody: whoever hears nothing asks again."""


class Inbound:
    """Decodes requests; who asks comes from the topic, never from the payload."""

    def __init__(
        self,
        topics: Topics,
        submit: Callable[[Submission], None],
        *,
        token: Callable[[str, str], str],
        login: Callable[[str], str] = str,
        secret: Callable[[str, str], str] = no_secret,
        refusal: Callable[[str, str, Command | DomainError], DomainError | None] = nothing_refused,
        refuse: Callable[[Submission, DomainError], None] = nobody_told,
    ) -> None:
        """Hand every decoded request to `submit`, and what cannot even be looked at to `refuse`.

        `token` makes a session's secret of client and request id, `secret` that of a receipt; `login` tells which login
        of a client counts now. `refusal` tells why a
        client may not send a command.
        """
        self._refusal = refusal
        self._refuse = refuse
        self.unanswerable = 0
        self._topics = topics
        self._submit = submit
        self._makers: Mapping[str, Callable[[str, str], str]] = {
            "asker": lambda client, _request_id: client,
            "ticket": lambda _client, _request_id: str(uuid.uuid4()),
            "check": lambda _client, _request_id: check_code(),
            "key": lambda _client, _request_id: key_text(secrets.token_bytes(KEY_BYTES)),
            "chance": lambda _client, _request_id: secrets.token_hex(32),
            "token": token,
            "login": lambda client, _request_id: login(client),
            "secret": secret,
            "announcement": lambda _client, _request_id: uuid.uuid4().hex[:12],
            "row": lambda _client, _request_id: uuid.uuid4().hex,
            "words_row": lambda _client, _request_id: uuid.uuid4().hex,
        }
        """What is made on our side for a command, by the name of its field, of client and request id."""

    def received(self, topic: str, payload: bytes) -> None:
        """Take one message in. What has no usable id can not be answered: it is counted, and logged without its text.

        A PIN could stand in it.
        """
        self._take(topic, payload, decode)

    def kept(self, topic: str, payload: bytes) -> None:
        """Take in what the server had retained: it would be done again at each of our starts, so it never is."""
        log.warning("a retained request on %.200s is not done: send requests without the retain flag", topic)
        self._take(topic, payload, _refuse_kept)

    def too_many(self, client: str, payload: bytes) -> None:
        """Refuse a request that is not even looked at, for its client asks too much."""
        request_id = usable_id(payload)
        if request_id is not None and is_client_id(client):
            refusal = DomainError(Code.TOO_MANY, "too many requests wait")
            self._refuse(Submission(client, request_id, refusal), refusal)

    def _take(self, topic: str, payload: bytes, decode: Decoder) -> None:
        parsed = self._topics.parse_command(topic)
        request_id = usable_id(payload)
        if parsed is None or request_id is None:
            self.unanswerable += 1
            log.warning("no usable request on %.200s (%d bytes)", topic, len(payload))
            return
        client, command = parsed
        wanted = FORMS[command].made if command in FORMS else ()
        made = {name: make(client, request_id) for name, make in self._makers.items() if name in wanted}
        decoded = decode(command, payload, made)
        asked = self._refusal(client, command, decoded.command) or decoded.command
        self._submit(Submission(client, request_id, asked, decoded.until))


def check_code() -> str:
    """Return four digits that nobody can guess, for the paper of a ticket."""
    return f"{secrets.randbelow(10_000):04}"


def usable_id(payload: bytes) -> str | None:
    """Return the request's id, or None where there is none to answer to.

    What is too long is not parsed: there the id is found only where it stands first.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        first = _FIRST_ID.match(payload)
        return None if first is None else first.group(1).decode("ascii")
    try:
        body = pydantic_core.from_json(payload)
    except ValueError:
        return None
    identity = body.get("id") if isinstance(body, dict) else None
    if not isinstance(identity, str) or not 0 < len(identity) <= MAX_ID_LENGTH or not identity.isprintable():
        return None
    return identity


def _refuse_kept(_command: str, _payload: bytes, _made: object) -> Decoded:
    return Decoded(DomainError(Code.BAD_REQUEST, "a retained message is no request", field=""))
