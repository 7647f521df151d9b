"""The breaker on refused requests, in the running process: Discord bans an address at 10,000 of them in ten minutes."""

import pytest

from modules.discord_api.rest.breaker import INVALID_LIMIT
from tests.discord_standin import DiscordStandin
from tests.discord_standin.rest_faults import RateLimited
from tests.wire.conftest import StartBot

pytestmark = pytest.mark.wire

SENDS = "/channels/*/messages"
ROOMS = 60
ATTEMPTS = 5
"""That discord.py makes before it gives a rate-limited request up."""


async def test_sending_is_paused_after_a_thousand_refusals_and_says_so(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    rooms = discord.world.add_guild(channels=[f"room-{number}" for number in range(ROOMS)]).channels
    async with start_bot(REST_RATE="100000", REST_MAX_WAIT="3600") as bot:
        await discord.ready()
        discord.faults.rest(RateLimited(0.001), method="POST", path=SENDS, times=None)
        for number in range(INVALID_LIMIT // ATTEMPTS + 50):
            await discord.say(rooms[number % ROOMS], "!roll 2d6+3")
        await bot.status_when(lambda shown: "refused too many requests" in str(shown))
        refused = len(discord.journal.invalid_requests())
        # Whatever was on its way when the breaker opened may still have been refused.
        assert INVALID_LIMIT <= refused <= INVALID_LIMIT + 3 * ROOMS

        discord.heal()
        unheard = await discord.say(rooms[0], "!roll 2d6+3")
        await bot.logged(
            lambda line: line.get("correlation_id") == str(unheard.id) and "left unanswered" in line["message"]
        )
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 503
        assert len(discord.journal.invalid_requests()) == refused
        assert await bot.stop() == 0
