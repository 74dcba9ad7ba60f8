"""What the parts say to each other over MQTT: topics and messages, version 1."""
