"""Devices without hardware, on the wire: what a driver meets at the other end of a cable, with faults on command."""
