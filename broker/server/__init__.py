"""The MQTT server that the office starts for itself: Mosquitto, or the stand-in on loopback."""
