"""Rolls and errors as text a person reads. Knows Discord's lengths, not discord.py."""
