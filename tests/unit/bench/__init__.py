"""What the measuring programs say of what they measured."""
