"""The screens: what they say, and that it fits."""
