"""One process a shard leads, decided by the PostgreSQL that all of them share: they may run on different machines."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.lifecycle.leader_lock import FAULT
from modules.storage.errors import DatabaseAway
from modules.storage.facts import forget_fact, read_fact, write_fact
from modules.storage.sessions import ping, try_lock, watch
from modules.storage.store import Store
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

POLL_SECONDS: Final = 0.2
"""How soon a successor notices that the lock is free, and a leader that the database is back."""
PING_SECONDS: Final = 1.0
"""How often the leader makes sure of its connection; one that is closed is noticed at once."""
ANSWER_SECONDS: Final = 2.0
"""Longest wait for the database: far less than it waits for us (`KEEPALIVE`), so that a leader knows first."""
SETTLE_SECONDS: Final = 2.0
"""How long a start waits to learn whether another process leads."""
TAKEOVER_SECONDS: Final = 3.0
"""How long a successor has the lock before it leads where the last leader did not release it: that one may live, and
have lost its connection only. It finds the lock taken meanwhile, and steps down."""
RELEASE_SECONDS: Final = 0.5


class _State(Enum):
    UNKNOWN = auto()
    TAKEN = auto()
    HELD = auto()


@dataclass(slots=True)
class DatabaseLock:
    """An advisory lock, held on a connection of its own: the server takes it back when that connection ends.

    A leader whose database goes away goes on leading: nobody can take the lock meanwhile, and players are answered.
    Once the database is back it takes the lock again, or steps down where another process was quicker.

    Attributes:
        store: A PostgreSQL; open, or opened later.
        shard_id: Whose leader.
        recorder: Shows the fault while this process leads without the lock.
        name: Of this process, for the others.
    """

    store: Store
    shard_id: int
    recorder: Recorder
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _state: _State = _State.UNKNOWN
    _is_taken: bool = False
    _leads: bool = False
    _is_leaving: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)
    _keeper: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_held(self) -> bool:
        """Whether this process has the lock."""
        return self._state is _State.HELD

    async def acquire(self, stand_by: Callable[[], None]) -> bool:
        """Wait to lead; as `LeaderLock.acquire`.

        Where the database is away, this process leads without the lock, unless it has seen another one lead.
        """
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="leader lock")
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._until(_State.HELD, _State.TAKEN)
        if stood_by := self._is_taken:
            self._leads = False
            stand_by()
            await self._until(_State.HELD)
        elif not self.is_held:
            _log.warning("no leader lock: the database is away, and a second process would answer too")
        self._leads = True
        self._tell()
        return stood_by

    async def until_lost(self) -> None:
        """Wait until another process leads in our place."""
        await self._until(_State.TAKEN)

    async def release(self) -> None:
        """Let the successor lead, at once if the database answers."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        self._is_leaving = True
        self._wake.set()
        if (await asyncio.wait({keeper}, timeout=RELEASE_SECONDS))[1]:
            keeper.cancel()
        self._is_leaving = self._leads = self._is_taken = False
        self._state = _State.UNKNOWN

    async def _keep(self) -> None:
        while not self._is_leaving:
            try:
                async with self.store.session() as connection:
                    await self._hold(connection)
            except DatabaseAway as away:
                if self.is_held:
                    _log.warning("the connection of the leader lock is lost: %s", away)
                await self._become(_State.UNKNOWN)
                await self._leaving_within(POLL_SECONDS)

    async def _hold(self, connection: AsyncConnection) -> None:
        """Wait for the lock, and hold it until it is released or the connection is lost."""
        await _in_time(watch(connection, self._wake.set))
        while not await _in_time(try_lock(connection, self.shard_id)):
            await self._become(_State.TAKEN)
            if await self._leaving_within(POLL_SECONDS):
                return
        # Who leads already has nobody to wait for: another leader would see the lock taken.
        if not self._leads and await self._may_be_led(connection):
            await self._become(_State.TAKEN)
            if await self._leaving_within(TAKEOVER_SECONDS):
                return
        await _if_writable(write_fact(connection, self._fact, self.name))
        if self._leads:
            _log.info("the leader lock is held again")
        await self._become(_State.HELD)
        while not await self._leaving_within(PING_SECONDS):
            await _in_time(ping(connection))
        await _if_writable(forget_fact(connection, self._fact))

    async def _may_be_led(self, connection: AsyncConnection) -> bool:
        """Whether the last leader did not release the lock."""
        if await _in_time(read_fact(connection, self._fact)) in (None, self.name):
            return False
        _log.info("the last leader did not release the lock; waiting %.0f s", TAKEOVER_SECONDS)
        return True

    async def _leaving_within(self, seconds: float) -> bool:
        """Wait, `seconds` at most, unless the connection ends; whether the lock is to be released."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()
        return self._is_leaving

    async def _become(self, state: _State) -> None:
        async with self._changed:
            self._state = state
            # While nothing is known, the last that was known holds.
            self._is_taken = state is _State.TAKEN or (self._is_taken and state is _State.UNKNOWN)
            self._changed.notify_all()
        self._tell()

    async def _until(self, *states: _State) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._state in states)

    def _tell(self) -> None:
        is_alone = not self._leads or self._state is not _State.UNKNOWN
        self.recorder.fault(FAULT, None if is_alone else "the database is away: another process may answer too")

    @property
    def _fact(self) -> str:
        return f"leader of shard {self.shard_id}"


async def _in_time(answer: Awaitable[_Answer]) -> _Answer:
    async with asyncio.timeout(ANSWER_SECONDS):
        return await answer


async def _if_writable(work: Awaitable[None]) -> None:
    """Write if the disk lets us: on a full one the lock is worth as much. A lost connection is noticed by the ping."""
    with suppress(SQLAlchemyError):
        await _in_time(work)
