"""Publishes the slash commands, only when their set has changed, and tries again until Discord has them."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import discord
from discord import app_commands

from config import Config
from modules.discord_api.failures import classify
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.state_file import write_atomically
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

SLASH_COMMANDS: Final = "slash-commands"
"""The fault that stands while Discord does not have the current set."""

Tree = app_commands.CommandTree[discord.Client]


class PublishingError(ValueError):
    """Discord accepted the commands, but its answer does not list them."""


@dataclass(slots=True)
class CommandPublisher:
    """Publishes the slash commands in a task of its own, since messages are answered without them.

    It outlives the bot of a single attempt, and so does its backoff.

    Attributes:
        record: A file that keeps the fingerprint of the last set that Discord accepted. Losing it costs one request.
        recorder: Shown the fault while the set is not published.
        backoff: Spaces the attempts.
        sleep: Waits some seconds.
    """

    record: Path
    recorder: Recorder
    backoff: Backoff = field(default_factory=Backoff)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _task: "asyncio.Task[None] | None" = None

    @classmethod
    def from_config(cls, config: Config, recorder: Recorder) -> Self | None:
        """The publisher of the process that publishes; None for all others.

        Slash commands belong to the application, so one shard publishes them for all.
        """
        if config.shard_id != 0:
            return None
        record = config.data_dir / "slash_commands.sha256"
        return cls(record, recorder, Backoff(config.backoff_base_seconds, config.backoff_cap_seconds))

    def start(self, tree: Tree) -> None:
        """Publish in the background, until that has succeeded or `stop` is called.

        Args:
            tree: The commands; its client has logged in.
        """
        self.stop()
        self._task = asyncio.create_task(self.publish(tree), name="publish slash commands")

    def stop(self) -> None:
        """End what `start` began, because its client is closed."""
        if self._task is not None:
            self._task.cancel()

    async def publish(self, tree: Tree) -> None:
        """Try until Discord has the set.

        Args:
            tree: The commands; its client has logged in.
        """
        while True:
            try:
                await sync_if_changed(tree, self.record)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it must not end the bot
                await self.sleep(self._delay_after(error))
            else:
                self.backoff.reset()
                self.recorder.fault(SLASH_COMMANDS, None)
                return

    def _delay_after(self, error: Exception) -> float:
        """Say what went wrong, and how many seconds to wait."""
        failure = classify(error)
        delay = self.backoff.next_delay(failure.wait_seconds)
        reason = f"slash commands are not published: {failure.reason}"
        self.recorder.fault(SLASH_COMMANDS, reason)
        extra = {"attempt": self.backoff.attempt_count, "wait_seconds": round(delay, 3)}
        traceback = error if failure.unforeseen else None
        _log.warning("%s; trying again in %.1f s", reason, delay, extra=extra, exc_info=traceback)
        return delay


async def sync_if_changed(tree: Tree, record: Path) -> bool:
    """Send the command set unless the record says that Discord has this very one.

    Args:
        tree: The commands to publish; its client has logged in.
        record: A file that keeps the fingerprint of the last set that Discord accepted. Losing it costs one request.

    Returns:
        Whether a request was made.

    Raises:
        discord.HTTPException: Discord refused; the record is unchanged, as it is after the next two.
        aiohttp.ClientError, OSError: Discord could not be reached.
        PublishingError: Something answered that did not publish them.
    """
    fingerprint = await _fingerprint(tree)
    if _read(record) == fingerprint:
        return False
    published = {command.name for command in await tree.sync()}
    if missing := {command.name for command in tree.get_commands()} - published:
        raise PublishingError(f"{len(missing)} commands are missing from the answer")
    _write(record, fingerprint)
    _log.info("slash commands published", extra={"count": len(tree.get_commands())})
    return True


async def _fingerprint(tree: Tree) -> str:
    """The same for the same application, command set and translations, whatever the order of registration."""
    translator = tree.translator
    found = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    commands = sorted(found, key=lambda command: str(command["name"]))
    # With the application's id: the record may have been written by another bot, whose commands are not ours.
    payload = json.dumps([tree.client.application_id, commands], sort_keys=True)
    return hashlib.sha256(payload.encode()).hexdigest()


def _read(record: Path) -> str | None:
    try:
        return record.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write(record: Path, fingerprint: str) -> None:
    try:
        write_atomically(record, fingerprint + "\n")
    except OSError as error:
        reason = error.strerror
        _log.warning("cannot keep %s (%s): slash commands will be sent again at the next start", record.name, reason)
