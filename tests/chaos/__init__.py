"""An office in which things break, again and again, and what it has promised all the same."""
