"""What is on disk: rows, units of work, journal and migrations."""
