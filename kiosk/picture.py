"""`python -m kiosk.picture`: one page of a kiosk in a true window, kept as a picture, for whoever changes its words.

What the office offers comes on standard input, as for `--check-layout`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from broker.config import load_settings
from broker.contract.messages import OfficeMessage
from hardware.panel.window import prepare

SETTLE_FRAMES = 3
NOT_THERE = 4


def main() -> int:
    """Show the page, keep it, and end."""
    parser = argparse.ArgumentParser(prog="kiosk.picture", description=__doc__)
    for name in ("--config", "--data", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--page", required=True, help="as the layout check calls it, such as requirements-new-passport")
    parser.add_argument("--language", required=True)
    asked = parser.parse_args()
    settings = load_settings(asked.config, os.environ)
    kiosk = settings.ticket_kiosks[0]
    office = OfficeMessage.model_validate_json(sys.stdin.read())
    prepare(kiosk.panel, title="Antrean picture", data_dir=asked.data)
    from hardware.panel.screen import PanelApp  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from kiosk.samples import layouts  # noqa: PLC0415 - the same

    of_kiosk = settings.model_copy(update={"kiosks": (kiosk,)})
    layout = next(iter(layouts(of_kiosk, office, is_every=True)))
    app = PanelApp(
        layout.panel, reader=layout.reader, title="", rules=layout.rules, root=lambda: layout.build(app.look)
    )
    is_kept: list[Path] = []
    app.on_begin = lambda: _begin(app, layout, asked, is_kept)
    app.run()
    return 0 if is_kept else NOT_THERE


def _begin(app: Any, layout: Any, asked: argparse.Namespace, is_kept: list[Path]) -> None:  # noqa: ANN401 - their modules import Kivy
    from hardware.panel.bridge import every  # noqa: PLC0415 - imports Kivy
    from hardware.panel.screen import picture  # noqa: PLC0415 - the same

    def frames() -> Iterator[None]:
        """Do one thing a frame."""
        found = (page for page in layout.pages() if (page.name, page.language) == (asked.page, asked.language))
        for page in found:
            page.show()
            for _ in range(SETTLE_FRAMES):
                yield
            picture().save(asked.out)
            is_kept.append(asked.out)
            break
        app.stop()

    steps = frames()
    every(0, lambda: next(steps, None))


if __name__ == "__main__":
    sys.exit(main())
