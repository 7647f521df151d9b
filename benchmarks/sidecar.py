"""What watching costs: the sidecar's answers while the bot is busy, and the bot's throughput while it is scraped.

Starts the real `main.py` against the loopback Discord of the tests, and a prober in a process of its own. A bot has one
processor to answer with: the share of it that scraping takes is the share of throughput that it costs. That is measured
on an idle bot, whose cold caches make it look dearer than it is, so that no other work of the bot is mistaken for it.

    python -m benchmarks.sidecar [--seconds 10] [--write]
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.readme import write_section
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.world import Channel
from tests.wire.process import TOKEN, bot_process

CHANNELS = 50
COMMANDS_PER_SECOND = 1000
SCRAPES_PER_SECOND = 10
HEALTHZ_P99_MILLISECONDS = 50
PAGE_P99_MILLISECONDS = 150
SCRAPING_COST_AT_MOST = 0.03
IDLE_PROBES_PER_SECOND = 50
IDLE_P50_MILLISECONDS = 5

HEADS = ("what", "measured", "wanted", "so")


@dataclass(frozen=True, slots=True)
class Bot:
    """The real process and the Discord it is connected to."""

    discord: DiscordStandin
    channels: Sequence[Channel]
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """Time that the process has spent on processors so far."""
        # The name in parentheses may hold spaces; behind it, user and system time are the 12th and 13th fields.
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def probe(port: int, path: str, seconds: float, per_second: float) -> dict[str, float]:
    """Ask for one page at a steady rate; quantiles of the answers' times in milliseconds."""
    taken: list[float] = []
    failed = 0
    ends_at = time.perf_counter() + seconds
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        while (begun := time.perf_counter()) < ends_at:
            async with session.get(path) as answer:
                await answer.read()
                failed += answer.status != 200
            taken.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(max(0.0, begun + 1 / per_second - time.perf_counter()))
    taken.sort()
    return {"count": len(taken), "failed": failed, "p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)]}


async def probed(port: int, path: str, seconds: float, per_second: float) -> dict[str, float]:
    """`probe` in another process, so that the load generator's own delays are not measured."""
    arguments = ("--probe", path, "--port", str(port), "--seconds", str(seconds), "--rate", str(per_second))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.sidecar", *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    found: dict[str, float] = json.loads(output)
    return found


async def spent_share(bot: Bot, work: Coroutine[None, None, object]) -> float:
    """The share of one processor that the bot's process took while `work` was done."""
    begun, spent = time.perf_counter(), bot.processor_seconds()
    await work
    return (bot.processor_seconds() - spent) / (time.perf_counter() - begun)


async def open_loop(bot: Bot, seconds: float) -> float:
    """Say `COMMANDS_PER_SECOND` commands a second; returns how many were said."""
    discord, channel = bot.discord, bot.channels[0]
    begun, said = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        # Nobody waits for an answer: players who did would spare a bot that is slow.
        while said < passed * COMMANDS_PER_SECOND:
            await discord.say(bot.channels[said % len(bot.channels)], "!roll 2d6+3")
            said += 1
        await asyncio.sleep(0.005)
    rate = said / (time.perf_counter() - begun)
    # Answered after all the others, so that the next measurement does not begin with what is left of this one.
    await discord.reply_to(await discord.say(channel, "!roll 1d6"), timeout_seconds=120)
    discord.forget()
    return rate


@contextlib.asynccontextmanager
async def running_bot(folder: Path) -> AsyncIterator[Bot]:
    """The real process and its sidecar's port, connected to a Discord on loopback that limits nothing."""
    # Chosen here: a bot that logs warnings only does not say which port it took.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with DiscordStandin(Settings(token=TOKEN)) as discord:
        channels = [*discord.world.add_guild(channels=[f"table-{number}" for number in range(CHANNELS)]).channels]
        addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        # Discord's own limits would keep the bot far below the load that is wanted here.
        unlimited = {"REST_RATE": "100000", "REST_MAX_WAIT": "3600", "LOG_LEVEL": "WARNING"}
        async with bot_process(folder, {**addresses, **unlimited, "PORT": str(port)}) as bot:
            await discord.ready()
            await discord.reply_to(await discord.say(channels[0], "!roll 1d6"), timeout_seconds=30)
            yield Bot(discord, channels, port, bot.process.pid)


async def measure(seconds: float, folder: Path) -> list[tuple[str, str, str, bool]]:
    """The rows of the table: what, measured, wanted, whether that is so."""
    async with running_bot(folder) as bot:
        rows = []
        found = await probed(bot.port, "/healthz", seconds, IDLE_PROBES_PER_SECOND)
        text = f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms ({found['count']}, the bot idle)"
        rows.append(("GET /healthz", text, f"p50 < {IDLE_P50_MILLISECONDS} ms", found["p50"] < IDLE_P50_MILLISECONDS))
        idle = await spent_share(bot, asyncio.sleep(seconds))
        scraped = await spent_share(bot, probed(bot.port, "/metrics", seconds, SCRAPES_PER_SECOND))
        cost = scraped - idle
        text = f"{cost:.2%} of a processor ({idle:.2%} without, {scraped:.2%} with)"
        rows.append((f"{SCRAPES_PER_SECOND} scrapes/s", text, "< 3 %", cost < SCRAPING_COST_AT_MOST))
        for path, wanted in (("/healthz", HEALTHZ_P99_MILLISECONDS), ("/", PAGE_P99_MILLISECONDS)):
            found, said = await asyncio.gather(probed(bot.port, path, seconds, 20), open_loop(bot, seconds))
            text = f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms ({found['count']} at {said:.0f} commands/s)"
            rows.append((f"GET {path}", text, f"p99 < {wanted} ms", found["p99"] < wanted and not found["failed"]))
        return rows


def table(rows: Sequence[tuple[str, str, str, bool]]) -> str:
    """The rows in Markdown, below a line about where they were measured."""
    load, *_ = os.getloadavg()
    where = f"Measured on {os.cpu_count()} cores, Python {platform.python_version()}, load average {load:.1f}."
    cells = [HEADS, ["---"] * len(HEADS), *((*texts, "yes" if holds else "no") for *texts, holds in rows)]
    return "\n".join([where, "", *("| " + " | ".join(row) + " |" for row in cells)])


def main() -> int:
    """Print the table, and write it if asked; 1 when anything is slower than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--probe", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=float, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.probe:
        print(json.dumps(asyncio.run(probe(chosen.port, chosen.probe, chosen.seconds, chosen.rate))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measure(chosen.seconds, Path(folder)))
    text = table(rows)
    print(text)
    if chosen.write:
        write_section("sidecar", text)
    return 0 if all(holds for *_, holds in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
