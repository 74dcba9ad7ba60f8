"""Staff without a counter: who may what, sessions, passwords and codes."""
