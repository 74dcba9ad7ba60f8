"""A message on a command topic -> a submission for the engine. Runs on the network thread: decodes, hands over."""

from __future__ import annotations

import datetime as dt
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

import pydantic_core
from pydantic import ValidationError

from broker.contract import requests as rq
from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain.errors import Code, DomainError
from broker.ports import Submission

MAX_ID_LENGTH = 64
MAX_NAME_LENGTH = 64
"""So much of a name that somebody made up is repeated in an error: a reply has to fit 8 KiB."""

_FIRST_ID = re.compile(rb'\s{0,16}\{\s{0,16}"id"\s{0,16}:\s{0,16}"([!#-\[\]-~]{1,64})"\s{0,16},')
"""An id of plain characters at the head of an object; never looks further than some 200 bytes."""

Decoder = Callable[[str, bytes], tuple[cmd.Command | DomainError, dt.datetime | None]]

log = logging.getLogger(__name__)


class Inbound:
    """Decodes requests; who asks comes from the topic, never from the payload."""

    def __init__(
        self, topics: Topics, submit: Callable[[Submission], None], *, token: Callable[[str, str], str]
    ) -> None:
        """Hand every decoded request to `submit`; `token` makes a session's secret of client and request id."""
        self.unanswerable = 0
        self._topics = topics
        self._submit = submit
        self._token = token

    def received(self, topic: str, payload: bytes) -> None:
        """Take one message in. What has no usable id can not be answered: it is counted, and logged without its text.

        A PIN could stand in it.
        """
        self._take(topic, payload, _decode)

    def kept(self, topic: str, payload: bytes) -> None:
        """Take in what the server had retained: it would be done again at each of our starts, so it never is."""
        log.warning("a retained request on %.200s is not done: send requests without the retain flag", topic)
        self._take(topic, payload, _refuse_kept)

    def _take(self, topic: str, payload: bytes, decode: Decoder) -> None:
        parsed = self._topics.parse_command(topic)
        request_id = usable_id(payload)
        if parsed is None or request_id is None:
            self.unanswerable += 1
            log.warning("no usable request on %.200s (%d bytes)", topic, len(payload))
            return
        client, command = parsed
        decoded, until = decode(command, payload)
        if isinstance(decoded, cmd.SignIn):
            decoded = replace(decoded, token=self._token(client, request_id))
        self._submit(Submission(client, request_id, decoded, until))


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


def _refuse_kept(_command: str, _payload: bytes) -> tuple[DomainError, None]:
    return DomainError(Code.BAD_REQUEST, "a retained message is no request", field=""), None


def _decode(command: str, payload: bytes) -> tuple[cmd.Command | DomainError, dt.datetime | None]:
    """Return what is asked, or why that cannot be said, and until when it is meant."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        return DomainError(Code.BAD_REQUEST, f"longer than {MAX_PAYLOAD_BYTES} bytes", field=""), None
    model = rq.REQUESTS.get(command)
    if model is None:
        unknown = command[:MAX_NAME_LENGTH]
        return DomainError(Code.BAD_REQUEST, f"unknown command {unknown}", field="", command=unknown), None
    try:
        request = model.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = first["loc"] or (first.get("ctx", {}).get("field", ""),)
        name = ".".join(str(part) for part in path)[:MAX_NAME_LENGTH]
        return DomainError(Code.BAD_REQUEST, f"{name}: {first['msg']}", field=name), None
    return _command(request), request.until


def _command(request: rq.AnyRequest) -> cmd.Command:  # noqa: C901, PLR0911, PLR0912 - one line a command
    match request:
        case rq.Issue():
            return cmd.Issue(str(uuid.uuid4()), request.service, request.lane, request.language)
        case rq.Printed():
            return cmd.Printed(request.ticket, request.outcome, request.reason)
        case rq.Reprint():
            return cmd.Reprint(request.ticket, request.check)
        case rq.Lookup():
            return cmd.Lookup(request.ticket, request.check)
        case rq.Cancel():
            return cmd.Cancel(request.ticket, _desk(request), request.reason, request.check)
        case rq.Rejoin():
            return cmd.Rejoin(request.ticket, _desk(request), request.reason, request.check)
        case rq.Open():
            return cmd.SignIn(request.counter, request.officer, request.pin, leave=request.leave)
        case rq.Close():
            return cmd.Close(request.counter, request.session, request.reason)
        case rq.Pause():
            return cmd.Pause(request.counter, request.session, request.reason)
        case rq.Resume():
            return cmd.Resume(request.counter, request.session, request.reason)
        case rq.Next():
            return cmd.Next(request.counter, request.session)
        case rq.Call():
            return cmd.Call(request.counter, request.session, request.ticket)
        case rq.Recall():
            return cmd.Recall(request.counter, request.session, request.note)
        case rq.Start():
            return cmd.Start(request.counter, request.session, request.note)
        case rq.Finish():
            return cmd.Finish(request.counter, request.session, request.note)
        case rq.NoShow():
            return cmd.NoShow(request.counter, request.session, request.note)
        case rq.Hold():
            return cmd.Hold(request.counter, request.session, request.note)
        case rq.Unhold():
            return cmd.Unhold(request.counter, request.session, request.ticket)
        case rq.Transfer():
            return cmd.Transfer(
                request.counter,
                request.session,
                ticket=request.ticket,
                stage=request.stage,
                service=request.service,
                to_counter=request.to_counter,
                reason=request.reason,
            )
        case rq.Undo():
            return cmd.Undo(request.counter, request.session, request.note)
        case _:
            assert_never(request)


def _desk(request: rq.OfHolder) -> cmd.AtCounter | None:
    if request.counter is None or request.session is None:
        return None
    return cmd.AtCounter(request.counter, request.session)
