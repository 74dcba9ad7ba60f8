"""`antrean up`: what the office has on this machine, its processes watched; without a screen it plays one visit."""
