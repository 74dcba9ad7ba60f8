"""What a technician asks of the devices of this machine: what is plugged in, how one is, a test page."""
