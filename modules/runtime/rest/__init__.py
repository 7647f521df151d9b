"""What stands between the bot and Discord's REST interface: pace, prudence and patience."""
