"""The log: structured, redacted, rotated, and never in the way of the event loop."""
