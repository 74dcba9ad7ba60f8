"""A page that shows on paper whether width, letters, code and cutter of a printer are right. Pure."""

from __future__ import annotations

from hardware.receipt import Blank, Cut, Qr, Receipt, Rule, Text

QR_MODULE_DOTS = 6
SAMPLES = (
    "Jalur prioritas: lansia, ibu hamil, penyandang disabilitas, balita.",
    "Silakan menuju loket 3. / Please go to counter 3.",
    "Rp1.000.000 - 21\N{DEGREE SIGN}C - caf\N{LATIN SMALL LETTER E WITH ACUTE}",
)
"""Text in the languages of the office, with a long word and signs from outside ASCII."""


def test_page(name: str, *, columns: int) -> Receipt:
    """Return the page of the printer called `name`; its ruler is just as wide as the paper has columns."""
    ruler = ("1234567890" * (columns // 10 + 1))[:columns]
    return Receipt(
        (
            Text("UJI CETAK / TEST PRINT", align="center", bold=True),
            Text(name, align="center"),
            Rule(),
            Text(ruler),
            *(Text(sample) for sample in SAMPLES),
            Blank(),
            Text("A-012", align="center", width=4, height=4, bold=True),
            Blank(),
            Qr("ANTREAN-TEST", module_dots=QR_MODULE_DOTS),
            Cut(),
        )
    )
