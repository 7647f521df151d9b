"""Keeps one bot connected: a new bot per attempt, and a visible, interruptible backoff after a failure."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from modules.discord_api.failures import Decision, Failure, classify
from modules.discord_api.token_check import run_until_first_ends
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import BackoffRecord
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.leader_lock import FAULT, LeaderLock
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.waiting import wait_visibly
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase

_log = logging.getLogger(__name__)

STABLE_SECONDS = 60.0
"""A connection that lasted this long resets the backoff."""

CLOSE_SECONDS = 1.0
"""How long a bot may take to close once nothing is in flight; platforms kill after a few seconds."""

STEP_DOWN_SECONDS = 1.0
"""How long commands under way may take once another process leads; that one is about to connect."""

CANCEL_ATTEMPTS = 4

EARLIER = "the wait of an earlier attempt is not over"


class Superseded(Exception):  # noqa: N818 - a turn of events, not a mistake
    """Another process answers for this shard."""


class SupervisedBot(Protocol):
    """What the supervisor asks of a bot; `NazhBot` is one."""

    async def login(self, token: str) -> None:
        """Check the token over REST and set up."""

    def preflight(self) -> None:
        """Raise `SetupFault` where connecting is bound to fail."""

    async def connect(self) -> None:
        """Stay on the gateway until something ends it."""

    def sample(self) -> None:
        """Record values that have to be polled, such as the latency."""

    async def drain(self, grace_seconds: float) -> None:
        """Refuse new commands and wait for those under way."""

    async def close(self) -> None:
        """Close every socket."""


@dataclass(slots=True)
class Supervisor:
    """Runs the bot until it is asked to stop or a person is needed.

    `GatewayConnection` deals with the gateway; here are the login, what no connection survives, and the end. A bot
    object does not survive a failed attempt, so each attempt gets a new one.

    Attributes:
        make_bot: Builds the bot of one attempt.
        token: Discord's token; handed to `login`, kept nowhere else.
        recorder: Records every change of phase.
        shutdown: The stop request.
        backoff: Spaces the attempts.
        grace_seconds: How long commands under way may take after a stop is asked for.
        record: Remembers the backoff across restarts.
        leadership: Acquired before the first IDENTIFY, held until the gateway is closed.
    """

    make_bot: Callable[[], SupervisedBot]
    token: str
    recorder: Recorder
    shutdown: Shutdown
    backoff: Backoff
    grace_seconds: float
    record: BackoffRecord
    leadership: LeaderLock
    _bot: SupervisedBot | None = None

    def sample(self) -> None:
        """Poll the bot of the current attempt, if there is one."""
        if self._bot is not None:
            self._bot.sample()

    async def run(self) -> ExitCode:
        """Attempt after attempt.

        Returns:
            `OK` after an orderly stop; what `Failure.exit_code` says where another attempt cannot help.
        """
        try:
            if not self.shutdown.requested.is_set():
                await self._wait(await self.record.restore(self.backoff), EARLIER)
            while not self.shutdown.requested.is_set():
                failure = await self._attempt()
                if failure is None:
                    break
                if failure.decision is Decision.GIVE_UP:
                    self.shutdown.request(failure.reason, failure.exit_code)
                    break
                delay = self.backoff.next_delay(failure.wait_seconds)
                # Before the wait, since a restart in the middle of it has to go on waiting.
                await self.record.keep(self.backoff, delay)
                await self._wait(delay, failure.reason)
        finally:
            await self.leadership.release()
        self.recorder.set_phase(Phase.STOPPED)
        return self.shutdown.exit_code

    async def _attempt(self) -> Failure | None:
        """One bot, from login to its end; None if the end was asked for."""
        bot = self._bot = self.make_bot()
        session = asyncio.create_task(self._session(bot), name="discord session")
        stop = asyncio.create_task(self.shutdown.requested.wait(), name="stop request")
        try:
            await asyncio.wait({session, stop}, return_when=asyncio.FIRST_COMPLETED)
            if self.shutdown.requested.is_set():
                self.recorder.set_phase(Phase.DRAINING)
                await bot.drain(self.grace_seconds)
                return None
            return await self._judge(session)
        finally:
            stop.cancel()
            await self._end(session, bot)

    async def _session(self, bot: SupervisedBot) -> None:
        self.recorder.set_phase(Phase.LOGGING_IN)
        await bot.login(self.token)
        bot.preflight()
        # After the login, so that a successor has only the gateway left to open when its turn comes.
        await self._lead()
        self.recorder.set_phase(Phase.CONNECTING)
        stable = asyncio.create_task(self._stable(), name="stable connection")
        try:
            await run_until_first_ends(bot.connect(), self._superseded())
        except Superseded:
            # The gateway is closed; what was asked before is answered by nobody else.
            await bot.drain(STEP_DOWN_SECONDS)
            raise
        finally:
            stable.cancel()

    async def _stable(self) -> None:
        await asyncio.sleep(STABLE_SECONDS)
        self.backoff.reset()
        await self.record.forget()

    async def _superseded(self) -> None:
        await self.leadership.until_lost()
        _log.warning("another process answers for this shard now; stepping down")
        raise Superseded

    async def _lead(self) -> None:
        """Stand by until no other process holds this shard; without locks on this disk, go on and say so."""
        try:
            if await self.leadership.acquire(self._stand_by):
                _log.info("the other process is gone; taking over")
        except OSError as error:
            _log.warning("no leader lock (%s): a second process would answer twice", error.strerror)
            self.recorder.fault(FAULT, "DATA_DIR takes no locks: run one process only")

    def _stand_by(self) -> None:
        self.recorder.set_phase(Phase.STANDBY)
        _log.info("standing by: another process answers for this shard")

    async def _judge(self, session: asyncio.Task[None]) -> Failure:
        try:
            await session
        except Superseded:
            return Failure(Decision.RETRY, "another process answers for this shard")
        except Exception as error:  # noqa: BLE001 - whatever ended the session is judged here, and nowhere else
            failure = classify(error)
            if failure.unforeseen:
                level = logging.ERROR if failure.decision is Decision.GIVE_UP else logging.WARNING
                _log.log(level, "the attempt failed: %s", failure.reason, exc_info=True)
            return failure
        return Failure(Decision.RETRY, "the connection ended")

    async def _end(self, session: asyncio.Task[None], bot: SupervisedBot) -> None:
        """Cancelling the session closes the gateway with code 1000, which tells Discord that we mean to leave."""
        self._bot = None
        for _ in range(CANCEL_ATTEMPTS):
            # A library may swallow a cancellation, as Python 3.11's own wait_for does.
            session.cancel()
            await asyncio.wait({session}, timeout=CLOSE_SECONDS / CANCEL_ATTEMPTS)
        if session.done() and not session.cancelled() and (error := session.exception()):
            _log.debug("the session ended with %r", error)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await bot.close()
        except Exception:  # noqa: BLE001 - nothing that happens here may keep the process from ending
            _log.warning("the bot did not close cleanly; exiting anyway", exc_info=True)

    async def _wait(self, seconds: float, reason: str) -> None:
        attempt = self.backoff.attempt_count
        await wait_visibly(seconds, reason, self.recorder, self.shutdown, then=Phase.LOGGING_IN, attempt=attempt)
