"""A bot under measurement: a process of its own, with what the kernel knows of it."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tests.discord_standin import DiscordStandin
from tests.discord_standin.certificates import Certificate
from tests.discord_standin.world import Channel

ROOT = Path(__file__).resolve().parent.parent
UNPACED = MappingProxyType({"REST_RATE": "100000", "REST_MAX_WAIT": "3600"})
READY_WITHIN_SECONDS = 120.0


# Compared by identity: they are keys of dictionaries, and the mapping among their fields cannot be hashed.
@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """How one sort of bot is started.

    Attributes:
        name: As the tables call it.
        script: Its file, below the root.
        settings: Environment variables besides the usual ones.
    """

    name: str
    script: str
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


OURS = Kind("Nazh Engine", "main.py", UNPACED)
UNRECORDED = Kind("the same, recording nothing", "benchmarks/unrecorded_bot.py", UNPACED)
ECHO_SCRIPT = "benchmarks/echo_bot.py"
ECHO_CLIENT = Kind("echo, discord.Client", ECHO_SCRIPT, {"ECHO_STYLE": "client", "ECHO_CONNECTOR_LIMIT": "256"})
ECHO_COMMANDS = Kind("echo, commands.Bot", ECHO_SCRIPT, {"ECHO_STYLE": "commands", "ECHO_CONNECTOR_LIMIT": "256"})
ECHO_DEFAULT = Kind("echo, discord.Client, default connector", ECHO_SCRIPT, {"ECHO_STYLE": "client"})


@dataclass(frozen=True, slots=True)
class Contender:
    """A started bot that answers.

    Attributes:
        ready_seconds: From its start to the first answer.
    """

    pid: int
    ready_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time it has used so far, in all its threads."""
        # The name in parentheses may hold spaces; behind it, user and system time are the 12th and 13th fields.
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_megabytes(self) -> float:
        """Memory it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def socket_count(self) -> int:
        """Sockets it has open now."""
        targets = (each.readlink() for each in Path(f"/proc/{self.pid}/fd").iterdir() if each.is_symlink())
        return sum(str(target).startswith("socket:") for target in targets)


@asynccontextmanager
async def contender(
    kind: Kind, discord: DiscordStandin, channel: Channel, certificate: Certificate | None = None
) -> AsyncIterator[Contender]:
    """Start a bot, wait for its first answer in `channel`, and end it afterwards.

    Args:
        kind: What to start.
        discord: What it talks to.
        channel: Where it is asked first.
        certificate: Of that Discord, if it speaks TLS.
    """
    with tempfile.TemporaryDirectory() as folder:
        trust = certificate.trusted_by_environment(Path(folder)) if certificate is not None else {}
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "HOST": "127.0.0.1",
            "PORT": "0",
            "USER_COMMAND_LIMIT": "0",  # one player asks for all of it
            "LOG_DIR": f"{folder}/logs",
            "DATA_DIR": f"{folder}/data",
            **trust,
            **kind.settings,
        }
        begun_at = time.perf_counter()
        nowhere = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / kind.script), cwd=folder, env=environ, stdin=nowhere, stdout=nowhere
        )
        try:
            await discord.ready(timeout_seconds=READY_WITHIN_SECONDS)
            await discord.reply_to(await discord.say(channel, "!roll 2d6"), READY_WITHIN_SECONDS)
            yield Contender(process.pid, time.perf_counter() - begun_at)
        finally:
            process.kill()
            await process.wait()
            discord.forget()
