"""Every revision, on both databases, with data in place."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from modules.storage import migrations, upgrade
from modules.storage.engine import WRITES, create_private, make_engine
from modules.storage.errors import DatabaseRefused
from modules.storage.store import Store
from modules.storage.tables import alembic_version, metadata

ROWS: dict[str, dict[str, dict[str, Any]]] = {
    "0001": {
        "guild_settings": {"guild_id": 1 << 62, "prefix": "?", "updated_at": 1},
        "user_settings": {"user_id": 1 << 62, "updated_at": 1},
        "saved_rolls": {
            "owner_kind": "user",
            "owner_id": 1,
            "name_key": "a",
            "name": "A",
            "notation": "d6",
            "updated_at": 1,
        },
        "characters": {"id": 1, "user_id": 1, "name_key": "a", "name": "A", "updated_at": 1},
        "character_values": {"character_id": 1, "name": "str", "value": "3", "position": 0},
        "active_characters": {"user_id": 1, "guild_id": 1, "character_id": 1},
        "template_values": {"guild_id": 1, "name": "str", "position": 0},
        "ledger": {"chain_id": 1, "position": 1, "rolled_at": 1, "commitment": b"c", "previous_hash": b"p"},
        "ledger_chains": {"chain_id": 1, "position": 1, "hash": b"h", "pruned_position": 0, "pruned_hash": b"p"},
        "facts": {"name": "a", "value": "b"},
    },
}
"""Rows that are put into the schema of each revision before the next one runs; a new revision adds its own."""


@pytest.fixture
async def engine(database_url: str | None, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    store = Store.at(database_url, tmp_path)
    if store.path is not None:
        create_private(store.path)
    engine = make_engine(store.url)
    yield engine
    await engine.dispose()


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def test_the_latest_revision_is_known_without_alembic() -> None:
    assert revisions()[-1] == migrations.LATEST
    assert set(ROWS) == set(revisions())


def schema(connection: Connection) -> dict[str, Any]:
    """Everything that a database says of its tables."""
    found = inspect(connection)
    return {
        name: [
            [{**each, "type": repr(each["type"])} for each in found.get_columns(name)],
            found.get_pk_constraint(name),
            *(
                sorted(look(name), key=lambda each: str(each["name"]))
                for look in (found.get_foreign_keys, found.get_unique_constraints, found.get_indexes)
            ),
        ]
        for name in found.get_table_names()
    }


async def test_an_empty_database_is_given_what_the_migrations_come_to(engine: AsyncEngine) -> None:
    made: list[dict[str, Any]] = []

    def migrate(connection: Connection) -> None:
        upgrade._migrate(connection, None, migrations.LATEST)

    for make in (migrate, upgrade.upgrade):
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin() as transaction:
                await connection.run_sync(make)
                made.append(await connection.run_sync(schema))
                assert (await connection.execute(select(alembic_version))).all() == [(migrations.LATEST,)]
                await transaction.rollback()
    assert set(made[0]) == {*metadata.tables, "alembic_version"}
    assert made[0] == made[1]


async def test_each_revision_upgrades_with_data_in_place(engine: AsyncEngine) -> None:
    before = None
    for revision in revisions():
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                await connection.run_sync(upgrade._migrate, before, revision)
                before = revision
                for table, row in ROWS[revision].items():
                    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
                    await connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608
    async with engine.connect() as connection, connection.begin():
        assert await connection.run_sync(differences) == []
        for each in metadata.sorted_tables:
            assert len((await connection.execute(select(each))).all()) == 1, each.name
        assert not await connection.run_sync(upgrade.upgrade)


async def test_two_processes_that_start_at_once_upgrade_once(database_url: str | None, tmp_path: Path) -> None:
    import asyncio

    stores = [Store.at(database_url, tmp_path) for _ in range(4)]
    await asyncio.gather(*(each.open() for each in stores))
    for each in stores:
        async with each.reading() as connection:
            assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).all() == [
                (migrations.LATEST,)
            ]
        await each.close()


async def test_a_newer_schema_is_refused_and_left_alone(database_url: str | None, tmp_path: Path) -> None:
    store = Store.at(database_url, tmp_path)
    await store.open()
    async with store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(DatabaseRefused, match="schema 9999, which is newer"):
        await store.open()
    assert not store.is_open


async def test_another_programs_database_is_refused(store: Store) -> None:
    async with store.writing() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    again = Store(store.url)
    with pytest.raises(DatabaseRefused, match="another program"):
        await again.open()


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5_000])
async def test_a_file_that_is_no_database_is_refused_and_never_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nazh.db").write_bytes(content)
    store = Store.at(None, tmp_path)
    with pytest.raises(DatabaseRefused, match=r"nazh\.db is damaged"):
        await store.open()
    assert (tmp_path / "nazh.db").read_bytes() == content


async def test_a_file_with_a_damaged_page_is_refused(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    await store.open()
    await store.close()
    assert store.path is not None
    with closing(sqlite3.connect(store.path)) as connection, connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ledger'").fetchone()[0]
    content = bytearray(store.path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xaa" * 4096
    store.path.write_bytes(content)
    with pytest.raises(DatabaseRefused, match="is damaged"):
        await store.open()
    assert store.path.read_bytes() == bytes(content)
