"""Somebody who rolls faster than a table can read is told so once; buttons and slash commands count too."""

from collections.abc import Callable
from pathlib import Path

import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.dice.rolling.source import ScriptedSource
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot


@pytest.fixture
def new_bot(recorder: Recorder, latest: LatestSnapshot, tmp_path: Path) -> Callable[[], NazhBot]:
    return lambda: make_bot(tmp_path, recorder, latest, ScriptedSource([5, 3, 6]), USER_COMMAND_LIMIT="3")


async def test_messages_slash_commands_and_buttons_count_alike(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder, raised: Callable[[], list[str]]
) -> None:
    await alice.send(channel, "!roll 1d6")
    first = channel.last_message
    assert first is not None
    await alice.slash(channel, "roll", dice="1d6")
    await alice.click(first, label="Roll again")
    refused = await alice.click(first, label="Roll again")
    assert refused.ephemeral
    assert refused.response is not None
    assert "a lot at once" in refused.response.content
    count = len(channel.history())
    await alice.send(channel, "!roll 1d6")
    assert not (await alice.slash(channel, "roll", dice="1d6")).acknowledged
    assert len(channel.history()) == count + 1, "the last message is hers"
    assert dict(recorder.publish().totals.commands) == {
        ("roll", "ok"): 2,
        ("again", "ok"): 1,
        ("again", "refused"): 1,
        ("roll", "refused"): 2,
    }
    assert raised() == ["Unanswerable"] * 2
