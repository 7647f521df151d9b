"""Every touch of discord.py and aiohttp that they do not promise to keep, each guarded by a test."""
