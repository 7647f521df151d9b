"""Tells Discord of the slash commands, only when their set has changed."""

import hashlib
import json
import logging
from pathlib import Path

import discord
from discord import app_commands

from modules.runtime.state_file import write_atomically

_log = logging.getLogger(__name__)


async def sync_if_changed(tree: app_commands.CommandTree[discord.Client], record: Path) -> bool:
    """Send the command set unless the record says that Discord has this very one.

    Args:
        tree: The commands to publish; its client has logged in.
        record: A file that keeps the fingerprint of the last set that Discord accepted. Losing it costs one request.

    Returns:
        Whether a request was made.

    Raises:
        discord.HTTPException: Discord refused or could not be reached; the record is unchanged.
    """
    fingerprint = _fingerprint(tree)
    if _read(record) == fingerprint:
        return False
    await tree.sync()
    _write(record, fingerprint)
    _log.info("slash commands published", extra={"count": len(tree.get_commands())})
    return True


def _fingerprint(tree: app_commands.CommandTree[discord.Client]) -> str:
    """The same for the same application and command set, whatever the order of registration."""
    commands = sorted((command.to_dict(tree) for command in tree.get_commands()), key=lambda c: str(c["name"]))
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
