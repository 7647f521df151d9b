"""A table of players: what they say, and whether each was answered just once."""

from dataclasses import dataclass, field

from tests.discord_standin import DiscordStandin
from tests.discord_standin.world import Channel, Message

LONGEST_ANSWER_SECONDS = 40.0
"""An answer may wait for a reconnect that waits in turn; whoever waits for it in vain sees what the wire saw."""


@dataclass
class Table:
    """One channel, and everything that was rolled there."""

    discord: DiscordStandin
    channel: Channel
    rolled: list[Message] = field(default_factory=list)

    async def roll(self) -> Message:
        """Ask for a roll, whether or not somebody listens."""
        message = await self.discord.say(self.channel, "!roll 2d6+3")
        self.rolled.append(message)
        return message

    async def is_served(self) -> None:
        """Ask for a roll and wait for the answer, then see that nobody was answered twice."""
        message = await self.roll()
        await self.discord.until(
            lambda: bool(self.discord.replies_to(message)), LONGEST_ANSWER_SECONDS, "an answer to the last roll"
        )
        self.nobody_was_answered_twice()

    async def all_are_served(self) -> None:
        """Wait until every roll ever asked for has its answer, each of them one."""
        await self.discord.until(
            lambda: all(self.discord.replies_to(message) for message in self.rolled),
            LONGEST_ANSWER_SECONDS,
            "answers to all rolls",
        )
        self.nobody_was_answered_twice()

    def nobody_was_answered_twice(self) -> None:
        for message in self.rolled:
            assert len(self.discord.replies_to(message)) <= 1
