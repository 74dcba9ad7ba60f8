"""A real PostgreSQL for tests, where its programs are installed: a server of its own, without a port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIRED = "ANTREAN_TEST_POSTGRES"
"""In the environment: without the programs these tests fail, instead of saying that they did not run."""
LACKING = (
    "PostgreSQL's programs (initdb, postgres) are not installed here: nothing of a store on PostgreSQL was tried. "
    "make postgres-test installs them and runs these tests"
)
_NOBODY = 65534
"""PostgreSQL refuses to work as root."""


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL that is installed."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = debian[-1] if debian else None if on_path is None else Path(on_path).resolve()
    return None if found is None else found.parent


class Server:
    """One server, in a folder of its own; it is asked through a socket there."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        """Make its cluster."""
        self._bin, self._folder, self._made = bin_folder, folder, 0
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._data = folder / "data"
        self._run("initdb", "-D", self._data, "-U", "antrean", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale")
        self.start()

    def start(self) -> None:
        """Let it begin; it answers when this returns."""
        # Whether PostgreSQL brings to the disk what it says is not what is tried here.
        said = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "-o", said, "start")

    def stop(self, how: str = "fast") -> None:
        """Let it end; `immediate` is as good as a power cut."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", how, "stop")

    def new_database(self) -> str:
        """Return the URL of an empty database."""
        self._made += 1
        name = f"office{self._made}"
        self._run("createdb", "-h", self._folder, "-U", "antrean", name)
        return f"postgresql+psycopg://antrean@/{name}?host={self._folder}"

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._bin / program), *map(str, words)]
        # Its output goes to a file: the server would inherit a pipe, and whoever reads it would wait for its end.
        with (self._folder / "said").open("w+") as said:
            code = subprocess.run(command, user=self._user, cwd=self._folder, stdout=said, stderr=said, check=False)
            said.seek(0)
            assert code.returncode == 0, f"{' '.join(command)}: {said.read()}"


@contextmanager
def served(bin_folder: Path) -> Iterator[Server]:
    """Yield a server that answers."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as made:  # a socket's path is to be short
        folder = Path(made)
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        server = Server(bin_folder, folder)
        try:
            yield server
        finally:
            server.stop("immediate")
