"""Pages for staff, with words of their own: staff read the office's own languages."""
