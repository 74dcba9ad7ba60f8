"""The kiosk, flow by flow and in its true window."""
