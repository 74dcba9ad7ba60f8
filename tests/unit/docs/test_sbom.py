"""The bill of what the product is made of: whole, with hashes, and without what only development needs."""

from __future__ import annotations

import re
from typing import Any

from tests.sbom import LOCK, bill


def test_it_names_what_is_installed_with_the_hashes_of_the_lock() -> None:
    made: dict[str, Any] = bill(LOCK.read_text(encoding="utf-8"))
    parts = {part["name"]: part for part in made["components"]}
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.5")
    assert {"paho-mqtt", "pydantic", "pydantic-core", "starlette"} <= parts.keys()
    assert not {"pytest", "ruff", "mypy", "hypothesis"} & parts.keys()
    for name, part in parts.items():
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        assert part["hashes"], name
        assert all(re.fullmatch(r"[0-9a-f]{64}", one["content"]) for one in part["hashes"])
