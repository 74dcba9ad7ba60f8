"""The touchscreen where a visitor takes a number."""
