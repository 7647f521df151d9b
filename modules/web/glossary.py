"""What the words on the page mean: as tooltips where they stand, and in one list for whoever has no mouse."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Servers": "What Discord calls guilds: the communities that have invited the bot.",
        "Ready": "The share of the last 24 hours in which commands could be answered. A grey bar is a time before this "
        "process started.",
        "Shard": "One connection to Discord with its share of the servers. A small bot has a single one, number 0.",
        "State": "What the shard is doing: see the first line of the page.",
        "Latency": "How long a heartbeat took to Discord and back, last time.",
        "Events/min": "Gateway events received in the last minute.",
        "Resumes": "Lost connections whose session was resumed, with no event lost.",
        "Last event": "When Discord last sent anything.",
        "Peak": "Of a delay or an amount the highest value, of a rate the busiest minute.",
        "Errors": "Commands that failed through a fault of the bot or of Discord. A slip of a player's is none.",
        "Incident": "The id that a player was shown with the error. It finds the traceback in the log.",
        "Fault": "A problem that a part of the bot reports until it is over. A blocking one stops all answers.",
        "Session starts left": "How often the bot may still start a session today. Discord grants 1,000 a day, and "
        "resets the token of a bot that wants more.",
        "Refused requests": "Answers 401, 403 and 429 of Discord. At 10,000 in ten minutes it bans the address.",
        "Muted channels": "Channels on a cooldown of ten minutes, because the bot may not send messages there.",
    }
)
"""The terms that no card explains, in the order of the page."""
