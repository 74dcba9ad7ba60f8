"""What a visitor does: steps, choices, what is asked of the engine. Pure."""
