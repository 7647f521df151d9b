"""The composition root: builds the parts of the product, and is the only place where they meet.

`main.py` runs what is built here against Discord, `demo.py` against a simulated one.
"""

import asyncio
import gc
import logging
import os
import platform
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import Final

from config import Config
from modules import __version__
from modules.bot import NazhBot
from modules.dice.rolling.source import SystemSource
from modules.discord_api.command_sync import CommandPublisher
from modules.discord_api.endpoint import discord_endpoint
from modules.discord_api.gateway.connection import GatewayConnection
from modules.discord_api.gateway.identify_limit import IdentifyLimiter
from modules.discord_api.rest.guard import RestGuard
from modules.discord_api.rest.readiness import Readiness
from modules.discord_api.supervisor import Supervisor
from modules.discord_api.token_check import run_until_first_ends
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import BackoffRecord
from modules.lifecycle.database_lock import DatabaseLock
from modules.lifecycle.descriptors import DescriptorShares, raise_limit, share_out
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.heartbeat import run_heartbeat, running
from modules.lifecycle.leader_lock import FileLock, LeaderLock
from modules.lifecycle.sd_notify import ServiceManager
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.state_place import DatabasePlace, FilePlace, StatePlace
from modules.lifecycle.watchdog import Watchdog
from modules.log.setup import LogPipeline
from modules.services.database import Database
from modules.services.rolls import RollService
from modules.services.services import Memory, Services
from modules.storage.errors import DatabaseRefused
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Build, Count
from modules.web.keepalive import keeping_alive
from modules.web.serving import WebServer
from web_server import bind_fault, open_sidecar

_log = logging.getLogger(__name__)

SWITCH_INTERVAL_SECONDS: Final = 0.0001
"""How long a thread waits for the GIL until it asks for it. It starts to wait anew whenever the GIL is released in
between, which a busy event loop does for each system call, every few hundred microseconds: at 1 ms the sidecar's thread
hardly ever came to ask, and now and then waited for 0.25 s."""

YOUNG_OBJECTS: Final = 2_000
"""Allocations, less deallocations, before the garbage collector runs. It holds the GIL: at 20,000 a run stopped the
event loop and `/healthz` for up to 117 ms of CPU time under 500 commands a second, at 2,000 for 14 ms, and it takes as
much time in all. At Python's default of 700, with ten rounds, it took an eighth of the time of a command."""

YOUNG_ROUNDS: Final = 2
"""Runs before the survivors of all of them are examined at once."""

OLD_ROUNDS: Final = 1_000
"""Of those rounds, how many before all objects are examined, which stops everything longest."""

SIDECAR_STOP_SECONDS: Final = 0.5

FINAL_FLUSH_SECONDS: Final = 5.0
"""How long a hung process may take to write its last log lines."""

Sample = Callable[[], None]
"""Records, once a second, values that have to be polled."""


@dataclass(frozen=True, slots=True)
class App:
    """The parts of one process.

    Attributes:
        config: Validated settings.
        log: The open log.
        services: What cogs work with.
        shutdown: Set by SIGTERM and its like.
        guard: Stands before every REST request.
        gateway: Keeps the gateway connection.
        descriptors: Who may hold how many open files.
    """

    config: Config
    log: LogPipeline
    services: Services
    shutdown: Shutdown
    guard: RestGuard
    gateway: GatewayConnection
    descriptors: DescriptorShares

    @property
    def recorder(self) -> Recorder:
        """Receives all measurements."""
        return self.services.recorder

    def make_bot(self, publisher: CommandPublisher | None = None) -> NazhBot:
        """The bot of one connection attempt; inside the event loop, to which its connections are bound."""
        return NazhBot(self.config, self.services, self.guard, self.gateway, publisher)

    def open_sidecar(self, stack: AsyncExitStack) -> WebServer:
        """Serve the dashboard from a daemon thread, to be stopped with the stack.

        Raises:
            OSError: The port is taken, or the address is not this machine's; the log says so.
        """
        config = self.config
        try:
            sidecar = open_sidecar(config, self.services.latest, self.descriptors.sidecar)
        except OSError as error:
            _log.critical("cannot listen on %s port %s: %s", config.host, config.port, bind_fault(error))
            raise
        _log.info("sidecar listening", extra={"address": config.host, "port": sidecar.port})
        # Stopping blocks until the sidecar's thread has ended, and a blocked loop would not hear the second signal.
        stack.push_async_callback(asyncio.to_thread, sidecar.stop, SIDECAR_STOP_SECONDS)
        return sidecar

    async def open_memory(self, stack: AsyncExitStack) -> bool:
        """Open the database, to be closed with the stack; where it is away, the bot does without it until it is back.

        Returns:
            Whether it may be used; where not, the log says why, and a person has to act.
        """

        async def open_all() -> None:
            await stack.enter_async_context(self.services.memory.running())

        # A connection to SQLite that is cancelled while it is being made may hang; its file is opened in no time.
        is_local = self.services.memory.database.store.is_sqlite
        try:
            await (open_all() if is_local else run_until_first_ends(open_all(), self.shutdown.requested.wait()))
        except DatabaseRefused as refused:
            _log.critical("%s", refused)
            return False
        return True

    def publisher(self) -> CommandPublisher | None:
        """What publishes the slash commands; None where another process does."""
        return CommandPublisher.from_config(self.config, self.recorder)

    def supervisor(self) -> Supervisor:
        """What keeps the bot connected until it is asked to stop."""
        config = self.config
        place, lock = self._shared_state()
        return Supervisor(
            make_bot=partial(self.make_bot, self.publisher()),
            token=config.discord_token,
            recorder=self.recorder,
            shutdown=self.shutdown,
            backoff=Backoff(config.backoff_base_seconds, config.backoff_cap_seconds),
            grace_seconds=config.shutdown_grace_seconds,
            record=BackoffRecord(place),
            leadership=lock,
        )

    def _shared_state(self) -> tuple[StatePlace, LeaderLock]:
        """What the processes of a shard share: the backoff and the leader's lock."""
        database, shard = self.services.memory.database, self.config.shard_id
        if database.store.is_sqlite:
            folder = self.config.data_dir
            return FilePlace(folder / f"shard-{shard}.backoff.json"), FileLock(folder / f"shard-{shard}.lock")
        place = DatabasePlace(f"backoff of shard {shard}", database.reading, database.writing)
        return place, DatabaseLock(database.store, shard, self.recorder)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear signals, watch the event loop and point discord.py at the endpoints that are set, inside the block."""
        config = self.config
        with ExitStack() as stack:
            # First in and last out: a stop is heard from the start, and a second one until all the rest has ended.
            stack.enter_context(self.shutdown.listening())
            stack.enter_context(self._watchdog().watching())
            stack.enter_context(discord_endpoint(config.discord_api_url, config.discord_gateway_url))
            if config.keepalive and config.keepalive_url is not None:
                stack.enter_context(keeping_alive(config.keepalive_url, config.keepalive_seconds))
            yield

    @asynccontextmanager
    async def beating(self, *samples: Sample) -> AsyncIterator[None]:
        """Beat, publish a snapshot once a second and keep the service manager informed, inside the block.

        Args:
            samples: What is polled once a second besides the log and the REST guard.
        """
        manager = ServiceManager.from_environ(os.environ)
        polled: list[Sample] = [
            *samples,
            self.services.memory.ledger.sample,
            Readiness(self.guard).report,
            self._count_lost_lines,
        ]
        beat = run_heartbeat(
            self.recorder, *polled, partial(manager.report_status, self.services.latest), on_beat=manager.beat
        )
        async with running(beat), running(manager.report_lifecycle(self.shutdown.requested)):
            yield

    def announce(self) -> None:
        """Write down what starts, and with which settings."""
        build, shares = self.recorder.build, self.descriptors
        if shares.discord < shares.discord_wanted:
            _log.warning("a limit of %d open files leaves %d connections to Discord", shares.limit, shares.discord)
        extra = {
            "commit": build.commit,
            "python": build.python,
            "discord_py": build.discord_py,
            "descriptors": {"limit": shares.limit, "discord": shares.discord, "sidecar": shares.sidecar},
            "configuration": dict(self.config.describe()),
        }
        _log.info("Nazh Engine %s starting", build.version, extra=extra)

    def _watchdog(self) -> Watchdog:
        config = self.config
        return Watchdog(
            self.services.latest, config.watchdog_dump_seconds, config.watchdog_exit_seconds, self._end_hung_process
        )

    def _count_lost_lines(self) -> None:
        self.recorder.count_total(Count.LOG_RECORDS_DROPPED, self.log.dropped_count + self.log.lost_count)

    def _end_hung_process(self) -> None:
        # The loop may hang within the log: what cannot be written in time is not worth a process that never ends.
        flush = threading.Thread(target=self.log.close, daemon=True)
        flush.start()
        flush.join(FINAL_FLUSH_SECONDS)
        # The watchdog's thread calls this: there sys.exit would end that thread alone.
        os._exit(ExitCode.SOFTWARE)


def build(config: Config, log: LogPipeline) -> App:
    """Build the parts; nothing runs yet.

    Args:
        config: Validated settings.
        log: The open log.
    """
    descriptors = share_out(raise_limit(), config.connector_limit)
    latest = LatestSnapshot()
    recorder = Recorder(latest, build=_running_build(config), shard_id=config.shard_id, shard_count=config.shard_count)
    shutdown = Shutdown()
    database = Database(Store.at(config.database_url, config.data_dir), recorder)
    memory = Memory.of(database, keeps_text=config.ledger_text, retention_days=config.ledger_retention_days)
    return App(
        config=replace(config, connector_limit=descriptors.discord),
        log=log,
        services=Services(RollService(SystemSource(), recorder, memory.ledger), recorder, latest, memory),
        shutdown=shutdown,
        guard=RestGuard(recorder, config.rest_rate, max_wait_seconds=config.rest_max_wait),
        gateway=GatewayConnection(
            recorder, shutdown, identify_limiter=IdentifyLimiter(config.identify_interval_seconds)
        ),
        descriptors=descriptors,
    )


def _running_build(config: Config) -> Build:
    library = version("discord.py")
    return Build(__version__, config.git_commit, platform.python_version(), library)


def tune_interpreter() -> None:
    """Set the interpreter up for one busy event loop beside one quick thread."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    # What the imports made lives as long as the process: it need never be looked through for garbage.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
    gc.enable()
