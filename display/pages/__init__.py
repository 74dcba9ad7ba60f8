"""What the lobby display says: the page as a whole, and the words of its panel. Pure."""
