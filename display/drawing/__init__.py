"""How the lobby display is drawn: Kivy only, decides nothing. Import after `window.prepare`."""
