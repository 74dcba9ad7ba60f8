"""Whole processes on real parts: the MQTT server, the engine, SQLite, windows."""
