"""Pictures of a kiosk's page with words that do not count yet: made by `broker.layout`, in a process of its own.

A page names pictures that are wanted; a browser that shows it asks for them, and only then one is made. One at a time,
with little of the machine's time. Where this machine has no virtual screen there is none, and the page says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from broker.web.visitor.writing import new_mark

PATIENCE_S = 75.0
MOST_WANTED = 24
"""So many are remembered; who changes rules looks at a few."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: of which service, in which language, by a configuration that says this."""

    service: str
    language: str
    text: bytes


@dataclass(slots=True)
class KioskPictures:
    """Makes them. `config` is the file in force: what it names beside itself is found for the picture, too."""

    config: Path
    _wanted: OrderedDict[str, Wanted] = field(init=False, default_factory=OrderedDict)
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    @staticmethod
    def can_be_made() -> bool:
        """Tell whether this machine has what draws where nobody looks."""
        return shutil.which("Xvfb") is not None

    def want(self, service: str, languages: Sequence[str], text: bytes) -> dict[str, str]:
        """Remember that pictures are wanted; return under which names, by language."""
        names = {language: new_mark() for language in languages}
        for language, name in names.items():
            self._wanted[name] = Wanted(service, language, text)
        while len(self._wanted) > MOST_WANTED:
            self._wanted.popitem(last=False)
        return names

    async def made(self, name: str) -> bytes | None:
        """Return a picture (PNG); None where nobody wanted it, or it cannot be made."""
        wanted = self._wanted.get(name)
        if wanted is None:
            return None
        async with self._turn:
            folder = await asyncio.to_thread(self._laid_out, wanted)
            try:
                out = folder / "picture.png"
                arguments = (str(folder / "config.yaml"), wanted.service, wanted.language, str(out))
                is_made = await _run(arguments) and await asyncio.to_thread(out.exists)
                return await asyncio.to_thread(out.read_bytes) if is_made else None
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _laid_out(self, wanted: Wanted) -> Path:
        """Return a folder with the configuration, and links to what lies beside the true one: logos, surveys."""
        folder = Path(tempfile.mkdtemp(prefix="antrean-picture-"))
        (folder / "config.yaml").write_bytes(wanted.text)
        for path in self.config.parent.iterdir():
            if path.suffix in {".png", ".yaml"} and path.name != "config.yaml":
                with contextlib.suppress(OSError):
                    (folder / path.name).symlink_to(path.absolute())
        return folder


async def _run(arguments: Sequence[str]) -> bool:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "broker.layout", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        said = b"took too long"
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        log.warning("no picture of a page was made: %s", said.decode(errors="replace").strip()[-300:])
    return process.returncode == 0
