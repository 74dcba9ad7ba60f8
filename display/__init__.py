"""The lobby screen that shows and speaks calls."""
