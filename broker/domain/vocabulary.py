"""One vocabulary of all that can be asked and all that can happen: of the hall, and of feedback beside it."""

from __future__ import annotations

from broker.domain import commands, events
from broker.domain.feedback import commands as feedback
from broker.domain.feedback import events as facts

Command = commands.Command | feedback.FeedbackCommand
Event = events.Event | facts.FeedbackEvent

COMMANDS: dict[str, type[Command]] = {**commands.COMMANDS, **feedback.COMMANDS}
"""Every command by its name on the wire; any other answers `bad_request`."""
EVENT_TYPES: dict[str, type[Event]] = {**events.EVENT_TYPES, **facts.EVENT_TYPES}
EVENT_NAMES: dict[type[Event], str] = {kind: name for name, kind in EVENT_TYPES.items()}
