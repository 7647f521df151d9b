"""A forked process is one like any other to the tests that start it."""

import signal

import pytest

from tests.discord_standin import DiscordStandin
from tests.wire.conftest import StartBot
from tests.wire.forked import ForkedProcess

pytestmark = pytest.mark.wire


async def test_its_settings_its_exit_code_and_both_outputs_are_its_own(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    async with start_bot(SHARD_COUNT="none") as faulty, start_bot() as bot:
        assert isinstance(bot.process, ForkedProcess)
        await faulty.warned("SHARD_COUNT")
        assert await faulty.ended() == 78
        await discord.ready()
        assert bot.process.returncode is None
        assert await bot.stop(signal.SIGTERM) == 0
        assert (await bot.logged("stopped"))["exit_code"] == 0


async def test_it_is_killed_like_any_other(start_bot: StartBot, discord: DiscordStandin) -> None:
    async with start_bot() as bot:
        await discord.ready()
        assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL


@pytest.mark.parametrize("settings", [{"PYTHONPATH": ""}, {"SSL_CERT_FILE": ""}])
async def test_what_works_on_the_interpreter_is_not_forked(start_bot: StartBot, settings: dict[str, str]) -> None:
    async with start_bot(**settings) as bot:
        assert not isinstance(bot.process, ForkedProcess)


@pytest.mark.executed
async def test_what_is_marked_is_not_forked(start_bot: StartBot) -> None:
    async with start_bot() as bot:
        assert not isinstance(bot.process, ForkedProcess)
