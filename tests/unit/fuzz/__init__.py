"""Hostile payloads."""
