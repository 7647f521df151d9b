"""The bot with a database of its own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.dice.rolling.source import ScriptedSource
from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot


@pytest.fixture
async def memory(tmp_path: Path, recorder: Recorder) -> AsyncIterator[Memory]:
    memory = Memory.of(Database(Store.at(None, tmp_path), recorder))
    async with memory.running():
        yield memory


@pytest.fixture
def new_bot(
    memory: Memory, recorder: Recorder, latest: LatestSnapshot, faces: list[int], tmp_path: Path
) -> Callable[[], NazhBot]:
    return lambda: make_bot(tmp_path, recorder, latest, ScriptedSource(faces), memory=memory)


@pytest.fixture
def gamemaster(simcord_env: Env, channel: ChannelHandle) -> MemberActor:
    """May manage the server."""
    assert channel is not None, "the guild comes with the channel"
    role = simcord_env.guild.create_role("gm", permissions=discord.Permissions(manage_guild=True))
    return simcord_env.guild.add_member(simcord_env.create_user("gamemaster"), roles=[role])
