"""What the bot follows, of all that the configuration says."""

from dataclasses import dataclass, field
from typing import Self

from config import Config
from modules.commands.deferral import DEFER_AFTER_SECONDS
from modules.discord_api.transport import Transport


@dataclass(frozen=True, slots=True)
class BotSettings:
    """What the bot follows.

    Attributes:
        prefix: What a message command starts with where a guild has no prefix of its own; a mention works as well.
        shard_id: The shard this process holds.
        shard_count: Shards in all.
        max_wait_seconds: The longest that an answer may wait for its turn.
        user_limit: Commands and presses of one person in ten seconds; 0 for any number.
        defer_after_seconds: When an interaction that is not answered yet shows "thinking ...".
        dice_emojis: Whether dice are shown as emojis of the application, where it has them.
        repository_url: Where source and documents live; None where nobody said.
        transport: How requests and the gateway connection travel.
    """

    prefix: str
    shard_id: int = 0
    shard_count: int = 1
    max_wait_seconds: float = 10.0
    user_limit: int = 0
    defer_after_seconds: float = DEFER_AFTER_SECONDS
    dice_emojis: bool = False
    repository_url: str | None = None
    transport: Transport = field(default_factory=Transport)

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The bot's part of the configuration."""
        return cls(
            prefix=config.command_prefix,
            shard_id=config.shard_id,
            shard_count=config.shard_count,
            max_wait_seconds=config.rest_max_wait,
            user_limit=config.user_command_limit,
            dice_emojis=config.dice_emojis,
            repository_url=config.repository_url,
            transport=Transport.from_config(config),
        )
