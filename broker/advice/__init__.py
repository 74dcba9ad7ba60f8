"""Advice for days to come: who will come, which counters are worth opening. Works beside the office, never in it."""
