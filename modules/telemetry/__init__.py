"""Telemetry: the event loop records measurements and publishes a frozen snapshot once a second."""
