"""How commands are declared: what a message cannot give, none may ask for."""

from typing import Any

import pytest
from discord.ext import commands

from modules.cogs.command import command
from modules.cogs.context import NazhContext


async def two_words(self: commands.Cog, ctx: NazhContext, first: str = "", second: str = "") -> None:
    """Reads words."""


async def two_texts(self: commands.Cog, ctx: NazhContext, *, first: str = "", second: str = "") -> None:
    """Reads the rest twice."""


async def needed(self: commands.Cog, ctx: NazhContext, *, text: str) -> None:
    """Reads a text that may be missing."""


@pytest.mark.parametrize("callback", [two_words, two_texts, needed])
def test_a_command_takes_the_rest_of_a_message_or_nothing(callback: Any) -> None:
    with pytest.raises(TypeError, match="more than the rest of a message"):
        command("odd", usage="odd", description="Odd")(callback)
