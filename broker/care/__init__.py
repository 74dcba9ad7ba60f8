"""Keeping house: what an office does with its data beside the day's work."""
