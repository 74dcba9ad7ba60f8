"""What the lobby display does: which call is on stage, what is spoken. Pure; Kivy, MQTT and drivers are elsewhere."""
