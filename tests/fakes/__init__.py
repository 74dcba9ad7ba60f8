"""Hand-written stand-ins: a store in memory, a wire that remembers, a clock that is told, a bus without a network."""
