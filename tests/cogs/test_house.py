"""What holds for every cog."""

import inspect
from pathlib import Path

import pytest
from discord.ext import commands
from simcord import Env

from modules.bot import NazhBot, needed_intents


@pytest.mark.usefixtures("simcord_env")
def test_every_command_explains_itself(simcord_bot: NazhBot) -> None:
    assert {command.name for command in simcord_bot.commands} == {
        "roll",
        "odds",
        "build",
        "ping",
        "about",
        "help",
        "invite",
        "gmroll",
        "settings",
        "prefix",
        "preferences",
        "emojis",
        "saved",
        "character",
        "mydata",
        "history",
        "stats",
        "verify",
        "save",
        "panel",
        "explain",
    }
    for command in simcord_bot.walk_commands():
        assert command.description, command.name
        assert command.usage, command.name
        assert command.usage.startswith(command.qualified_name)
        assert isinstance(command, commands.HybridCommand | commands.HybridGroup), (
            "each command is there as slash command too"
        )


@pytest.mark.usefixtures("simcord_env")
def test_every_cog_is_loaded_and_documented(simcord_bot: NazhBot) -> None:
    files = {path.stem for path in Path("modules/cogs").glob("*.py")} - {"__init__"}
    assert files <= {type(cog).__module__.rpartition(".")[2] for cog in simcord_bot.cogs.values()}
    assert all(inspect.getdoc(cog) for cog in simcord_bot.cogs.values())


def test_only_needed_intents_are_asked_for() -> None:
    assert {name for name, on in needed_intents() if on} == {
        "guilds",
        "guild_messages",
        "dm_messages",
        "message_content",
    }


def test_nothing_is_cached_that_is_not_needed(simcord_bot: NazhBot, simcord_env: Env) -> None:
    state = simcord_bot._connection
    assert state.max_messages is None
    assert state.member_cache_flags.value == 0
    assert state.allowed_mentions is not None
    assert state.allowed_mentions.to_dict() == {"parse": []} | state.allowed_mentions.to_dict()
    assert simcord_env is not None
