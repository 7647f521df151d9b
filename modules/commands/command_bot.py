"""A bot whose commands are ours: how messages become contexts, and contexts commands."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import discord
from discord import app_commands
from discord.ext import commands

from config import Config
from modules.commands.context import Context
from modules.commands.invocation import Invocation
from modules.commands.message_filter import is_of_a_person, may_be_a_command, may_hold_dice
from modules.commands.messages import resolve
from modules.commands.refusal import Refusal
from modules.discord_api.compat.client import GuardedTree
from modules.rendering.language import translated
from modules.services.guild_settings import SettingsService
from modules.storage.records import GuildSettings

if TYPE_CHECKING:
    from modules.commands.handling import Handling


EVERYWHERE: Final = frozenset({"settings", "help", "about", "mydata"})
"""Slash commands that are answered in channels where the others are not."""
MENTIONED_AT_MOST: Final = 10
"""Channels named to somebody who asked elsewhere."""


class CommandTree(GuardedTree["CommandBot"]):
    """Slash commands that a drain waits for."""

    async def interaction_check(self, interaction: discord.Interaction["CommandBot"], /) -> bool:
        """Note its arrival, in flight from now on; whether it is admitted is a check of the bot's, as for messages."""
        Invocation.of(interaction)
        self.client.handling.drain.admit_current_task()
        if not (_is_exempt(interaction) or self.client.answers_in(interaction.guild_id, interaction.channel_id or 0)):
            allowed = self.client.settings_of(interaction.guild_id).allowed_channel_ids
            raise Refusal(
                translated("I do not answer in this channel; please use {channels}.", channels=_mentioned(allowed))
            )
        return True


class CommandBot(commands.Bot):
    """What the command layer adds to discord.py's bot.

    Args:
        config: Settings of the process.
        settings: What guilds chose.
        options: discord.py's own, about the connection and what is kept in memory.

    Attributes:
        handling: Begins, checks and ends every invocation.
        find_named: Finds what a message means whose first word is no command, such as a saved roll.
    """

    handling: "Handling"
    find_named: "Callable[[Context], Awaitable[None]] | None" = None

    def __init__(self, config: Config, settings: SettingsService, **options: Any) -> None:  # noqa: ANN401 - theirs
        super().__init__(
            command_prefix=config.command_prefix,
            help_command=None,
            tree_cls=CommandTree,
            # Answers repeat what players type, and a mention in it must not ping.
            allowed_mentions=discord.AllowedMentions.none(),
            # In servers, private messages and groups, whether a server or a person has added the bot.
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            case_insensitive=True,
            strip_after_prefix=True,
            **options,
        )
        self.config, self._settings = config, settings
        self.before_invoke(self.begin_command)

    def prefix_for(self, guild_id: int | None) -> str:
        """What message commands start with in a guild, or in direct messages (None)."""
        return self.settings_of(guild_id).prefix or self.config.command_prefix

    def settings_of(self, guild_id: int | None) -> GuildSettings:
        """What a guild chose; the defaults in direct messages (None)."""
        return self._settings.of_guild(guild_id)

    def mentions(self) -> tuple[str, str]:
        """How people mention the bot: with or without the exclamation mark; both work as prefix."""
        return _mentions(self.user.id if self.user is not None else 0)

    async def get_prefix(self, message: discord.Message, /) -> list[str]:
        """What a command may start with where this message stands."""
        return [self.prefix_for(message.guild.id if message.guild is not None else None), *self.mentions()]

    async def get_context(
        self,
        origin: discord.Message | discord.Interaction[Any],
        /,
        *,
        cls: Any = Context,  # noqa: ANN401 - theirs
    ) -> Any:  # noqa: ANN401 - discord.py's method is generic over context classes
        """Build the context, find the command that was meant, and name it on the log lines that follow."""
        context: Context = await super().get_context(origin, cls=cls)
        if context.interaction is None:
            resolve(context, self.mentions())
            if context.command is None and context.prefix is not None and self.find_named is not None:
                await self.find_named(context)
        if context.command is not None:
            self.handling.name(context.invocation, context.command.qualified_name)
        return context

    async def on_message(self, message: discord.Message, /) -> None:
        """Read a command, if a person sent one."""
        if message.author.bot or message.webhook_id is not None:
            return
        self.handling.drain.admit_current_task()
        try:
            await self.process_commands(message)
        except Exception as error:  # noqa: BLE001 - outside of any command: nothing a person does ends elsewhere
            await self.handling.fail(Invocation(message), error)

    async def invoke(self, ctx: commands.Context[Any], /) -> None:
        """Carry out a command, and free its context without the garbage collector: its arguments contain itself."""
        await super().invoke(ctx)
        ctx.args.clear()

    async def on_command_error(self, _context: commands.Context[Any], _exception: commands.CommandError, /) -> None:
        """Leave it to `CommandEvents`; discord.py's own handler would log it a second time."""

    def is_wanted(self, message: Mapping[str, Any]) -> bool:
        """Whether a message, as Discord sent it, is worth reading."""
        guild_id = int(message["guild_id"]) if message.get("guild_id") else None
        if may_be_a_command(message, (self.prefix_for(guild_id), *self.mentions())):
            return self.answers_in(guild_id, int(message["channel_id"]))
        settings = self.settings_of(guild_id)
        if guild_id is None or not (settings.inline_rolls or settings.direct_notation):
            return False
        is_wanted = may_hold_dice(message["content"], settings) and is_of_a_person(message)
        return is_wanted and self.answers_in(guild_id, int(message["channel_id"]))

    def answers_in(self, guild_id: int | None, channel_id: int) -> bool:
        """Whether a guild wants to be answered in a channel, or in the channel of a thread."""
        allowed = self.settings_of(guild_id).allowed_channel_ids
        if not allowed or channel_id in allowed:
            return True
        guild = self.get_guild(guild_id) if guild_id is not None else None
        thread = guild.get_thread(channel_id) if guild is not None else None
        return thread is not None and thread.parent_id in allowed

    async def begin_command(self, ctx: Context) -> None:
        """A command has passed its checks."""
        self.handling.begin(ctx.invocation)


@lru_cache(maxsize=1)
def _mentions(own_id: int) -> tuple[str, str]:
    return f"<@{own_id}>", f"<@!{own_id}>"


def _is_exempt(interaction: discord.Interaction[Any]) -> bool:
    """Whether it is answered everywhere: suggestions, and what could undo a mistake in the settings."""
    if interaction.type is discord.InteractionType.autocomplete:
        return True
    return cast("Mapping[str, Any]", interaction.data or {}).get("name") in EVERYWHERE


def _mentioned(channel_ids: Sequence[int]) -> str:
    return " ".join(f"<#{each}>" for each in channel_ids[:MENTIONED_AT_MOST])
