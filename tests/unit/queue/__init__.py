"""Waits that people can trust."""
