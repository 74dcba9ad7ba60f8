"""The languages of devices: from what we mean to bytes and back, without touching a port."""
