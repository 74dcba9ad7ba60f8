"""config.yaml: what is taken, and what is said about the rest."""
