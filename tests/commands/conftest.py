"""The real bot with a cog that needs everything, in a simulated Discord."""

from tests.cogs.conftest import alice, channel, faces, latest, new_bot, raised, recorder, simcord_bot

__all__ = ["alice", "channel", "faces", "latest", "new_bot", "raised", "recorder", "simcord_bot"]
