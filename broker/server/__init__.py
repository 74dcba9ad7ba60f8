"""The MQTT server that the office starts for itself."""
