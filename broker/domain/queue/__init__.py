"""Whose turn it is and how long it takes: policies, the order of calls, the hall played forward, announced ranges."""
