"""What a person reads in a message."""

import discord
from simcord import ResponseMessage

from modules.ui.answers import text_of


def said(message: discord.Message | ResponseMessage) -> str:
    """The text of a message, or of its card."""
    return text_of(message.message if isinstance(message, ResponseMessage) else message)
