"""What a screen is: window set-up, type scale, theme, base widgets, thread bridge."""
