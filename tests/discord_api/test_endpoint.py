"""Where discord.py is pointed at."""

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from modules.discord_api.endpoint import discord_endpoint
from tests.test_config import read


@pytest.mark.parametrize("path", ["", "/", "/gateway", "/gateway/", "/a//b/"])
def test_the_gateways_path_is_kept_to_the_letter(path: str) -> None:
    config = read(DISCORD_GATEWAY_URL=f"wss://proxy.example{path}")
    with discord_endpoint(None, config.discord_gateway_url):
        asked = DiscordWebSocket.DEFAULT_GATEWAY.with_query(v=10)
    assert str(asked) == f"wss://proxy.example{path or '/'}?v=10"


def test_a_slash_at_the_end_of_the_base_is_not_doubled() -> None:
    before = Route.BASE
    with discord_endpoint("http://proxy.example/api/v10/", None):
        assert Route("GET", "/users/@me").url == "http://proxy.example/api/v10/users/@me"
    assert before == Route.BASE
