"""What visitors tell the office: surveys, ratings, suggestions, complaints. Pure, as all of the domain."""
