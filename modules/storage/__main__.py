"""The command line of the database: `python -m modules.storage upgrade|verify|backup|restore|migrate-to`."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from config import PROJECT_ROOT, load_environ, settings
from modules.environment.addresses import postgres
from modules.environment.dotenv import read_setting
from modules.environment.setting import ConfigError, RefusedError
from modules.storage import backup
from modules.storage.copying import copy
from modules.storage.engine import postgres_url
from modules.storage.errors import DatabaseAway, DatabaseRefused
from modules.storage.progress import Progress
from modules.storage.store import Store
from modules.storage.verification import Verification, count_rows, verify

OK: Final = 0
BROKEN: Final = 1
UNUSABLE: Final = 78
"""EX_CONFIG: the database cannot be used; a person has to change something."""

DESCRIPTION: Final = """\
Works on the database of the bot: the PostgreSQL of DATABASE_URL, else SQLite in DATA_DIR. Settings are read from the
environment and from .env, as the bot does. The bot may run meanwhile; for `migrate-to`, stop it first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say.

    Returns:
        0; 1 where a chain is broken; 78 where the database cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options, _store()))
    except RefusedError as refused:
        sys.stderr.write(f"DATABASE_URL or URL {refused}; wanted: {refused.wanted}\n")
        return UNUSABLE
    except (DatabaseAway, DatabaseRefused, ConfigError, OSError, backup.NoBackupError) as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE


async def _run(options: argparse.Namespace, store: Store) -> int:
    match options.command:
        case "upgrade":
            await store.open()
            await store.close()
        case "verify":
            return await _verify(store, is_json=options.json)
        case "backup":
            await asyncio.to_thread(backup.back_up, store, options.file)
        case "restore":
            await asyncio.to_thread(backup.restore, store, options.file)
        case "migrate-to":
            return await _migrate(store, Store(postgres_url(postgres(options.url))))
    return OK


async def _verify(store: Store, *, is_json: bool) -> int:
    await store.open()
    try:
        found = await _verified(store)
    finally:
        await store.close()
    if is_json:
        sys.stdout.write(json.dumps(found.as_dict()) + "\n")
    else:
        sys.stdout.write(_report(found))
    return BROKEN if found.breaks else OK


async def _verified(store: Store) -> Verification:
    async with store.reading(snapshot=True) as connection:
        with Progress("verifying", await count_rows(connection)) as progress:
            return await verify(connection, progress.show)


async def _migrate(store: Store, target: Store) -> int:
    await store.open()
    try:
        await target.open()
        try:
            await copy(store, target, Progress)
            found = await _verified(target)
        finally:
            await target.close()
    finally:
        await store.close()
    sys.stdout.write(_report(found))
    if not found.breaks:
        sys.stdout.write("Now set DATABASE_URL to the new database, and start the bot.\n")
    return BROKEN if found.breaks else OK


def _report(found: Verification) -> str:
    lines = [f"{found.rows:,} rolls in {found.chains:,} chains; {len(found.breaks):,} broken"]
    lines += [f"chain {each.chain_id}, roll {each.position}: {each.reason}" for each in found.breaks]
    return "\n".join(lines) + "\n"


def _store() -> Store:
    """The database that the bot uses."""
    # Not a whole `Config`: the token and everything else of the bot may be missing here.
    environ, table = load_environ(PROJECT_ROOT, os.environ), settings()
    url, folder = (
        read_setting(name, table[name], environ, table[name].default) for name in ("DATABASE_URL", "DATA_DIR")
    )
    return Store.at(url if isinstance(url, str) else None, Path(str(folder)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m modules.storage", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="bring the schema up to date; the bot does so itself when it starts")
    verifying = commands.add_parser("verify", help="check the hash chains of the ledger; exit code 1 if one is broken")
    verifying.add_argument("--json", action="store_true", help="print the result as JSON")
    backing = commands.add_parser("backup", help="copy the SQLite database to a new file")
    backing.add_argument("file", type=Path, metavar="FILE")
    restoring = commands.add_parser("restore", help="put a backup in the place of the SQLite database")
    restoring.add_argument("file", type=Path, metavar="FILE")
    migrating = commands.add_parser("migrate-to", help="copy everything to an empty PostgreSQL database, and verify it")
    migrating.add_argument("url", metavar="URL", help="postgresql://user:password@host/database")
    return parser


if __name__ == "__main__":
    sys.exit(main())
