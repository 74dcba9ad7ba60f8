"""The truth of the hall: domain, engine, store, wire and start-up."""
