"""What was spoken in earlier versions of the wire."""
