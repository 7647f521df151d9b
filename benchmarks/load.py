"""How much the bot can do: the real process against the loopback Discord, beside a bare discord.py echo bot.

The stand-in shares the machine, and with it the processor, so only the ratios mean anything. It speaks TLS as Discord
does, whose handshakes are most of what a cold connection costs; `--plain` leaves it out.

    python -m benchmarks.load [steady] [burst] [limit] [guilds] [--rounds 3] [--plain]
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.contender import ECHO_CLIENT, ECHO_COMMANDS, ECHO_DEFAULT, OURS, Contender, Kind, contender
from modules.commands.sentences import SWAMPED
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.certificates import Certificate, loopback_certificate
from tests.discord_standin.limits import DISCORD_GLOBAL_RATE
from tests.discord_standin.world import Channel, Message
from tests.wire.process import TOKEN

ROOMS = 50
OUTSTANDING = 64
STEADY_COMMANDS = 6_000
GUILD_COMMANDS = 2_000
BURST_COMMANDS = 2_000
QUIET_SECONDS = 6.0
"""A burst is over once nothing new has been answered for so long."""
LONGEST_SECONDS = 120.0
GUILD_COUNTS = (1, 1_000, 2_500)

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of a burst."""

    answered: int
    told_no: int
    limited: int
    seconds: float
    p99_seconds: float
    peak_sockets: int


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure.

    Attributes:
        rounds: Of each bot, in turn.
        certificate: Of the stand-in; None for plain sockets.
    """

    rounds: int
    certificate: Certificate | None


@asynccontextmanager
async def discord_for(options: Options) -> AsyncIterator[DiscordStandin]:
    """An empty Discord."""
    tls = options.certificate.context if options.certificate is not None else None
    async with DiscordStandin(Settings(token=TOKEN), tls=tls) as discord:
        yield discord


@asynccontextmanager
async def table(kind: Kind, options: Options) -> AsyncIterator[tuple[DiscordStandin, list[Channel], Contender]]:
    """A Discord with one guild of fifty channels, and a bot that answers there."""
    async with discord_for(options) as discord:
        rooms = list(discord.world.add_guild(channels=[f"room-{number}" for number in range(ROOMS)]).channels)
        async with contender(kind, discord, rooms[0], options.certificate) as bot:
            yield discord, rooms, bot


async def steady_round(kind: Kind, options: Options) -> tuple[float, float]:
    """Answers a second with 64 commands outstanding, and the bot's CPU microseconds for each."""
    async with table(kind, options) as (discord, rooms, bot):
        return await _steadily(discord, rooms, bot, STEADY_COMMANDS)


async def _steadily(
    discord: DiscordStandin, rooms: Sequence[Channel], bot: Contender, count: int
) -> tuple[float, float]:
    """Commands a second, and CPU microseconds for each."""
    # One iterator for all players: whoever has an answer takes the next command.
    commands = iter(range(count))

    async def player() -> None:
        for number in commands:
            message = await discord.say(rooms[number % ROOMS], "!roll 2d6+3")
            await discord.reply_to(message, LONGEST_SECONDS)

    cpu, begun_at = bot.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(player() for _ in range(OUTSTANDING)))
    seconds = time.perf_counter() - begun_at
    return count / seconds, (bot.cpu_seconds() - cpu) / count * 1e6


async def burst_round(kind: Kind, options: Options, *, enforced: bool = False) -> Burst:
    """Two thousand commands at once for a bot that has just started, with Discord's 50 a second enforced or not."""
    async with table(kind, options) as (discord, rooms, bot):
        if enforced:
            discord.limits.global_rate = DISCORD_GLOBAL_RATE
        # The wall clock, for messages bear its time.
        begun_at = time.time()
        asked = {(await discord.say(rooms[n % ROOMS], "!roll 2d6+3")).id for n in range(BURST_COMMANDS)}
        peak_sockets = await _until_quiet(rooms, asked, bot)
        sent = answers(rooms, asked)
        refusals = [message for message in sent if message.content == SWAMPED]
        taken = sorted(message.created_at.timestamp() - begun_at for message in sent if message not in refusals)
        limited = sum(request.status == 429 for request in discord.requests)
        p99 = taken[int(len(taken) * 0.99)] if taken else float("nan")
        return Burst(len(taken), len(refusals), limited, taken[-1] if taken else float("nan"), p99, peak_sockets)


def answers(rooms: Sequence[Channel], asked: set[int]) -> list[Message]:
    """What the bot said to the messages of these ids; not what it said to others, as while it warmed up."""
    return [message for room in rooms for message in room.messages.values() if message.reference_id in asked]


async def _until_quiet(rooms: Sequence[Channel], asked: set[int], bot: Contender) -> int:
    """Wait until all are answered or nobody is any more; the most sockets that were open meanwhile."""
    posted, last, peak_sockets = 0, time.perf_counter(), 0
    while posted < len(asked) and time.perf_counter() - last < QUIET_SECONDS:
        await asyncio.sleep(0.05)
        now = len(answers(rooms, asked))
        if now != posted:
            posted, last = now, time.perf_counter()
        peak_sockets = max(peak_sockets, bot.socket_count())
    return peak_sockets


async def guild_round(kind: Kind, options: Options, guild_count: int) -> tuple[float, float, float]:
    """Megabytes, seconds from start to first answer, and CPU microseconds a command, with so many guilds."""
    async with discord_for(options) as discord:
        names = [f"channel-{number}" for number in range(50)], [f"role-{number}" for number in range(20)]
        guilds = [discord.world.add_guild(f"guild {n}", channels=names[0], roles=names[1]) for n in range(guild_count)]
        async with contender(kind, discord, guilds[0].channels[0], options.certificate) as bot:
            megabytes = bot.rss_megabytes()
            _, cpu = await _steadily(discord, guilds[-1].channels, bot, GUILD_COMMANDS)
            return megabytes, bot.ready_seconds, cpu


async def steady(options: Options) -> None:
    """64 outstanding: ours against echo bots with the same connector, in turn."""
    kinds = (ECHO_CLIENT, ECHO_COMMANDS, OURS)
    results: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            results[kind].append(await steady_round(kind, options))
    rates = {kind: statistics.median(rate for rate, _ in found) for kind, found in results.items()}
    costs = {kind: statistics.median(cost for _, cost in found) for kind, found in results.items()}
    rows = [
        (kind.name, f"{rates[kind]:,.0f}", f"{costs[kind]:,.0f}", f"{rates[OURS] / rates[kind]:.2f}") for kind in kinds
    ]
    show(
        f"{OUTSTANDING} commands outstanding",
        ("bot", "answers a second", "CPU µs a command, all threads", "ours as a part of it"),
        rows,
    )


async def burst(options: Options) -> None:
    """A cold burst: ours against the echo bot as most people would write it."""
    kinds = (ECHO_DEFAULT, ECHO_CLIENT, OURS)
    results: dict[Kind, list[Burst]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            results[kind].append(await burst_round(kind, options))
    rows = [_burst_row(kind.name, found) for kind, found in results.items()]
    show(
        f"a cold burst of {BURST_COMMANDS:,}",
        ("bot", "answered", "seconds", "answers a second", "p99 s", "sockets"),
        rows,
    )


def _burst_row(name: str, found: Sequence[Burst]) -> Row:
    seconds, p99 = (
        statistics.median(values) for values in zip(*((b.seconds, b.p99_seconds) for b in found), strict=True)
    )
    answered = min(each.answered for each in found)
    sockets = max(each.peak_sockets for each in found)
    return name, f"{answered:,}", f"{seconds:.2f}", f"{answered / seconds:,.0f}", f"{p99:.2f}", f"{sockets:,}"


async def limit(options: Options) -> None:
    """Discord's own limit enforced: as it comes, and told to make everybody wait instead of turning them away."""
    patient = Kind("Nazh Engine, REST_MAX_WAIT=60", OURS.script, {"REST_MAX_WAIT": "60"})
    as_it_comes = Kind(OURS.name, OURS.script)
    rows: list[Row] = []
    for kind in (ECHO_DEFAULT, as_it_comes, patient):
        seen = await burst_round(kind, options, enforced=True)
        turned_away = BURST_COMMANDS - seen.answered
        rows.append(
            (
                kind.name,
                f"{seen.answered:,}",
                f"{turned_away:,}",
                seen.told_no,
                f"{seen.limited:,}",
                f"{seen.seconds:.0f}",
            )
        )
    heads = ("bot", "answered", "lost or turned away", "channels told so", "429", "seconds")
    show(f"{BURST_COMMANDS:,} commands at once, 50 requests a second enforced", heads, rows)


async def guilds(options: Options) -> None:
    """Memory, start-up and effort by guilds, 50 channels and 20 roles each."""
    rows: list[Row] = []
    for count in GUILD_COUNTS:
        for kind in (ECHO_CLIENT, OURS):
            results = [await guild_round(kind, options, count) for _ in range(options.rounds if count == 1 else 1)]
            rss, ready, cpu = (statistics.median(values) for values in zip(*results, strict=True))
            rows.append((f"{count:,}", kind.name, f"{rss:.0f}", f"{ready:.1f}", f"{cpu:,.0f}"))
    heads = ("guilds", "bot", "RSS MB", "seconds to the first answer", "CPU µs a command")
    show("guilds of 50 channels and 20 roles", heads, rows)


def show(title: str, heads: Row, rows: Sequence[Row]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title[0].upper()}{title[1:]}\n")
    for row in (heads, ["---"] * len(heads), *rows):
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


SUITES = MappingProxyType({"steady": steady, "burst": burst, "limit": limit, "guilds": guilds})


def main() -> None:
    """Run the suites that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__.splitlines()[0] if __doc__ else "")
    # Where nothing is named, Python 3.11 looks for the empty list among the choices, too.
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], help="all unless named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", action="store_true", help="without TLS")
    asked = parser.parse_args()
    options = Options(asked.rounds, None if asked.plain else loopback_certificate())
    print(f"Over {'plain sockets' if asked.plain else 'TLS, as with Discord'}.")
    for name in asked.suites or SUITES:
        asyncio.run(SUITES[name](options))


if __name__ == "__main__":
    main()
