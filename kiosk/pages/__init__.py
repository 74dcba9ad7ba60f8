"""What a kiosk says: view models and their words. Pure."""
