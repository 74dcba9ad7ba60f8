"""A kiosk by keys and by ear: where the visitor stands on a screen, what is said of it, and what keys do."""
