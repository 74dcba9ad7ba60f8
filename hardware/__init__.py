"""Devices: printers, speech and sound, panels. Knows nothing of queues."""
