"""As with the real Discord, over TLS."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.certificates import Certificate, loopback_certificate
from tests.discord_standin.world import Channel
from tests.wire.conftest import StartBot
from tests.wire.process import TOKEN

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return loopback_certificate()


@pytest.fixture
async def discord(certificate: Certificate) -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(Settings(token=TOKEN), tls=certificate.context) as standin:
        standin.world.add_guild(channels=("table",))
        yield standin


async def test_a_roll_is_answered_over_tls(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, certificate: Certificate, tmp_path: Path
) -> None:
    async with start_bot(**certificate.trusted_by_environment(tmp_path)) as bot:
        await discord.ready()
        message = await discord.say(channel, "!roll 2d6+3")
        await discord.reply_to(message)
        assert await bot.stop() == 0
        assert discord.connections[-1].close_code == 1000


async def test_nobody_is_told_the_token_who_cannot_prove_to_be_discord(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    async with start_bot() as bot:
        shown = await bot.status_when(lambda shown: shown["phase"] == "waiting")
        assert "certificate is not trusted" in shown["verdict"]
        assert not discord.requests
        assert await bot.stop() == 0
