"""A training: its configuration, its folder, its script, what it shows."""
