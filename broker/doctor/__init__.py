"""`antrean doctor`: what is right on this machine, what is wrong, and what to do about it. Changes nothing."""
