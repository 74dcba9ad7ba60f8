"""`antrean doctor`: what is right on this machine, what is wrong, what to do. It changes nothing of the office."""
