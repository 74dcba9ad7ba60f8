"""What tests and benchmarks share: a client of the wire, an office in processes of its own."""
