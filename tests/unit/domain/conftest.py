"""The office that most rules are tried in."""

from __future__ import annotations

import pytest

from tests.fakes.halls import Play


@pytest.fixture
def play() -> Play:
    """Return an office with Sari at counter 1 and Budi at counter 2."""
    play = Play()
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    return play
