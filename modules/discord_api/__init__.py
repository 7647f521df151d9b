"""Everything between the bot and Discord that discord.py leaves to us: supervision, gateway, REST."""
