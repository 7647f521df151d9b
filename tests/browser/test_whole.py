"""The real process, a Discord on loopback, and a browser on its dashboard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import leave
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.rest_faults import CloudflareBan
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


async def test_a_ban_is_told_with_its_reason_and_its_end(page: Page, discord: DiscordStandin, tmp_path: Path) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=3600), times=None)
    addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
    async with bot_process(tmp_path, addresses) as bot:
        await page.goto(f"http://127.0.0.1:{await bot.port()}/")
        await expect(page.locator("#headline")).to_contain_text("Waiting until", timeout=20_000)
        await expect(page.locator(".reason")).not_to_be_empty()
        await expect(page.locator(".answer")).to_contain_text("Players are not answered. Next try in")
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 503
        await leave(page)
