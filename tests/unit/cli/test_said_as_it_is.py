"""What commands say is said as it is: no sign between colons becomes a picture."""

from __future__ import annotations

import pytest

from broker.cli import care, founding, logins, surveys


@pytest.mark.parametrize("part", [care, founding, logins, surveys])
def test_a_fingerprint_is_told_byte_by_byte(part: object, capsys: pytest.CaptureFixture[str]) -> None:
    """Rich takes `:AB:` for a picture of blood group AB, and one fingerprint in a hundred has that."""
    told = "SHA-256: D8:37:E1:8E:AB:0F:CF:57:75:CA:E2:8C, in /srv/:smile:/var"
    part._tell(told)  # type: ignore[attr-defined]
    assert capsys.readouterr().out == f"{told}\n"
