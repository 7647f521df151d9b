"""The real bot in a simulated Discord, with dice that the test scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.dice.rolling.source import ScriptedSource
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Build
from tests.bots import make_bot


@pytest.fixture
def latest() -> LatestSnapshot:
    return LatestSnapshot()


@pytest.fixture
def recorder(latest: LatestSnapshot) -> Recorder:
    return Recorder(latest, build=Build(version="1.2.3", commit="abcdef0123456789"))


@pytest.fixture
def faces() -> list[int]:
    """Every face that will be thrown, in order; a test that rolls more fails."""
    return [5, 3, 6, 2]


@pytest.fixture
def new_bot(recorder: Recorder, latest: LatestSnapshot, faces: list[int], tmp_path: Path) -> Callable[[], NazhBot]:
    def make() -> NazhBot:
        return make_bot(tmp_path, recorder, latest, ScriptedSource(faces))

    return make


@pytest.fixture
async def simcord_bot(new_bot: Callable[[], NazhBot]) -> NazhBot:
    return new_bot()


@pytest.fixture
def channel(simcord_env: Env) -> ChannelHandle:
    return simcord_env.create_guild().create_text_channel("table")


@pytest.fixture
def raised(simcord_env: Env) -> Callable[[], list[str]]:
    """Names of the errors that commands ended with so far; a test that expects some must ask, or it fails for them."""

    def names() -> list[str]:
        return [type(getattr(error, "original", error)).__name__ for error in simcord_env.errors]

    return names


@pytest.fixture
def alice(simcord_env: Env, channel: ChannelHandle) -> MemberActor:
    assert channel is not None, "the guild comes with the channel"
    return simcord_env.guild.add_member(simcord_env.create_user("alice"))
