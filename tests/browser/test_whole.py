"""The real process, a Discord on loopback, and a browser on its dashboard."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import leave
from tests.browser.scenes import SCENES
from tests.browser.stages import FROM_THE_START, IN_MID_LIFE, stage
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.world import Channel
from tests.wire.process import TOKEN, BotProcess, bot_process


@pytest_asyncio.fixture(loop_scope="session")
async def discord() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(Settings(token=TOKEN, heartbeat_interval_seconds=0.5)) as standin:
        standin.world.add_guild(channels=("table",))
        yield standin


@pytest_asyncio.fixture(loop_scope="session")
async def bot(discord: DiscordStandin, tmp_path: Path) -> AsyncIterator[BotProcess]:
    addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
    async with bot_process(tmp_path, addresses) as process:
        yield process


def table(discord: DiscordStandin) -> Channel:
    return next(iter(discord.world.channels.values()))


async def test_a_roll_in_discord_is_seen_on_the_dashboard(page: Page, discord: DiscordStandin, bot: BotProcess) -> None:
    await discord.ready()
    await page.goto(f"http://127.0.0.1:{await bot.port()}/")
    await expect(page.locator("#headline")).to_have_text("Operational", timeout=20_000)
    await expect(page.locator(".dice .empty, .dice + .empty")).to_have_text("No die was thrown yet.")
    await discord.reply_to(await discord.say(table(discord), "!roll 2d6+1d20"))
    await expect(page.locator(".dice li", has_text="d6")).to_contain_text("2", timeout=20_000)
    await expect(page.locator(".dice li", has_text="d20")).to_contain_text("1")
    await expect(page.locator("#commands .note")).to_have_text("1 in all")
    await expect(page.locator("#latency .value")).to_contain_text("ms", timeout=20_000)
    await leave(page)


VERDICTS = {
    "operational": ("Operational", "Players are answered.", 200),
    "degraded": ("Degraded", "Players are answered, but not as they should be.", 200),
    "disconnected": ("Disconnected", "Players are not answered.", 503),
    "draining": ("Draining", "nothing new is taken", 503),
    "starting": ("Starting", "Players are not answered yet.", 503),
    "waiting": ("Waiting until", "Players are not answered. Next try in", 503),
    "standby": ("Standby", "Players are answered by another process.", 503),
}


@asynccontextmanager
async def come_to(name: str, folder: Path) -> AsyncIterator[BotProcess]:
    """The running bot in the state of that name."""
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(stage(folder, GATEWAY_SILENCE_SECONDS="5"))
        if name in FROM_THE_START:
            yield await stack.enter_async_context(FROM_THE_START[name](scene))
        else:
            bot = await stack.enter_async_context(scene.ready_bot())
            await stack.enter_async_context(IN_MID_LIFE[name](scene, bot))
            yield bot


@pytest.mark.parametrize("name", VERDICTS)
async def test_each_verdict_is_reached_by_the_running_bot_and_told_in_words(
    page: Page, name: str, tmp_path: Path
) -> None:
    headline, answer, readiness = VERDICTS[name]
    async with come_to(name, tmp_path) as bot:
        await page.goto(f"http://127.0.0.1:{await bot.port()}/")
        await expect(page.locator("#headline")).to_contain_text(headline, timeout=20_000)
        await expect(page.locator(".answer")).to_contain_text(answer)
        assert (await bot.get("/healthz"))[0] == 200, "no restart would help"
        assert (await bot.get("/readyz"))[0] == readiness
        if name == "waiting":
            await expect(page.locator(".reason")).to_contain_text("refused at Discord's edge", ignore_case=True)
        await leave(page)


async def test_every_state_has_its_verdict() -> None:
    assert {*FROM_THE_START, *IN_MID_LIFE} == {*VERDICTS} == {*SCENES}
