"""How a kiosk is drawn: Kivy only, and nothing is decided here."""
