"""`PROXY_URL`: everything for Discord goes through the proxy, and its credentials are seen by nobody else."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.certificates import loopback_certificate
from tests.discord_standin.world import Channel
from tests.wire.conftest import StartBot
from tests.wire.process import ROOT, TOKEN, BotProcess
from tests.wire.proxy import Proxy

pytestmark = pytest.mark.wire

NOWHERE = "discord.invalid"
"""A name that nobody but the proxy can resolve."""

PASSWORD = "open/sesame"
CREDENTIALS = "user:open%2Fsesame@"


def by_name(discord: DiscordStandin) -> dict[str, str]:
    """The stand-in's two addresses under a name that leads nowhere."""
    addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
    return {name: url.replace("127.0.0.1", NOWHERE) for name, url in addresses.items()}


async def nobody_else_sees(password: str, bot: BotProcess, folder: Path) -> None:
    pages = [(await bot.get(path))[1] for path in ("/", "/api/status", "/readyz", "/metrics")]
    files = [path.read_text() for path in (folder / "logs").glob("*.log")]
    told = "\n".join([bot.story(), *pages, *files])
    assert "PROXY_URL" in told
    assert password not in told
    assert password.replace("/", "%2F") not in told


async def test_rest_gateway_and_interactions_go_through_the_proxy(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, tmp_path: Path
) -> None:
    proxy = Proxy(credentials=f"user:{PASSWORD}", hosts={NOWHERE: "127.0.0.1"})
    async with proxy.running():
        url = proxy.url.replace("://", f"://{CREDENTIALS}")
        async with start_bot(**by_name(discord), PROXY_URL=url) as bot:
            await discord.ready()
            await Table(discord, channel).is_served()
            await (await discord.slash(channel, "roll", {"dice": "2d6"})).response()
            assert {address.partition(":")[0] for address in proxy.forwarded} == {"http", "ws"}
            assert all(NOWHERE in address for address in proxy.forwarded)
            await nobody_else_sees(PASSWORD, bot, tmp_path)
            assert await bot.stop() == 0
            assert discord.connections[-1].close_code == 1000


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_over_tls_it_is_a_tunnel(start_bot: StartBot, tmp_path: Path, scheme: str) -> None:
    certificate = loopback_certificate()
    proxying = Proxy(tls=certificate.context if scheme == "https" else None).running()
    async with DiscordStandin(Settings(token=TOKEN), tls=certificate.context) as discord, proxying as proxy:
        table = discord.world.add_guild(channels=("table",)).channels[0]
        addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        trusted = certificate.trusted_by_environment(tmp_path)
        async with start_bot(**addresses, **trusted, PROXY_URL=proxy.url) as bot:
            await discord.ready()
            await Table(discord, table).is_served()
            hosts = {address.split("://")[1].split("/")[0] for address in addresses.values()}
            assert set(proxy.tunnelled) == hosts
            assert not proxy.forwarded, "no request, and so no token, is seen by the proxy"
            assert await bot.stop() == 0


async def test_a_proxy_that_refuses_us_is_waited_out_and_named(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, tmp_path: Path
) -> None:
    proxy = Proxy(credentials="user:another", hosts={NOWHERE: "127.0.0.1"})
    async with proxy.running():
        url = proxy.url.replace("://", f"://{CREDENTIALS}")
        async with start_bot(**by_name(discord), PROXY_URL=url, BACKOFF_CAP_SECONDS="0.2") as bot:
            await bot.shows("/readyz", "the proxy of PROXY_URL refuses its user name or password (407)", 503)
            assert not discord.requests
            await nobody_else_sees(PASSWORD, bot, tmp_path)
            proxy.credentials = f"user:{PASSWORD}"
            await discord.ready(timeout_seconds=40)
            await Table(discord, channel).is_served()


async def test_a_proxy_that_is_away_is_named_and_waited_for(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    proxy = Proxy(hosts={NOWHERE: "127.0.0.1"})
    async with proxy.running():
        pass
    async with start_bot(**by_name(discord), PROXY_URL=proxy.url, BACKOFF_CAP_SECONDS="0.2") as bot:
        await bot.shows("/readyz", "the proxy of PROXY_URL could not be reached", 503)
        async with proxy.running():
            await discord.ready(timeout_seconds=40)
            await Table(discord, channel).is_served()
            assert await bot.stop() == 0


async def test_the_effective_configuration_masks_the_credentials(tmp_path: Path) -> None:
    environ = {"DISCORD_TOKEN": TOKEN, "PROXY_URL": f"http://{CREDENTIALS}proxy.example:3128"}
    checking = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "--check-config", cwd=tmp_path, env=environ, stdout=-1
    )
    shown = (await checking.communicate())[0].decode()
    assert checking.returncode == 0
    assert "http://(hidden)@proxy.example:3128" in shown
    assert "sesame" not in shown
