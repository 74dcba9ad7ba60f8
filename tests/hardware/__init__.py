"""Tests of printers, sound and the ticket's paper."""
