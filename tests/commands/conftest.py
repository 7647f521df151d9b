"""The real bot with a cog that needs everything, in a simulated Discord."""

from tests.cogs.conftest import alice, board, channel, faces, new_bot, raised, recorder, simcord_bot

__all__ = ["alice", "board", "channel", "faces", "new_bot", "raised", "recorder", "simcord_bot"]
