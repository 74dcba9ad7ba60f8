"""Figures as pure functions of what was counted, and what is printed of them. Sees no engine."""
