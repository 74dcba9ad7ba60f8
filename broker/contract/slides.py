"""What of a display's folder are slides, for the display and for the page that brings them."""

from __future__ import annotations

SLIDES_FILE = "slides.json"
"""Stands beside them: see `broker.config.slides`."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
FILMS = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi"})
MOST = 40
"""So many are shown; a folder that somebody takes for a store of photographs is not read to its end."""
MOST_PIXELS = 50_000_000
"""A larger picture would hold up whoever draws it, or not go into the graphics card at all."""
