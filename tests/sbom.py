"""`make sbom`: what the product is made of, as CycloneDX 1.5; from the lock, so with the hashes it is installed by."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
_PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*])?==(?P<version>[^ ;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str, names: frozenset[str]) -> Iterator[dict[str, object]]:
    """Yield each package of the lock that is among `names`."""
    for pinned in _PINNED.finditer(lock):
        name = normal(pinned["name"])
        if name not in names:
            continue
        found: dict[str, object] = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{pinned['version']}",
            "name": name,
            "version": pinned["version"],
            "purl": f"pkg:pypi/{name}@{pinned['version']}",
            "hashes": [{"alg": "SHA-256", "content": one} for one in _HASH.findall(pinned["rest"])],
        }
        try:
            told = metadata(name).json
            licence = str(told.get("license_expression") or told.get("license") or "")
        except PackageNotFoundError:  # for another system or Python
            licence = ""
        if licence and "\n" not in licence:
            found["licenses"] = [{"license": {"name": licence}}]
        yield found


def needed(extras: Collection[str] | None = None) -> frozenset[str]:
    """Return by name what is installed with the product and these extras of it, or all; nothing of development's."""
    product = tomllib.loads((LOCK.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    offered = product["optional-dependencies"]
    waiting = [
        *product["dependencies"],
        *(one for extra in (offered if extras is None else extras) for one in offered[extra]),
    ]
    found: set[str] = set()
    seen: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        name, _, of_it = re.split(r"[^A-Za-z0-9._\[\],-]", wanted, maxsplit=1)[0].rstrip("]").partition("[")
        found.add(normal(name))
        try:
            more = requires(name) or []
        except PackageNotFoundError:  # for another system or Python
            continue
        for one in more:
            extra = re.search(r"""extra == ['"]([^'"]+)""", one)
            if extra is None or extra[1] in of_it.split(","):
                waiting.append(one)
    return frozenset(found)


def normal(name: str) -> str:
    """Return a package's name as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill(lock: str) -> dict[str, object]:
    """Return the whole bill."""
    product = {"type": "application", "name": "antrean", "version": version("antrean"), "bom-ref": "antrean"}
    parts = list(components(lock, needed()))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
    }


def pinned(lock: str) -> str:
    """Return the lines of the lock that are installed with the product."""
    wanted = needed()
    return "\n".join(found[0] for found in _PINNED.finditer(lock) if normal(found["name"]) in wanted) + "\n"


def main() -> int:
    """Write the bill to the file that is named; or, with `--lock`, what of the lock is installed."""
    to, lock = Path(sys.argv[-1]), LOCK.read_text(encoding="utf-8")
    to.parent.mkdir(parents=True, exist_ok=True)
    text = pinned(lock) if "--lock" in sys.argv else json.dumps(bill(lock), indent=1) + "\n"
    to.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
