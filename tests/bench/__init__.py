"""`make bench`: what the office costs, beside the floor of the same machine in the same run."""
