"""Hostile payloads, seeded: `make fuzz`."""
