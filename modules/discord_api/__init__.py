"""What discord.py leaves to us: supervision, the gateway connection, and REST."""
