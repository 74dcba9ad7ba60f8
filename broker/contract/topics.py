"""Every topic of the wire in one table, with its quality of service and whether it is retained."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = "v1"
ENGINE_CLIENT = "broker"
"""The client id of the engine itself."""
UP_CLIENT = "up"
"""The client id of `antrean up`, which watches the office that it opened."""
DOCTOR_CLIENT = "doctor"
"""The client id of `antrean doctor`, which only listens."""
WEB_CLIENT = "web"
"""The client id of the pages on phones; those of further machines are named in `mqtt.devices`, as `web-2`."""
CARE_CLIENT = "care"
"""The client id of `antrean purge` and whatever else keeps house."""

MAX_HEARD_BYTES = 64 * 1024
"""What is longer is not even looked at; brokers older than 1.1 said more than 8 KiB about the office."""

_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class TopicKind:
    """How messages of one kind travel."""

    template: str
    qos: int
    retained: bool


COMMAND = TopicKind("cmd/{client}/{command}", qos=1, retained=False)
REPLY = TopicKind("reply/{client}", qos=1, retained=False)
OFFICE = TopicKind("state/office", qos=1, retained=True)
SERVICE = TopicKind("state/service/{service}", qos=1, retained=True)
HALL = TopicKind("state/hall", qos=1, retained=True)
COUNTER = TopicKind("state/counter/{counter}", qos=1, retained=True)
DAY = TopicKind("state/day", qos=1, retained=True)
ANNOUNCEMENTS = TopicKind("state/announcements", qos=1, retained=True)
HELP = TopicKind("state/help", qos=1, retained=True)
WAITING = TopicKind("state/waiting/{page}", qos=1, retained=True)
BOARD = TopicKind("state/board/{page}", qos=1, retained=True)
SURVEY = TopicKind("state/survey/{survey}/{language}", qos=1, retained=True)
FEEDBACK = TopicKind("state/feedback", qos=1, retained=True)
ALERTS = TopicKind("state/alerts", qos=1, retained=True)
RESULTS = TopicKind("state/results", qos=1, retained=True)
TRAINING = TopicKind("state/training", qos=1, retained=True)
EVENT = TopicKind("event/{name}", qos=1, retained=False)
PRESENCE = TopicKind("presence/{client}", qos=1, retained=True)


def is_client_id(text: str) -> bool:
    """Tell whether `text` may stand as a client's own level in a topic."""
    return _CLIENT.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one office."""

    office: str

    @property
    def root(self) -> str:
        """Return the level under which everything of this office lies."""
        return f"antrean/{VERSION}/{self.office}"

    def command(self, client: str, command: str) -> str:
        """Return where `client` sends requests for `command`."""
        return self._of(COMMAND, client=client, command=command)

    def reply(self, client: str) -> str:
        """Return where `client` hears its answers."""
        return self._of(REPLY, client=client)

    def office_state(self) -> str:
        """Return the retained topic of what the office offers."""
        return self._of(OFFICE)

    def service(self, service: str) -> str:
        """Return the retained topic of one service's procedure (`+` for all)."""
        return self._of(SERVICE, service=service)

    def hall(self) -> str:
        """Return the retained topic of the live picture."""
        return self._of(HALL)

    def counter(self, counter: str) -> str:
        """Return the retained topic of one counter."""
        return self._of(COUNTER, counter=counter)

    def day(self) -> str:
        """Return the retained topic of what the day came to so far."""
        return self._of(DAY)

    def announcements(self) -> str:
        """Return the retained topic of what the office announces."""
        return self._of(ANNOUNCEMENTS)

    def help(self) -> str:
        """Return the retained topic of who waits for help at the kiosks."""
        return self._of(HELP)

    def waiting(self, page: str) -> str:
        """Return the retained topic of one page of who waits (`+` for all)."""
        return self._of(WAITING, page=page)

    def board(self, page: str) -> str:
        """Return the retained topic of one page of how the hall stands (`+` for all)."""
        return self._of(BOARD, page=page)

    def survey(self, survey: str, language: str) -> str:
        """Return the retained topic of a survey's questions in one language (`+` for all)."""
        return self._of(SURVEY, survey=survey, language=language)

    def feedback(self) -> str:
        """Return the retained topic of what is published of ratings, surveys and complaints."""
        return self._of(FEEDBACK)

    def results(self) -> str:
        """Return the retained topic of what is published of waits."""
        return self._of(RESULTS)

    def alerts(self) -> str:
        """Return the retained topic of what somebody is to see to."""
        return self._of(ALERTS)

    def training(self) -> str:
        """Return the retained topic of what a training is at; nothing is said there in an office that is none."""
        return self._of(TRAINING)

    def event(self, name: str) -> str:
        """Return the topic of events of one name (`+` for all)."""
        return self._of(EVENT, name=name)

    def presence(self, client: str) -> str:
        """Return the retained topic that says whether `client` is online (`+` for all)."""
        return self._of(PRESENCE, client=client)

    def all_commands(self) -> str:
        """Return the filter that hears every request of the office."""
        return self.command("+", "+")

    def parse_command(self, topic: str) -> tuple[str, str] | None:
        """Return (client, command) of a request's topic, or None where it is none."""
        prefix = f"{self.root}/cmd/"
        if not topic.startswith(prefix):
            return None
        client, slash, command = topic.removeprefix(prefix).partition("/")
        if not slash or "/" in command or not is_client_id(client):
            return None
        return client, command

    def parse_presence(self, topic: str) -> str | None:
        """Return whose presence a topic is, or None where it is none."""
        client = topic.removeprefix(self.presence(""))
        return client if client != topic and is_client_id(client) else None

    def _of(self, kind: TopicKind, **levels: str) -> str:
        return f"{self.root}/{kind.template.format(**levels)}"
