from dataclasses import replace
from pathlib import Path

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.telemetry.recorder import Recorder
from tests.cogs.reading import said


async def test_ping_before_the_first_heartbeat_shows_a_dash(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    recorder.gateway_latency(float("nan"))
    recorder.publish()
    await alice.send(channel, "!ping")
    assert channel.last_message is not None
    assert said(channel.last_message) == "Pong. Gateway latency: –"


async def test_ping_shows_the_last_latency(alice: MemberActor, channel: ChannelHandle, recorder: Recorder) -> None:
    recorder.gateway_latency(0.0421)
    recorder.publish()
    await alice.send(channel, "!ping")
    assert channel.last_message is not None
    assert "42 ms" in said(channel.last_message)


async def test_about_tells_version_commit_uptime_and_servers(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder, simcord_env: Env
) -> None:
    recorder.guild_count(len(simcord_env.bot.guilds))
    recorder.publish()
    result = await alice.slash(channel, "about")
    assert result.response is not None
    for part in ("1.2.3", "abcdef012345", "Up ", "1 server", "secrets.randbelow"):
        assert part in said(result.response)


async def test_the_bot_can_be_invited_elsewhere(alice: MemberActor, channel: ChannelHandle, simcord_env: Env) -> None:
    application_id = simcord_env.bot.application_id
    result = await alice.slash(channel, "invite")
    assert result.ephemeral
    assert result.response is not None
    await alice.send(channel, "!about")
    assert channel.last_message is not None
    for text in (said(result.response), said(channel.last_message)):
        assert f"client_id={application_id}" in text
        assert "permissions=101376" in text, "as the README has it"
        assert "scope=bot+applications.commands" in text


@pytest.mark.parametrize("text", ["!about", "!help"])
async def test_source_manual_and_privacy_are_linked_where_it_is_known_where_they_are(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, text: str
) -> None:
    await alice.send(channel, text)
    assert channel.last_message is not None
    assert "Manual" not in said(channel.last_message)
    simcord_bot.config = replace(simcord_bot.config, repository_url="https://code.example/nazh/")
    await alice.send(channel, text)
    for path in ("", "/tree/HEAD/docs", "/blob/HEAD/docs/privacy.md"):
        assert f"(<https://code.example/nazh{path}>)" in said(channel.last_message)


def test_what_is_linked_is_there() -> None:
    assert Path("docs/privacy.md").is_file()


async def test_commands_work_in_servers_private_messages_and_groups_for_whoever_added_the_bot(
    simcord_bot: NazhBot, simcord_env: Env
) -> None:
    assert simcord_env is not None, "the cogs are loaded"
    for command in simcord_bot.tree.get_commands():
        sent = command.to_dict(simcord_bot.tree)
        assert sent["integration_types"] == [0, 1], command.name
        assert sent["contexts"] == [0, 1, 2], command.name
