"""The window of an officer at a counter."""
