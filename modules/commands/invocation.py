"""One use of the bot by a person: a message, a slash command, a button, a menu, a modal."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self, cast

import discord

from modules.commands.deferral import Deferral
from modules.telemetry.snapshot import Status

INVOCATION: Final = "invocation"
"""Key among the extras of an interaction."""


class InvocationType(StrEnum):
    """What the person used."""

    MESSAGE = "message"
    SLASH = "slash"
    CONTEXT_MENU = "context menu"
    COMPONENT = "component"
    MODAL = "modal"
    AUTOCOMPLETE = "autocomplete"


@dataclass(slots=True, eq=False)
class Invocation:
    """Who asked for what, where and when, and how it is going.

    Attributes:
        source: The message or the interaction that asked.
        name: Of the command or component, from our own tables, never a text of the user; "" while unknown.
        clock: Monotonic clock, in seconds.
        arrived_at: When it arrived, on that clock.
        deferral: Of an interaction that is being handled.
        status: What it will be counted as, unless it fails.
        reply_count: Answers that have certainly appeared.
        pending: Counts its answer among those of its channel until it ends; None where it is not counted.
    """

    source: discord.Message | discord.Interaction[Any]
    name: str = ""
    clock: Callable[[], float] = time.monotonic
    arrived_at: float = field(init=False)
    deferral: Deferral | None = None
    status: Status = Status.OK
    reply_count: int = 0
    pending: ExitStack | None = None

    def __post_init__(self) -> None:
        self.arrived_at = self.clock()

    @classmethod
    def of(cls, source: discord.Message | discord.Interaction[Any]) -> Self:
        """The invocation of a message or interaction, for an interaction the same one each time."""
        if isinstance(source, discord.Message):
            return cls(source)
        if INVOCATION not in source.extras:
            source.extras[INVOCATION] = cls(source)
        invocation: Self = source.extras[INVOCATION]
        return invocation

    @property
    def interaction(self) -> "discord.Interaction[Any] | None":
        """The interaction that asked; None where it was a message."""
        return None if isinstance(self.source, discord.Message) else self.source

    @property
    def type(self) -> InvocationType:
        """What the person used."""
        if isinstance(self.source, discord.Message):
            return InvocationType.MESSAGE
        match self.source.type:
            case discord.InteractionType.component:
                return InvocationType.COMPONENT
            case discord.InteractionType.modal_submit:
                return InvocationType.MODAL
            case discord.InteractionType.autocomplete:
                return InvocationType.AUTOCOMPLETE
            case _:
                return InvocationType.SLASH if self.data.get("type", 1) == 1 else InvocationType.CONTEXT_MENU

    @property
    def data(self) -> Mapping[str, Any]:
        """What Discord sent with the interaction; empty for a message."""
        return cast("Mapping[str, Any]", self.interaction.data or {}) if self.interaction is not None else {}

    @property
    def actor(self) -> discord.User | discord.Member:
        """The person who asked."""
        return self.source.author if isinstance(self.source, discord.Message) else self.source.user

    @property
    def guild_id(self) -> int | None:
        """Id of the guild; None in a direct message."""
        if isinstance(self.source, discord.Message):
            return self.source.guild.id if self.source.guild is not None else None
        return self.source.guild_id

    @property
    def channel_id(self) -> int:
        """Id of the channel; 0 where Discord did not name one."""
        return self.source.channel.id if isinstance(self.source, discord.Message) else self.source.channel_id or 0

    @property
    def may_attach(self) -> bool:
        """Whether files may stand in an answer here, as far as is known without asking."""
        source = self.source
        if self.guild_id is None:
            return True
        if isinstance(source, discord.Interaction):
            return source.app_permissions.attach_files
        if source.guild is None or source.guild.me is None:
            return True
        return source.channel.permissions_for(source.guild.me).attach_files

    @property
    def locale(self) -> str:
        """Language of the answer, such as `en-US`: the person's, or the guild's for a message."""
        if isinstance(self.source, discord.Message):
            return str(self.source.guild.preferred_locale) if self.source.guild is not None else "en-US"
        return str(self.source.locale)

    @property
    def source_id(self) -> int:
        """Id of the message or interaction: one for each thing that a person did."""
        return self.source.id

    @property
    def nonce(self) -> str:
        """The name by which Discord knows the next answer, however often it is sent.

        Made of the source's id alone, so that an error told after an answer whose arrival was in doubt, or the answer
        of another process with the same token, does not appear beside it.
        """
        # Discord takes 25 characters at most; an id has up to 20.
        return f"{self.source_id}.{self.reply_count}"

    def elapsed_seconds(self) -> float:
        """Time since it arrived."""
        return self.clock() - self.arrived_at
