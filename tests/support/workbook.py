"""What stands in a workbook that we write."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET


def cells_of(workbook: bytes) -> dict[tuple[str, str, str], str]:
    """Return each figure of a workbook by table heading, code and column heading."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found = {}
    with zipfile.ZipFile(BytesIO(workbook)) as book:
        shared = ["".join(one.itertext()) for one in ET.fromstring(book.read("xl/sharedStrings.xml"))]  # noqa: S314 - our own
        sheets = sorted(name for name in book.namelist() if re.match(r"xl/worksheets/sheet\d+\.xml", name))
        for name in sheets:
            rows = []
            for row in ET.fromstring(book.read(name)).iter(f"{main}row"):  # noqa: S314 - our own
                assert not list(row.iter(f"{main}f")), "no cell is a formula"
                cells = {}
                for cell in row.iter(f"{main}c"):
                    value = cell.findtext(f"{main}v") or ""
                    column = re.sub(r"\d", "", cell.get("r") or "")
                    cells[column] = shared[int(value)] if cell.get("t") == "s" else value
                rows.append(cells)
            head = rows[0]
            for cells in rows[1:]:
                for column in sorted(set(head) - {"A", "B"}):
                    found[head["B"], cells.get("A", ""), head[column]] = cells.get(column, "")
    return found
