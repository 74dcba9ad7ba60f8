"""A small QR reader of its own: from pixels to text, without the library that drew them (ISO/IEC 18004)."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
DATA_CODEWORDS_M = {1: 16, 2: 28, 3: 44}
"""One error correction block each, so that the data codewords stand in order."""

FORMAT_MASK = 0b101010000010010
Modules = list[list[bool]]


def read_qr(image: Image.Image, *, left: int, top: int, module_dots: int, modules: int) -> str:
    """Return the text of a code whose place in the picture is known; finder patterns and level M are checked."""
    grey = image.convert("L")
    half = module_dots // 2
    matrix: Modules = []
    for row in range(modules):
        y = top + row * module_dots + half
        pixels = [grey.getpixel((left + column * module_dots + half, y)) for column in range(modules)]
        matrix.append([isinstance(value, int | float) and value < 128 for value in pixels])
    return text_of(matrix)


def text_of(matrix: Modules) -> str:
    """Return the text in a matrix of dark modules, versions 1 to 3, level M."""
    size = len(matrix)
    version = (size - 17) // 4
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert finder(matrix, row, column), "no finder pattern"
    level, mask = format_of(matrix)
    assert level == 0b00, "the level is not M"
    bits = "".join("1" if matrix[r][c] ^ masked(mask, r, c) else "0" for r, c in data_places(size, version))
    return decoded(bits[: DATA_CODEWORDS_M[version] * 8])


def finder(matrix: Modules, row: int, column: int) -> bool:
    ring = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]
    return all(matrix[row + r][column + c] == (ring[r][c] == "#") for r in range(7) for c in range(7))


def format_of(matrix: Modules) -> tuple[int, int]:
    places = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8)]
    places += [(7, 8), (5, 8), (4, 8), (3, 8), (2, 8), (1, 8), (0, 8)]
    value = int("".join("1" if matrix[r][c] else "0" for r, c in places), 2) ^ FORMAT_MASK
    return value >> 13, (value >> 10) & 0b111


def masked(mask: int, r: int, c: int) -> bool:
    return (
        (r + c) % 2 == 0,
        r % 2 == 0,
        c % 3 == 0,
        (r + c) % 3 == 0,
        (r // 2 + c // 3) % 2 == 0,
        r * c % 2 + r * c % 3 == 0,
        (r * c % 2 + r * c % 3) % 2 == 0,
        ((r + c) % 2 + r * c % 3) % 2 == 0,
    )[mask]


def data_places(size: int, version: int) -> Iterator[tuple[int, int]]:
    upward = True
    column = size - 1
    while column > 0:
        if column == 6:  # the timing pattern's column carries no data
            column -= 1
        for row in range(size - 1, -1, -1) if upward else range(size):
            for c in (column, column - 1):
                if not reserved(row, c, size, version):
                    yield row, c
        upward = not upward
        column -= 2


def reserved(r: int, c: int, size: int, version: int) -> bool:
    corner = (r < 9 and c < 9) or (r < 9 and c >= size - 8) or (r >= size - 8 and c < 9)
    centre = size - 7
    alignment = version > 1 and abs(r - centre) <= 2 and abs(c - centre) <= 2
    return corner or alignment or 6 in {r, c}


def decoded(bits: str) -> str:
    mode, rest = int(bits[:4], 2), bits[4:]
    if mode == 0b0010:
        count, rest = int(rest[:9], 2), rest[9:]
        return alphanumeric(rest, count)
    assert mode == 0b0100, f"mode {mode:04b}"
    count, rest = int(rest[:8], 2), rest[8:]
    return bytes(int(rest[8 * i : 8 * i + 8], 2) for i in range(count)).decode()


def alphanumeric(bits: str, count: int) -> str:
    text = ""
    for _ in range(count // 2):
        pair, bits = int(bits[:11], 2), bits[11:]
        text += ALPHANUMERIC[pair // 45] + ALPHANUMERIC[pair % 45]
    return text + (ALPHANUMERIC[int(bits[:6], 2)] if count % 2 else "")
