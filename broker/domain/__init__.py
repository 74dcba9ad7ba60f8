"""The pure rules of the hall: no clock, no ids, no input or output."""
