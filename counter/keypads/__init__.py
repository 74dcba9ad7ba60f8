"""Keypads that drive counters without a PC."""
