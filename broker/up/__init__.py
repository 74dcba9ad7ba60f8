"""`antrean up`: the whole office on one machine, its processes watched; without a screen it plays one visit."""
