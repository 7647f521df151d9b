"""What a card costs: CPU from a player's message to the body of the request that answers it, beside answers of text.

The real bot with nothing on the far side: what would go to Discord is made and let go. Rolls are not recorded, which
costs as much whatever the answer looks like, and more than all the rest.

    python -m benchmarks.answer [--rounds 15] [--count 200]
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest.mock import patch

import discord

from benchmarks.harness import show
from benchmarks.unrecorded_bot import record
from modules.bot import NazhBot
from modules.services.database import Database
from modules.services.ledger import Ledger
from modules.services.services import Memory
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot

TEXTS: Final = ("!roll 1d20+{n}", "!roll 2d6+{n}", "!roll 4d6kh3+{n} # strength")
STYLES: Final = ("rich", "compact", "plain")
PLAYER: Final[Any] = {"id": "77", "username": "you", "discriminator": "0", "avatar": None}
BOT: Final[Any] = {**PLAYER, "id": "1", "bot": True}
HEADS: Final = ("text", *STYLES, "rich / compact", "rich / plain", "requests")


class Table:
    """One guild for each style, and a player who rolls there.

    Args:
        bot: Who answers; it has a guild for each style, by the style's number.
    """

    def __init__(self, bot: NazhBot) -> None:
        self._bot, self._ids = bot, count(10**17)
        self.bodies: list[str] = []
        # The request is where the bot's own work ends.
        bot.http.request = self._take  # type: ignore[method-assign, assignment]

    async def roll(self, style: int, text: str) -> None:
        """Have a message answered."""
        raw: Any = {
            "id": str(next(self._ids)), "channel_id": str(style + 200), "author": PLAYER, "content": text, "type": 0,
            "timestamp": "2026-11-25T12:00:00+00:00", "edited_timestamp": None, "attachments": [], "embeds": [],
            "mentions": [], "mention_roles": [], "mention_everyone": False, "pinned": False, "tts": False,
        }  # fmt: skip
        channel: Any = self._bot.get_channel(style + 200)
        message = discord.Message(state=channel._state, channel=channel, data=raw)  # noqa: SLF001 - no gateway here
        await asyncio.create_task(self._bot.on_message(message))

    async def _take(self, _route: object, **request: object) -> dict[str, str]:
        self.bodies.append(json.dumps(request["json"]))
        return {"id": str(next(self._ids))}


@asynccontextmanager
async def table() -> AsyncIterator[Table]:
    """The bot with its database, and a guild for each style."""
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory.of(Database(Store.at(None, Path(folder)), Recorder(LatestSnapshot())))
        bot = make_bot(Path(folder), memory=memory, publishes=False)
        with patch.object(Ledger, "record", record):
            async with memory.running(), bot:
                await bot.setup_hook()
                state = bot._connection  # noqa: SLF001 - no gateway fills it here
                state.user = discord.ClientUser(state=state, data=BOT)
                for number, style in enumerate(STYLES):
                    state._add_guild_from_data(_guild(number))  # noqa: SLF001 - nor this
                    await memory.settings.change_guild(number + 100, {"style": style})
                yield Table(bot)


async def cost(at: Table, style: int, texts: Iterator[str], rolls: int) -> float:
    """CPU microseconds of a roll."""
    begun = time.process_time()
    for _ in range(rolls):
        await at.roll(style, next(texts))
    return (time.process_time() - begun) / rolls * 1e6


async def rows(rounds: int, rolls: int) -> list[list[object]]:
    """A line for each text: medians over rounds in which each style has its turn."""
    async with table() as at:
        told: list[list[object]] = []
        for text in TEXTS:
            texts = (text.format(n=number % 30) for number in count())
            found = [[await cost(at, style, texts, rolls) for style in range(len(STYLES))] for _ in range(rounds + 1)]
            # The first round warms up.
            rich, compact, plain = (median(each) for each in zip(*found[1:], strict=True))
            costs = [f"{each:.0f}" for each in (rich, compact, plain)]
            told.append([f"`{text}`", *costs, f"{rich / compact:.2f}", f"{rich / plain:.2f}", len(at.bodies)])
            at.bodies.clear()
        return told


def _guild(number: int) -> Any:  # noqa: ANN401 - as Discord sends it
    channel = {"id": str(number + 200), "type": 0, "name": "table", "position": 0, "permission_overwrites": []}
    return {"id": str(number + 100), "name": "guild", "owner_id": "1", "roles": [], "emojis": [], "features": [],
            "channels": [channel], "members": [], "member_count": 2}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--count", type=int, default=200)
    chosen = parser.parse_args()
    table_rows = asyncio.run(rows(chosen.rounds, chosen.count))
    show("CPU from message to request, in microseconds", HEADS, table_rows)
