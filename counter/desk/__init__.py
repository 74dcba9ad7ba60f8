"""What the window does, pure: the presenter, what its keys and dialogs do, what is asked of the engine."""
