"""One module a kind of device, reached through the factory only."""
