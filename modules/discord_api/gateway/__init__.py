"""The gateway connection: connect, resume and identify, with backoff."""
