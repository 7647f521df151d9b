"""Every use of private parts of discord.py and aiohttp, each guarded by a test."""
