"""Puts the cogs into a bot."""

from typing import Final

from discord.ext import commands

from modules.cogs import about, admission, error_handler, roll
from modules.cogs import help as help_page
from modules.runtime.failures import BrokenSetupError

COGS: Final = (error_handler, admission, roll, help_page, about)


async def load_cogs(bot: commands.Bot) -> None:
    """Load every cog.

    Raises:
        BrokenSetupError: A cog could not be loaded. Raised here, because an error that comes up out of discord.py
            itself would count as an outage.
    """
    try:
        for cog in COGS:
            await cog.setup(bot)
    except Exception as error:
        raise BrokenSetupError from error
