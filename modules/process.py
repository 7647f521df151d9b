"""Nazh Engine's wiring: the only place where the parts meet.

Start-up goes logging, sidecar, bot; the end goes the other way round. `main.py` brings the configuration.
"""

import asyncio
import gc
import logging
import os
import sys
import threading
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from config import Config
from modules.bot import NazhBot
from modules.runtime.backoff import Backoff
from modules.runtime.backoff_record import BackoffRecord
from modules.runtime.build import running_build
from modules.runtime.command_sync import CommandPublisher
from modules.runtime.descriptors import DescriptorShares, raise_limit, share_out
from modules.runtime.endpoint import discord_endpoint
from modules.runtime.event_loop import EventLoop
from modules.runtime.exit_codes import ExitCode
from modules.runtime.gateway.identify_gate import IdentifyGate
from modules.runtime.gateway.link import GatewayLink
from modules.runtime.leadership import Leadership
from modules.runtime.logging_setup import LogPipeline, open_logging
from modules.runtime.pulse import pulse, running
from modules.runtime.rest.guard import RestGuard
from modules.runtime.rest.readiness import Readiness
from modules.runtime.sd_notify import ServiceManager
from modules.runtime.shutdown import Shutdown
from modules.runtime.supervisor import Supervisor
from modules.runtime.waits import Waits
from modules.runtime.watchdog import Watchdog
from modules.telemetry.board import Board
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Build, Count
from modules.web.keepalive import keeping_alive
from web_server import bind_fault, open_sidecar

_log = logging.getLogger(__name__)

SWITCH_INTERVAL_SECONDS = 0.001
"""A busy event loop of short callbacks starved the sidecar's thread for 0.3 to 2 s at Python's default of 5 ms."""

YOUNG_OBJECTS = 20_000
"""Objects made, less those gone, before the garbage collector looks for cycles. At Python's default of 700 an eighth of
the time a command takes went into looking through objects that were alive."""

SIDECAR_STOP_SECONDS = 0.5
LAST_WORDS_SECONDS = 5.0


def run(config: Config) -> int:
    """Open the log, run everything else on one event loop, close the log last."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    # What the imports made lives as long as the process: it need never be looked through for garbage.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    pipeline = open_logging(config)
    try:
        # Not asyncio.run: it would wait for the threads of name look-ups that hang.
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            code = runner.run(serve(config, pipeline))
    except Exception:  # noqa: BLE001 - the last place where a bug can still be logged
        _log.critical("the process failed", exc_info=True)
        return ExitCode.SOFTWARE
    else:
        _log.info("stopped", extra={"exit_code": int(code)})
        return code
    finally:
        pipeline.close()


async def serve(config: Config, pipeline: LogPipeline) -> ExitCode:
    """Start sidecar and bot in order, wait for the end, stop them in reverse.

    Args:
        config: Validated settings.
        pipeline: The open log; closed here only if the event loop hangs beyond hope.

    Returns:
        Why it ended.
    """
    shares = _share_descriptors(config)
    config = replace(config, connector_limit=shares.discord)
    board = Board()
    build = running_build(config)
    recorder = Recorder(board, build=build, shard_id=config.shard_id, shard_count=config.shard_count)
    guard = RestGuard(recorder, config.rest_rate, max_wait_seconds=config.rest_max_wait)
    shutdown = Shutdown()
    supervisor = _supervisor(config, recorder, board, shutdown, guard)
    async with AsyncExitStack() as stack:
        # First in and last out: a stop is heard from the start, and a second one until all the rest has ended.
        stack.enter_context(shutdown.listening())
        stack.enter_context(_watchdog(config, board, pipeline).watching())
        stack.enter_context(discord_endpoint(config.discord_api_url, config.discord_gateway_url))
        _announce(config, build, shares)
        try:
            # Before the bot: a port that is taken costs no login, and whatever the login waits for can be seen.
            sidecar = open_sidecar(config, board, shares.sidecar)
        except OSError as error:
            _log.critical("cannot listen on %s port %s: %s", config.host, config.port, bind_fault(error))
            return ExitCode.CONFIG
        # Stopping blocks until the sidecar's thread has ended, and a blocked loop would not hear the second signal.
        stack.push_async_callback(asyncio.to_thread, sidecar.stop, SIDECAR_STOP_SECONDS)
        _log.info("sidecar listening", extra={"address": config.host, "port": sidecar.port})
        if config.keepalive and config.keepalive_url is not None:
            stack.enter_context(keeping_alive(config.keepalive_url, config.keepalive_seconds))

        def count_lost_lines() -> None:
            recorder.count_total(Count.LOG_RECORDS_DROPPED, pipeline.dropped_count + pipeline.lost_count)

        manager = ServiceManager.from_environ(os.environ)
        samples = (supervisor.sample, Readiness(guard).report, count_lost_lines, partial(manager.show, board))
        await stack.enter_async_context(running(pulse(recorder, *samples, on_beat=manager.beat)))
        await stack.enter_async_context(running(manager.attend(shutdown.requested)))
        return await supervisor.run()


def _supervisor(config: Config, recorder: Recorder, board: Board, shutdown: Shutdown, guard: RestGuard) -> Supervisor:
    link = GatewayLink(Waits(recorder, shutdown), gate=IdentifyGate(config.identify_interval_seconds))
    shard = f"shard-{config.shard_id}"
    publisher = CommandPublisher.from_config(config, recorder)
    return Supervisor(
        make_bot=lambda: NazhBot.from_config(config, recorder, board, guard, publisher, link),
        token=config.discord_token,
        recorder=recorder,
        shutdown=shutdown,
        backoff=Backoff(config.backoff_base_seconds, config.backoff_cap_seconds),
        grace_seconds=config.shutdown_grace_seconds,
        record=BackoffRecord(config.data_dir / f"{shard}.backoff.json"),
        leadership=Leadership(config.data_dir / f"{shard}.lock"),
    )


def _share_descriptors(config: Config) -> DescriptorShares:
    shares = share_out(raise_limit(), config.connector_limit)
    if shares.discord < config.connector_limit:
        _log.warning("a limit of %d open files leaves %d connections to Discord", shares.limit, shares.discord)
    return shares


def _watchdog(config: Config, board: Board, pipeline: LogPipeline) -> Watchdog:
    def give_up() -> None:
        # The loop may hang within the log: what cannot be written in time is not worth a process that never ends.
        last_words = threading.Thread(target=pipeline.close, daemon=True)
        last_words.start()
        last_words.join(LAST_WORDS_SECONDS)
        # The watchdog's thread calls this: there sys.exit would end that thread alone.
        os._exit(ExitCode.SOFTWARE)

    return Watchdog(board, config.watchdog_dump_seconds, config.watchdog_exit_seconds, give_up)


def _announce(config: Config, build: Build, shares: DescriptorShares) -> None:
    extra = {
        "commit": build.commit,
        "python": build.python,
        "discord_py": build.discord_py,
        "descriptors": {"limit": shares.limit, "discord": shares.discord, "sidecar": shares.sidecar},
        "configuration": dict(config.describe()),
    }
    _log.info("Nazh Engine %s starting", build.version, extra=extra)
