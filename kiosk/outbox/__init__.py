"""What a kiosk keeps for when nobody can be reached: numbers in advance, and what is to be handed in."""
