"""Office days that are played."""
