"""The command `antrean voice`: recordings that speak the calls."""
