"""LED signs: what stands above the counters, and the board of all calls. A process without a screen."""
