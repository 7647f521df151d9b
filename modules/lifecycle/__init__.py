"""How the process starts, beats, waits, drains and ends."""
