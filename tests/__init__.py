"""The tests, by what they hold to account."""
