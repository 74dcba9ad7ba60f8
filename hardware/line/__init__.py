"""A line and the devices on it: opened, lost, opened again, shared in turns, mastered by one thread."""
