"""`make soak`: the real process under steady load and random faults, for SOAK_SECONDS (600).

At the end every command was answered just once, or refused and counted, no message appeared twice, nothing leaked
(tasks, threads, sockets, open files) and the memory stayed flat. Exit code 0 says so, 1 says what did not hold.
SOAK_SEED repeats a run.
"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.soak_faults import GATEWAY_FAULTS, REST_FAULTS, SESSION_ENDS
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.gateway_faults import GatewayFault
from tests.discord_standin.world import Channel, Message
from tests.wire.process import TOKEN, BotProcess, bot_process

CHANNELS = tuple(f"table-{number}" for number in range(40))
COMMANDS_A_SECOND = 20.0
REST_FAULT_EVERY_SECONDS = 3.0
GATEWAY_FAULT_EVERY_SECONDS = 30.0
QUIET_MOMENT_EVERY_SECONDS = 90.0
CATCH_UP_SECONDS = 120.0
STRIKE_SECONDS = 30.0
SETTLE_LOOKS = 8
MEMORY_GROWTH = 0.05
# Caches and pools fill first; growth counts from there on.
WARM_UP_SHARE = 1 / 3
INJECT = Path(__file__).parent / "inject"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a process holds at a quiet moment; tasks by the name of what they run."""

    tasks: tuple[str, ...]
    threads: int
    sockets: int
    files: int
    memory_bytes: int


@dataclass
class Soak:
    """One run.

    Attributes:
        said: Every command so far.
        open: Those without an answer.
        struck: How often each fault was called for.
        talking: Cleared during quiet moments.
    """

    discord: DiscordStandin
    bot: BotProcess
    folder: Path
    luck: random.Random
    said: list[Message] = field(default_factory=list)
    open: list[Message] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    talking: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self) -> None:
        """Ask for a roll now and then, in some channel."""
        channels = list(self.discord.world.channels.values())
        while True:
            await self.talking.wait()
            await self.say(self.luck.choice(channels))
            await asyncio.sleep(self.luck.expovariate(COMMANDS_A_SECOND))

    async def say(self, channel: Channel) -> None:
        """Ask for one roll."""
        message = await self.discord.say(channel, "!roll 4d6kh3+2")
        self.said.append(message)
        self.open.append(message)

    async def spoil_requests(self) -> None:
        """Let some of the bot's sends go wrong, in ways that must not cost or double an answer.

        One fault after the other: those that pile up while the gateway is away would all meet one poor command.
        """
        while True:
            await asyncio.sleep(self.luck.expovariate(1 / REST_FAULT_EVERY_SECONDS))
            if any(rule.hit_count < (rule.times or 0) for rule in self.discord.faults.rest_rules):
                continue
            fault, times = self.luck.choice(REST_FAULTS), self.luck.randint(1, 2)
            self.struck[type(fault).__name__] += 1
            self.discord.faults.rest(fault, method="POST", path="/channels/*/messages", times=times)

    async def spoil_the_gateway(self) -> None:
        """Disturb the connection in ways that a session survives."""
        while True:
            await asyncio.sleep(self.luck.expovariate(1 / GATEWAY_FAULT_EVERY_SECONDS))
            fault = self.luck.choice(GATEWAY_FAULTS)
            self.struck[type(fault).__name__] += 1
            self.discord.disturb(fault)

    async def end_sessions(self) -> None:
        """End the session when nobody is waiting: what is said without a session nobody can ever hear."""
        while True:
            await asyncio.sleep(self.luck.expovariate(1 / QUIET_MOMENT_EVERY_SECONDS))
            with suppress(TimeoutError):
                await self.quiet()
            fault = self.luck.choice(SESSION_ENDS)
            self.struck[f"{type(fault).__name__} (session ends)"] += 1
            await self._end_session(fault)
            await self.discord.ready(timeout_seconds=CATCH_UP_SECONDS)
            self.talking.set()

    async def _end_session(self, fault: GatewayFault) -> None:
        """Strike until it does end: a connection that is just down, or silent, does not hear of it."""
        identified = len(self.discord.journal.identifies())
        for is_last in (False, False, False, True):
            self.discord.disturb(fault)
            try:
                await self.discord.until(
                    lambda: len(self.discord.journal.identifies()) > identified, STRIKE_SECONDS, "a new IDENTIFY"
                )
            except TimeoutError:
                if is_last:
                    raise
            else:
                return

    async def quiet(self) -> None:
        """Stop talking and wait until everyone has an answer."""
        self.talking.clear()
        await self.discord.until(self._all_served, CATCH_UP_SECONDS, "answers to all commands")

    def _all_served(self) -> bool:
        turned_away = self.turned_away()
        self.open = [m for m in self.open if not self.discord.replies_to(m) and str(m.id) not in turned_away]
        return not self.open

    def turned_away(self) -> set[str]:
        """Ids of the commands that were refused: in a crowd a channel is told once, and the others are only counted."""
        return {str(line.get("correlation_id")) for line in self.bot.lines if line.get("status") == "refused"}

    async def settled(self) -> Counts:
        """What the process still holds once it has come to rest: a task may wait for a rate limit after its answer."""
        seen = [await self._counts()]
        for _ in range(SETTLE_LOOKS):
            await asyncio.sleep(1)
            seen.append(await self._counts())
        return min(seen, key=lambda counts: (len(counts.tasks), counts.sockets))

    async def _counts(self) -> Counts:
        target = self.folder / "counts.json"
        target.unlink(missing_ok=True)
        self.bot.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(20):
            while not target.exists():  # noqa: ASYNC110 - a file of another process
                await asyncio.sleep(0.05)
        counted = json.loads(target.read_text())
        process = Path(f"/proc/{self.bot.process.pid}")
        links = [_link(entry) for entry in (process / "fd").iterdir()]
        sockets = sum(link.startswith("socket:") for link in links)
        pages = int((process / "statm").read_text().split()[1])
        memory_bytes = pages * os.sysconf("SC_PAGE_SIZE")
        return Counts(tuple(counted["tasks"]), counted["threads"], sockets, len(links) - sockets, memory_bytes)


def _link(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


async def soak(seconds: float, seed: int) -> list[str]:
    """Run it.

    Args:
        seconds: How long the faults and the load go on.
        seed: Of every choice; the machine's own timing stays what it is.

    Returns:
        What did not hold.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with DiscordStandin(Settings(token=TOKEN, heartbeat_interval_seconds=2.0)) as discord:
            discord.world.add_guild(channels=CHANNELS)
            settings = {
                "DISCORD_API_URL": discord.api_url,
                "DISCORD_GATEWAY_URL": discord.gateway_url,
                "GATEWAY_SILENCE_SECONDS": "4",
                "IDENTIFY_INTERVAL_SECONDS": "0.5",
                "PYTHONPATH": str(INJECT),
                "INJECT_COUNTS_FILE": str(folder / "counts.json"),
            }
            async with bot_process(folder, settings) as bot:
                await discord.ready(timeout_seconds=30)
                luck = random.Random(seed)  # noqa: S311 - a run that can be repeated, and no dice
                return await _run(Soak(discord, bot, folder, luck), seconds)


async def _run(run: Soak, seconds: float) -> list[str]:
    began_at = time.monotonic()
    await _spoilt(run, seconds * WARM_UP_SHARE)
    before = await run.settled()
    await _spoilt(run, seconds * (1 - WARM_UP_SHARE))
    after = await run.settled()
    code = await run.bot.stop()
    print(f"{time.monotonic() - began_at:.0f} s, {len(run.said)} commands, {sum(run.struck.values())} faults")
    for fault, count in sorted(run.struck.items()):
        print(f"  {count:5} × {fault}")
    print(f"before {before}\nafter  {after}")
    found = _faults_found(run, before, after, code)
    if found:
        print(_story(run))
    return found


async def _spoilt(run: Soak, seconds: float) -> None:
    """Load and faults for so long, then peace until all are served."""
    run.talking.set()
    works = (run.talk(), run.spoil_requests(), run.spoil_the_gateway(), run.end_sessions())
    tasks = [asyncio.create_task(work) for work in works]
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    run.discord.heal()
    for task in done:
        task.result()
    await run.discord.ready(timeout_seconds=CATCH_UP_SECONDS)
    with suppress(TimeoutError):  # whoever is still unanswered then is counted at the end
        await run.quiet()


def _faults_found(run: Soak, before: Counts, after: Counts, code: int) -> list[str]:
    replies = {str(message.id): len(run.discord.replies_to(message)) for message in run.said}
    silent = {message_id for message_id, count in replies.items() if not count}
    never, twice = len(silent - run.turned_away()), sum(count > 1 for count in replies.values())
    print(f"{len(silent) - never} commands were turned away without a word of their own")
    limits = {
        f"{never} commands were neither answered nor refused": never == 0,
        f"{twice} commands were answered more than once": twice == 0,
        f"tasks grew: {Counter(after.tasks) - Counter(before.tasks)}": len(after.tasks) <= len(before.tasks),
        f"threads grew from {before.threads} to {after.threads}": after.threads <= before.threads + 1,
        f"sockets grew from {before.sockets} to {after.sockets}": after.sockets <= before.sockets + 2,
        f"open files grew from {before.files} to {after.files}": after.files <= before.files + 1,
        f"memory grew from {before.memory_bytes} to {after.memory_bytes} bytes": (
            after.memory_bytes <= before.memory_bytes * (1 + MEMORY_GROWTH)
        ),
        f"the process ended with {code}": code == 0,
    }
    return [sentence for sentence, holds in limits.items() if not holds]


def _story(run: Soak) -> str:
    """What the wire and the process know of the commands that were not answered just once."""
    refused = run.turned_away()
    odd = [
        message for message in run.said if len(run.discord.replies_to(message)) != 1 and str(message.id) not in refused
    ]
    lines = [f"{message.created_at:%H:%M:%S.%f} {message.id} in {message.channel.name}" for message in odd]
    told = [line for line in run.bot.lines if line.get("log.level") != "info" or "gateway" in str(line["message"])]
    lines += [f"{line.get('@timestamp')} {line['message']}" for line in told]
    return "\n".join(lines)


def main() -> int:
    """Soak for SOAK_SECONDS with SOAK_SEED.

    Returns:
        0 if everything held, else 1.
    """
    seconds = float(os.environ.get("SOAK_SECONDS") or 600)
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
    print(f"soaking for {seconds:g} s, SOAK_SEED={seed}", flush=True)
    faults = asyncio.run(soak(seconds, seed))
    print("\n".join(faults) or "everything held")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
