"""Who may do what in a guild."""

import discord

from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal

NEEDS_MANAGE_SERVER = "You need the permission Manage Server for that."


def may_manage(invocation: Invocation) -> bool:
    """Whether the person may manage the guild; nobody may in a private channel."""
    if invocation.guild_id is None:
        return False
    if invocation.interaction is not None:
        return invocation.interaction.permissions.manage_guild
    actor = invocation.actor
    return isinstance(actor, discord.Member) and actor.guild_permissions.manage_guild


def has_role(invocation: Invocation, role_id: int | None) -> bool:
    """Whether the person has a role of the guild."""
    actor = invocation.actor
    return role_id is not None and isinstance(actor, discord.Member) and actor.get_role(role_id) is not None


def require_manager(invocation: Invocation) -> None:
    """Let those pass who may manage the guild.

    Raises:
        Refusal: The person may not.
    """
    if not may_manage(invocation):
        raise Refusal(NEEDS_MANAGE_SERVER)
