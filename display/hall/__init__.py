"""What the lobby display does: which calls stand large, what is spoken. Pure, but for media, which reads a folder."""
