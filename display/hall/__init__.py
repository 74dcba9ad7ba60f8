"""What the lobby display does: which calls stand large, what is spoken. Pure; Kivy, MQTT and drivers are elsewhere."""
