"""What visitors tell the office, and what is made of it."""
