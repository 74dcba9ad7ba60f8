"""The machine itself: disk, clock, screen, fonts."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from broker.config.document import read_document, read_value, shipped_text
from broker.up.screens import has_screen
from hardware.doctor.question import Finding
from hardware.files import ours_read_by_others, read_by_others

LOW_BYTES = 1 << 30
SECRET_KEYS = frozenset({"pin_hash", "staff_pin_hash", "secret", "password", "token", "api_token"})
"""What of a configuration nobody else may know."""
MOST_NAMED = 3
FULL_BYTES = 100 << 20
"""Below this a day's journal, logs and pictures may not fit."""
SLOW_COMMIT_S = 0.1
"""A disk that takes so long for one durable write makes every touch at the kiosk feel slow."""
SYNC_FILE = Path("/run/systemd/timesync/synchronized")
FONT_FOLDERS = tuple(Path(folder) for folder in ("/usr/share/fonts", "/usr/local/share/fonts"))


def disk(data_dir: Path) -> Finding:
    """Look for room, and for a folder that takes a durable write."""
    subject = "disk"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(data_dir).free
        took_s = _durable_write_s(data_dir)
    except OSError as error:
        seen = f"{data_dir} cannot be written: {error.strerror or error}"
        return Finding(subject=subject, verdict="fault", seen=seen, advice="free the disk, or choose --data")
    seen = f"{free / (1 << 30):.1f} GB free at {data_dir}, a durable write takes {took_s * 1000:.1f} ms"
    if free < FULL_BYTES:
        return Finding(
            subject=subject, verdict="fault", seen=seen, advice="make room now: numbers stop when it is full"
        )
    if free < LOW_BYTES:
        return Finding(subject=subject, verdict="warning", seen=seen, advice="make room: old logs and pictures first")
    if took_s > SLOW_COMMIT_S:
        return Finding(subject=subject, verdict="warning", seen=seen, advice="use a solid-state disk of this machine")
    return Finding(subject=subject, verdict="good", seen=seen)


def clock(now: dt.datetime, last_event: dt.datetime | None, *, sync_file: Path = SYNC_FILE) -> Finding:
    """Compare the clock with what has already happened; then ask whether anybody keeps it right."""
    subject, seen = "clock", f"{now:%Y-%m-%d %H:%M:%S %Z}"
    if last_event is not None and last_event > now + dt.timedelta(seconds=1):
        ahead = f"{seen}, but the journal's last entry is of {last_event.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S}"
        advice = "set the clock right: until it has caught up, time goes on at half its pace"
        return Finding(subject=subject, verdict="fault", seen=ahead, advice=advice)
    if sync_file.exists() or _chrony_follows():
        return Finding(subject=subject, verdict="good", seen=f"{seen}, kept right by a time server")
    advice = "compare it with a watch; with several machines run chrony, the main machine as the others' server"
    return Finding(subject=subject, verdict="warning", seen=f"{seen}, no time server keeps it right", advice=advice)


def screen(environ: Mapping[str, str]) -> Finding:
    """Tell whether windows can open here."""
    if has_screen(environ):
        return Finding(subject="screen", verdict="good", seen=f"answers at {environ.get('DISPLAY') or 'Wayland'}")
    advice = "nothing to do on a machine without windows; else start from its desktop, or set DISPLAY"
    return Finding(subject="screen", verdict="warning", seen="none here", advice=advice)


def fonts(folders: tuple[Path, ...] = FONT_FOLDERS) -> Finding:
    """Tell whether the paper's picture has its font; windows bring theirs along, and check-config looks for scripts."""
    found = next((path for folder in folders for path in folder.rglob("DejaVuSansMono.ttf")), None)
    if found is None:
        advice = "apt-get install fonts-dejavu-core"
        return Finding(
            subject="fonts", verdict="warning", seen="no DejaVu Sans Mono for pictures of paper", advice=advice
        )
    return Finding(subject="fonts", verdict="good", seen=str(found))


def _durable_write_s(folder: Path) -> float:
    with tempfile.TemporaryFile(dir=folder) as file:
        begin = time.perf_counter()
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())
        return time.perf_counter() - begin


def _chrony_follows() -> bool:
    program = shutil.which("chronyc")
    if program is None:
        return False
    try:
        said = subprocess.run([program, "-c", "tracking"], capture_output=True, text=True, timeout=3, check=False)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and "Not synchronised" not in said.stdout


def rights(config: Path, data_dir: Path) -> Iterator[Finding]:
    """Yield which secrets anybody on this machine may read: PINs can be guessed by their hashes, without a lock."""
    beside = (config, *sorted(config.parent.glob(f"{config.name}.*")))
    if open_ones := [path for path in beside if read_by_others(path) and _has_secrets(path)]:
        seen = f"anybody on this machine may read {', '.join(map(str, open_ones))}: hashes of PINs, or passwords"
        advice = (
            f"chmod 640 {' '.join(map(str, open_ones))}; the office's own user has to be its owner, or in its group"
        )
        yield Finding(subject="rights", verdict="warning", seen=seen, advice=advice)
    if found := ours_read_by_others(data_dir):
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        seen = f"anybody on this machine may read {', '.join(map(str, found[:MOST_NAMED]))}{more}"
        advice = f"start the broker, which closes them, or chmod -R o-rwx {data_dir}"
        yield Finding(subject="rights", verdict="warning", seen=seen, advice=advice)


def _has_secrets(path: Path) -> bool:
    """Tell whether a configuration holds what nobody else may know; the demo's PINs are known to all."""
    return not set(_secrets(read_document(path).data)) <= set(_secrets(read_value(shipped_text())))


def _secrets(data: object) -> Iterator[str]:
    """Yield every secret of a configuration."""
    match data:
        case dict():
            for key, value in data.items():
                if key in SECRET_KEYS and isinstance(value, str):
                    yield value
                elif key != "wifi":  # that password stands on every ticket
                    yield from _secrets(value)
        case list():
            for one in data:
                yield from _secrets(one)
