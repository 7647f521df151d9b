"""Errors of discord.py as sentences for the person who met them."""

from discord import app_commands
from discord.ext import commands

BUSY = "I am restarting; please try again in a minute."

_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
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
            return sentence
    if isinstance(error, commands.UserInputError):
        return f"I could not read that. It is written like this: `{usage}`"
    return None


def incident_sentence(incident_id: str) -> str:
    """The answer to an error of ours."""
    return f"Something went wrong on my side; nothing was rolled. If it happens again, report incident `{incident_id}`."
