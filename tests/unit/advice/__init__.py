"""Plans for days to come."""
