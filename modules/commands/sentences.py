"""Errors of discord.py as sentences for the person who met them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.retry import is_outage
from modules.rendering.language import translated
from modules.storage.errors import DatabaseAway

BUSY = "I am restarting; please try again in a minute."
SWAMPED = "I have too many rolls to answer right now; please try again in a moment."
SLOWED = "Discord is slowing me down; please try again in a moment."
STALE_COMPONENT = "That button is from an earlier version of me; please use the command again."
MEMORY_AWAY = "I cannot reach my database, so nothing was changed; please try again in a minute. Rolling still works."
OUTAGE = "Discord had trouble taking my answer. If you saw none, please try again."

_SILENCING: Final[Mapping[int, str]] = MappingProxyType(
    {
        10003: "the channel is gone",
        10062: "the interaction has expired",
        40060: "the interaction was answered already",
        50001: "no access to the channel",
        50007: "private messages are closed",
        50013: "the bot may not speak in this channel",
    }
)
"""Discord's codes after which no word can reach the person, and what each means."""

_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    # The first that fits is taken, so a class stands before the one it derives from.
    (commands.NoPrivateMessage, "That works only in a server, not in a private message."),
    (commands.PrivateMessageOnly, "That works only in a private message to me."),
    (commands.NotOwner, "That is for the bot's owner."),
    (commands.MissingPermissions, "You need more permissions in this server for that."),
    (commands.BotMissingPermissions, "I am missing a permission in this channel for that; please tell a moderator."),
    (commands.CheckFailure, "You cannot use that here."),
    (commands.ExpectedClosingQuoteError, "A quotation mark is not closed."),
    (commands.ArgumentParsingError, "I could not read the quotation marks in that."),
    (commands.CommandOnCooldown, "That was a bit fast; please try again in a few seconds."),
    (commands.MaxConcurrencyReached, "One of those is still running; please wait for it to finish."),
    (commands.DisabledCommand, "That command is switched off."),
    (app_commands.CommandNotFound, "I no longer have that command; reload Discord to see the current ones."),
    (app_commands.CommandSignatureMismatch, "That command has changed; reload Discord and try again."),
    (app_commands.CheckFailure, "You cannot use that here."),
)


def sentence_for(error: Exception, usage: str) -> str | None:
    """What to tell the person about an error that is theirs to mend.

    Args:
        error: What discord.py raised.
        usage: How the command is written, for errors about its arguments.

    Returns:
        A sentence; None for an error that is ours.
    """
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return translated(sentence)
    if isinstance(error, commands.UserInputError):
        return translated("I could not read that. Write it like this: `{usage}`", usage=usage)
    return None


def trouble_sentence(error: Exception) -> str | None:
    """What to tell the person about trouble on Discord's side, or with the database; None for any other."""
    if isinstance(error, DatabaseAway):
        return translated(MEMORY_AWAY)
    if isinstance(error, discord.HTTPException) and error.status == 429:
        return translated(SLOWED)
    return translated(OUTAGE) if is_outage(error) else None


def reason_for_silence(error: Exception) -> str | None:
    """Why it is of no use to tell the person anything; None where it can be tried."""
    match error:
        case RequestBlocked():
            return error.reason
        case discord.RateLimited():
            return "Discord wants a long wait"
        case discord.Forbidden():
            return _SILENCING.get(error.code, "Discord does not let the bot answer there")
        case discord.HTTPException():
            return _SILENCING.get(error.code)
    return None


def incident_sentence(incident_id: str) -> str:
    """The answer to an error of ours."""
    return translated(
        "Something went wrong on my side; nothing was rolled. If it happens again, report incident `{incident}`.",
        incident=incident_id,
    )
