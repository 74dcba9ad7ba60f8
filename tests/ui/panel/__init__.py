"""What a screen is: sizes, colours, windows."""
