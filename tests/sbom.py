"""`make sbom`: what the product is made of, as CycloneDX 1.5; from the lock, so with the hashes it is installed by."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
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


def needed(root: str = "antrean") -> frozenset[str]:
    """Return by name what is installed with the product, and what that needs; what only development needs is not."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        name = normal(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:
            continue
        waiting += [re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0] for one in wanted if "extra ==" not in one]
    return frozenset(found - {root})


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


def main() -> int:
    """Write the bill to the file that is named."""
    to = Path(sys.argv[1])
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(bill(LOCK.read_text(encoding="utf-8")), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
