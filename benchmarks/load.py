"""How much the bot can do: the real process against the loopback Discord, beside a bare discord.py echo bot.

The stand-in shares the machine, and with it the processor, so only the ratios mean anything. It speaks TLS as Discord
does, whose handshakes are most of what a cold connection costs; `--plain` leaves it out.

    python -m benchmarks.load [steady] [recording] [presses] [typing] [burst] [limit] [guilds]
        [--rounds 3] [--plain] [--write]
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.contender import ECHO_CLIENT, ECHO_COMMANDS, ECHO_DEFAULT, OURS, UNRECORDED, Contender, Kind, contender
from benchmarks.harness import (
    LONGEST_SECONDS,
    OUTSTANDING,
    ROOMS,
    Options,
    Row,
    asking,
    discord_for,
    show,
    steadily,
    table,
)
from benchmarks.readme import write_section
from modules.commands.sentences import SWAMPED
from tests.discord_standin.certificates import loopback_certificate
from tests.discord_standin.limits import DISCORD_GLOBAL_RATE
from tests.discord_standin.world import Channel, Message

STEADY_COMMANDS = 6_000
GUILD_COMMANDS = 2_000
BURST_COMMANDS = 2_000
QUIET_SECONDS = 6.0
"""A burst is over once nothing new has been answered for so long."""
BESIDE_ECHOES = (ECHO_CLIENT, ECHO_COMMANDS, OURS)
GUILD_COUNTS = (1, 1_000, 2_500)
TYPED_COUNT = 200
TYPED = MappingProxyType(
    {
        "plain": "2d6+3",
        "a slip": "4d6hk3",
        "a check": "1d20+5 vs 15",
        "odds that take long": "20d6!ro2kh5",
        "the name of a game": "star wars",
        "words": "the quick brown fox jumps over the lazy dog and rolls for initiative",
        "100 brackets": "(" * 100,
        "1,000 characters of dice": "1d6+" * 250,
        "1,000 characters of letters": "d" * 1_000,
    }
)
"""What somebody may type into /roll, by what it is."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of a burst."""

    answered: int
    told_no: int
    limited: int
    seconds: float
    p99_seconds: float
    peak_sockets: int


async def steady_round(kind: Kind, options: Options) -> tuple[float, float]:
    """Answers a second with 64 commands outstanding, and the bot's CPU microseconds for each."""
    async with table(kind, options) as (discord, rooms, bot):
        return await steadily(bot, STEADY_COMMANDS, asking(discord, rooms))


async def press_round(kind: Kind, options: Options) -> tuple[float, float]:
    """The same for presses of the button that rolls again."""
    async with table(kind, options) as (discord, rooms, bot):
        message = next(message for message in rooms[0].messages.values() if message.author is discord.world.bot)

        async def press(_number: int) -> None:
            await (await discord.press(message, "again:=2d6+3")).response(LONGEST_SECONDS)

        return await steadily(bot, STEADY_COMMANDS, press)


async def typing_round(typed: str, options: Options) -> float:
    """CPU milliseconds of ours for what is suggested beside a text."""
    async with table(OURS, options) as (discord, rooms, bot):

        async def suggest(number: int) -> None:
            await (await discord.autocomplete(rooms[number % ROOMS], "roll", {"dice": typed}, "dice")).acknowledged()

        await steadily(bot, OUTSTANDING, suggest)
        return (await steadily(bot, TYPED_COUNT, suggest))[1] / 1e3


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
            _, cpu = await steadily(bot, GUILD_COMMANDS, asking(discord, guilds[-1].channels))
            return megabytes, bot.ready_seconds, cpu


async def steady(options: Options) -> str:
    """64 outstanding: ours against echo bots with the same connector, in turn."""
    return await _beside("commands", steady_round, options, BESIDE_ECHOES)


async def recording(options: Options) -> str:
    """Commands again: ours, which records each roll in SQLite before it answers, and the same bot without a ledger."""
    return await _beside("commands", steady_round, options, (UNRECORDED, OURS))


async def presses(options: Options) -> str:
    """The same for buttons: ours rolls again, the others say the custom id back."""
    return await _beside("presses", press_round, options, BESIDE_ECHOES)


async def typing(options: Options) -> str:
    """What it costs to suggest beside anything that somebody types."""
    rows: list[Row] = []
    for what, typed in TYPED.items():
        cost = statistics.median([await typing_round(typed, options) for _ in range(options.rounds)])
        rows.append((what, f"{len(typed):,}", f"{cost:.1f}"))
    return show("suggestions while typing", ("typed", "characters", "CPU ms"), rows)


async def _beside(
    what: str,
    one_round: Callable[[Kind, Options], Awaitable[tuple[float, float]]],
    options: Options,
    kinds: Sequence[Kind],
) -> str:
    results: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            results[kind].append(await one_round(kind, options))
    rates = {kind: statistics.median(rate for rate, _ in found) for kind, found in results.items()}
    costs = {kind: statistics.median(cost for _, cost in found) for kind, found in results.items()}
    rows = [
        (kind.name, f"{rates[kind]:,.0f}", f"{costs[kind]:,.0f}", f"{rates[OURS] / rates[kind]:.2f}") for kind in kinds
    ]
    heads = ("bot", "answers a second", "CPU µs for each, all threads", "ours as a part of it")
    return show(f"{OUTSTANDING} {what} outstanding", heads, rows)


async def burst(options: Options) -> str:
    """A cold burst: ours against the echo bot as most people would write it."""
    kinds = (ECHO_DEFAULT, ECHO_CLIENT, OURS)
    results: dict[Kind, list[Burst]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            results[kind].append(await burst_round(kind, options))
    rows = [_burst_row(kind.name, found) for kind, found in results.items()]
    heads = ("bot", "answered", "seconds", "answers a second", "p99 s", "sockets")
    return show(f"a cold burst of {BURST_COMMANDS:,}", heads, rows)


def _burst_row(name: str, found: Sequence[Burst]) -> Row:
    seconds, p99 = (
        statistics.median(values) for values in zip(*((b.seconds, b.p99_seconds) for b in found), strict=True)
    )
    answered = min(each.answered for each in found)
    sockets = max(each.peak_sockets for each in found)
    return name, f"{answered:,}", f"{seconds:.2f}", f"{answered / seconds:,.0f}", f"{p99:.2f}", f"{sockets:,}"


async def limit(options: Options) -> str:
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
    return show(f"{BURST_COMMANDS:,} commands at once, 50 requests a second enforced", heads, rows)


async def guilds(options: Options) -> str:
    """Memory, start-up and effort by guilds, 50 channels and 20 roles each."""
    rows: list[Row] = []
    for count in GUILD_COUNTS:
        for kind in (ECHO_CLIENT, OURS):
            results = [await guild_round(kind, options, count) for _ in range(options.rounds if count == 1 else 1)]
            rss, ready, cpu = (statistics.median(values) for values in zip(*results, strict=True))
            rows.append((f"{count:,}", kind.name, f"{rss:.0f}", f"{ready:.1f}", f"{cpu:,.0f}"))
    heads = ("guilds", "bot", "RSS MB", "seconds to the first answer", "CPU µs a command")
    return show("guilds of 50 channels and 20 roles", heads, rows)


SUITES = MappingProxyType(
    {
        "steady": steady,
        "recording": recording,
        "presses": presses,
        "typing": typing,
        "burst": burst,
        "limit": limit,
        "guilds": guilds,
    }
)


def main() -> None:
    """Run the suites that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__.splitlines()[0] if __doc__ else "")
    # Where nothing is named, Python 3.11 looks for the empty list among the choices, too.
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], help="all unless named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", action="store_true", help="without TLS")
    parser.add_argument("--write", action="store_true", help="put what was measured into README.md")
    asked = parser.parse_args()
    options = Options(asked.rounds, None if asked.plain else loopback_certificate())
    sockets = "plain sockets" if asked.plain else "TLS, as with Discord"
    where = (
        f"Measured over {sockets}, on {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before it began."
    )
    print(where)
    parts = [where, *(asyncio.run(SUITES[name](options)) for name in asked.suites or SUITES)]
    if asked.write:
        write_section("load", "\n\n".join(parts))


if __name__ == "__main__":
    main()
