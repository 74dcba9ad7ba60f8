"""Changes of config.yaml that come through the office: prepared by a thread of its own, written by the engine's word.

Reading, changing and checking the file takes up to a second, so it stops nobody: like PINs, a change is looked at
before the engine decides. What it comes to is on disk by then, beside the file: from the journal's word on only a name
changes.
"""

from __future__ import annotations

import datetime as dt
import errno
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from broker.bootstrap.reload import change_of
from broker.config import ConfigError, Problem, check_settings, load_settings
from broker.config.differences import act_of, differences
from broker.config.document import read_value
from broker.config.patching import LEAVE_OUT, Edit, UnwritableError, edited, patched
from broker.config.planned import SECTION, carried_out, day_of, days_ahead, on_day
from broker.config.versions import RulesFile, Version, Versions, digest_of
from broker.domain.commands import LEFT_OUT, PreparedRules, RulesChange
from broker.domain.errors import Code, DomainError
from broker.domain.events import RulesChanged
from broker.ports import RequestKey, Submission

MOST_WAITING = 8
MOST_PROBLEMS = 12
"""So many faults are told: whoever mends these mends most, and they fit a message."""
LONGEST_PROBLEM = 300
LOOK_EVERY_S = 5.0
"""How often it is looked whether a planned day has come, or a file still waits to be written."""
REFUSED_AFTER_S = 600.0
"""What was laid down so long ago the engine has refused."""
_BOM = b"\xef\xbb\xbf"

log = logging.getLogger(__name__)


class RulesDesk:
    """Stands between the wire and the engine, for requests that change the configuration. Implements `RulesKeeper`."""

    def __init__(
        self,
        config: Path,
        data_dir: Path,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], dt.datetime],
        report: Callable[[str, str | None], None] = lambda _device, _state: None,
    ) -> None:
        """Change `config`, keep versions below `data_dir`; staff are told by `report` of what cannot be written."""
        self.failures = 0
        self._config = config
        self._file = RulesFile(config)
        self._versions = Versions(data_dir)
        self._environ = environ
        self._clock = clock
        self._report = report
        self._waiting: queue.Queue[Submission] = queue.Queue()
        self._under_way: set[RequestKey] = set()
        self._lock = threading.Lock()
        self._owed: str | None = None
        """The digest of what the journal says and the file does not yet."""
        self._carried = ""
        """The digest of the file for which what is due was handed over already."""

    # -- requests: from the network's thread, then on our own --------------------------------------------------------

    def before(
        self, submit: Callable[[Submission], None], refuse: Callable[[Submission, DomainError], None]
    ) -> Callable[[Submission], None]:
        """Return what takes every request in, and lets those that change the configuration wait here first."""

        def taken(submission: Submission) -> None:
            if not isinstance(submission.command, RulesChange):
                submit(submission)
            elif not self.take(submission):
                refuse(submission, DomainError(Code.TOO_MANY, "too many changes of the configuration wait"))

        return taken

    def take(self, submission: Submission) -> bool:
        """Let a change wait to be prepared, or return False where too many wait. One that waits does so once."""
        with self._lock:
            if submission.key in self._under_way:
                return True
            if len(self._under_way) >= MOST_WAITING:
                return False
            self._under_way.add(submission.key)
        self._waiting.put(submission)
        return True

    def run(
        self,
        submit: Callable[[Submission], None],
        rules_editor: Callable[[str], str | None],
        carry_out: Callable[[PreparedRules, str], None],
    ) -> None:
        """Prepare for ever, and hand over to `submit`; `rules_editor` says who is worth the work."""
        while True:
            try:
                submission = self._waiting.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                self.look(carry_out)
                continue
            submit(self.prepared(submission, rules_editor))
            with self._lock:
                self._under_way.discard(submission.key)

    def prepared(self, submission: Submission, rules_editor: Callable[[str], str | None]) -> Submission:
        """Return a request with what it comes to, or what is wrong with it; without a session there is no work."""
        command = submission.command
        if not isinstance(command, RulesChange) or (by := rules_editor(command.session)) is None:
            return submission
        result: PreparedRules | DomainError
        try:
            result = self._prepare(command, by)
        except DomainError as refusal:
            result = refusal
        except OSError as error:
            result = _unwritten(error)
        except Exception:
            self.failures += 1
            log.exception("a change of the configuration cannot be prepared")
            result = DomainError(Code.NOT_READY, "the change cannot be prepared now: see the log")
        return replace(submission, command=replace(command, prepared=result))

    # -- what the engine asks ------------------------------------------------------------------------------------------

    def digest(self) -> str:
        """Return the digest of what the file says now."""
        return self._file.digest()

    def settle(self, digest: str) -> None:
        """Let what was laid down take the file's place; where the disk refuses, it is tried again."""
        try:
            self._file.replace(digest)
            self._versions.settle(digest)
        except OSError as error:
            log.exception("the configuration's file waits to be written")
            self._owed = digest
            self._report("rules", f"the file cannot be written: {error.strerror or error}"[:160])
        else:
            self._owed = None
            self._report("rules", None)

    # -- at the start, and by time ------------------------------------------------------------------------------------

    def make_good(self, last: RulesChanged | None) -> None:
        """Finish what a crash left between the journal and the file; what never came to count is forgotten."""
        if last is not None:
            now = self._file.digest()
            if now == last.before and self._versions.staged(last.digest) is not None:
                log.warning("a change of the configuration is made good that was cut off: %s", last.digest)
                self._write_owed(last.digest)
            elif now == last.digest:
                self._settle_version(last.digest)
        if self._owed is None:
            self._versions.drop_all()
            self._file.forget_all()

    def look(self, carry_out: Callable[[PreparedRules, str], None]) -> None:
        """Write what still waits, and hand over what was planned for a day that has come."""
        if self._owed is not None:
            self._write_owed(self._owed)
            return
        self._versions.drop_all(older_than_s=REFUSED_AFTER_S)
        self._file.forget_all(older_than_s=REFUSED_AFTER_S)
        try:
            if (due := self._due()) is not None:
                carry_out(*due)
        except (DomainError, OSError, UnwritableError, ValueError) as error:
            log.warning("what was planned counts, but is not put into its place: %s", error)

    def _write_owed(self, digest: str) -> None:
        found = self._versions.staged(digest)
        if found is None:
            return
        try:
            self._file.lay_beside(found[1])
        except OSError as error:
            self._owed = digest
            self._report("rules", f"the file cannot be written: {error.strerror or error}"[:160])
            return
        self.settle(digest)

    def _settle_version(self, digest: str) -> None:
        try:
            self._versions.settle(digest)
        except OSError:
            log.exception("a version of the configuration is not kept")

    def _due(self) -> tuple[PreparedRules, str] | None:
        """Return what puts due plans into their places, once for each content of the file."""
        raw = self._file.read()
        digest = digest_of(raw)
        if digest == self._carried:
            return None
        data = _data(raw)
        edits = list(carried_out(data, day_of(data, self._clock())))
        self._carried = digest
        if not edits:
            self._carried = ""
            return None
        reason = f"planned: {', '.join(edit.path.partition('.')[2] for edit in edits if edit.value is LEAVE_OUT)}"
        text = patched(_text(raw), edits).encode()
        return self._laid_down(raw, _with_mark(raw, text), by=None, reason=reason, acts=frozenset()), reason

    # -- a change ----------------------------------------------------------------------------------------------------

    def _prepare(self, command: RulesChange, by: str) -> PreparedRules:
        raw = self._file.read()
        if command.base != digest_of(raw):
            raise self._conflict(digest_of(raw))
        try:
            data = _data(raw)
            folded = list(carried_out(data, self._today(data)))
            for edit in folded:
                data = edited(data, edit)
            new = self._new_text(raw, command, data, folded)
            wanted = _data(new)
            changed = list(differences(data, wanted))
        except UnwritableError as error:
            raise _bad([f"{error.path}: {error}" if error.path else str(error)]) from error
        acts = {one.path: act_of(one) for one in changed}
        for day in days_ahead(wanted, self._today(data)):  # a plan that fits nothing today may replace what stands
            acts |= {
                f"from {day} on: {one.path}": act_of(one)
                for one in differences(on_day(data, day)[0], on_day(wanted, day)[0])
                if one.path.partition(".")[0] != SECTION and one.path not in acts
            }
        if closed := [path for path, act in acts.items() if act is None]:
            message = "is not changed here but in the file itself, by whoever may log in to the machine"
            raise _bad([f"{path}: {message}" for path in closed])
        if new == raw:
            return PreparedRules(digest_of(raw), digest_of(raw))
        needed = frozenset(act for act in acts.values() if act is not None)
        made = self._laid_down(raw, new, by=by, reason=command.reason.strip(), acts=needed)
        gone = {
            section: frozenset(
                one.path.partition(".")[2]
                for one in changed
                if one.after is LEAVE_OUT and one.path.startswith(f"{section}.") and one.path.count(".") == 1
            )
            for section in ("services", "counters")
        }
        return replace(made, services_gone=gone["services"], counters_gone=gone["counters"])

    def _new_text(self, raw: bytes, command: RulesChange, data: Mapping[str, object], folded: Sequence[Edit]) -> bytes:
        if command.back_to is not None:
            found = self._versions.text_of(command.back_to)
            if found is None:
                raise _bad([f"the version {command.back_to} is not kept any more"])
            return found
        edits = [Edit(one.path, LEAVE_OUT if one.value is LEFT_OUT else one.value) for one in command.edits]
        if command.effective_from is not None:
            try:
                day = dt.date.fromisoformat(command.effective_from)
            except ValueError:
                raise _bad([f'effective_from: "{command.effective_from}" is no day of the calendar']) from None
            if day > self._today(data):
                edits = [_planned(edits, day, data)]
        return _with_mark(raw, patched(_text(raw), [*folded, *edits]).encode())

    def _laid_down(self, raw: bytes, new: bytes, *, by: str | None, reason: str, acts: frozenset[str]) -> PreparedRules:
        """Check what the file would say, and lay it down on disk. Raises DomainError, OSError."""
        before, digest = digest_of(raw), digest_of(new)
        beside = self._file.lay_beside(new)
        try:
            today = self._today(_data(new))
            problems = check_settings(beside, self._environ, today=today)
            if faults := [problem for problem in problems if not problem.warning and not problem.here]:
                raise _bad([_sentence(problem) for problem in faults])
            known = {_sentence(problem) for problem in check_settings(self._config, self._environ, today=today)}
            warnings = tuple(one for one in map(_sentence, problems) if one not in known)[:MOST_PROBLEMS]
            sections, restart = self._sections(beside, today)
            made = PreparedRules(before, digest, sections, restart, warnings, acts)
            self._keep_first(raw, before)
            version = Version(digest=digest, before=before, at=self._clock(), by=by, reason=reason, sections=sections)
            self._versions.stage(version, new)
        except (DomainError, OSError, UnwritableError):
            self._file.forget(digest)
            raise
        return made

    def _sections(self, beside: Path, today: dt.date) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return which sections change, and which of them wait for a restart."""
        after = load_settings(beside, self._environ, today=today)
        try:
            before = load_settings(self._config, self._environ, today=today)
        except ConfigError:
            return (), ()
        change = change_of(before, after)
        return (*change.live, *(one for one in change.waiting if one not in change.live)), change.waiting

    def _keep_first(self, raw: bytes, digest: str) -> None:
        """Keep what somebody wrote into the file itself, too, before a change takes its place."""
        if self._versions.text_of(digest) is None:
            at = min(self._file.changed_at(), self._clock())
            self._versions.keep(Version(digest=digest, before="", at=at), raw)

    def _conflict(self, digest: str) -> DomainError:
        """Return who changed the file since; somebody who edited it itself has no name here."""
        last = next((one for one in self._versions.listed() if one.digest == digest), None)
        at = self._file.changed_at() if last is None else last.at
        by = None if last is None else last.by
        message = "somebody else has changed the configuration since"
        return DomainError(Code.CONFLICT, message, by=by, at=at.isoformat(timespec="seconds"), digest=digest)

    def _today(self, data: Mapping[str, object]) -> dt.date:
        return day_of(data, self._clock())


def _planned(edits: Sequence[Edit], day: dt.date, data: Mapping[str, object]) -> Edit:
    """Return what puts edits into the list of what counts from a later day on."""
    entries = data.get("planned")
    taken = (
        {str(entry.get("id")) for entry in entries if isinstance(entry, dict)} if isinstance(entries, list) else set()
    )
    place = edits[0].path.split(".")
    stem = f"{day:%Y%m%d}-{place[1] if len(place) > 2 else place[0]}"[:28]  # noqa: PLR2004 - an entry of a list, with its key
    name = next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if one not in taken)
    change = {edit.path: None if edit.value is LEAVE_OUT else edit.value for edit in edits}
    return Edit(f"planned.{name}", {"id": name, "effective_from": day.isoformat(), "change": change})


def _data(raw: bytes) -> dict[str, object]:
    try:
        data = read_value(_text(raw))
    except UnicodeDecodeError as error:
        message = "is not written in UTF-8: save it so with an editor once"
        raise UnwritableError(message) from error
    except ValueError as error:
        raise UnwritableError(str(error)) from error
    if not isinstance(data, dict):
        message = "the file holds no sections"
        raise UnwritableError(message)
    return data


def _text(raw: bytes) -> str:
    return raw.removeprefix(_BOM).decode("utf-8")


def _with_mark(raw: bytes, new: bytes) -> bytes:
    """Return a text with the mark at its head that some editors write, where it had one."""
    return _BOM + new if raw.startswith(_BOM) else new


def _sentence(problem: Problem) -> str:
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{problem.path}: {problem.message}{hint}".removeprefix(": ")


def _bad(problems: Sequence[str]) -> DomainError:
    told = tuple(one[:LONGEST_PROBLEM] for one in problems[:MOST_PROBLEMS])
    return DomainError(Code.BAD_RULES, "the office cannot work by these rules", problems=told)


def _unwritten(error: OSError) -> DomainError:
    """Return in words why nothing was changed: no room, or no right to."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    why = "the disk is full" if full else str(error.strerror or error).lower()
    return DomainError(Code.STORAGE_FAILED, f"config.yaml cannot be written: {why}")
