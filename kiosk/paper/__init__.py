"""The ticket on paper: its layout, which printer gets it, and what became of it."""
