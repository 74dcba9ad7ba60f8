"""How the window is drawn: Kivy only, decides nothing. Import after `window.prepare`."""
