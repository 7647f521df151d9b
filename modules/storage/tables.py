"""The schema. A change here needs a migration; a test compares the two.

Discord's ids are 64-bit integers, times are Unix times in milliseconds.
"""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import Text as SqlText

from modules.storage.texts import storable

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the key's type is INTEGER.
_Serial: Final = BigInteger().with_variant(Integer(), "sqlite")


class Text(TypeDecorator[str]):
    """Text of any user, less what PostgreSQL cannot hold."""

    impl = SqlText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002 - theirs
        """On its way into the database."""
        return None if value is None else storable(value)


def _snowflake_key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


guild_settings: Final = Table(
    "guild_settings",
    metadata,
    _snowflake_key("guild_id"),
    Column("prefix", Text),
    Column("dialect", Text),
    Column("style", Text),
    Column("dice_emojis", Boolean),
    Column("odds_line", Boolean),
    Column("inline_rolls", Boolean),
    Column("direct_notation", Boolean),
    Column("gm_role_id", BigInteger),
    Column("secret_channel_id", BigInteger),
    Column("results_channel_id", BigInteger),
    Column("allowed_channel_ids", JSON(none_as_null=True)),
    Column("locale", Text),
    Column("updated_at", BigInteger, nullable=False),
)
"""What a server chose; null is the default."""

user_settings: Final = Table(
    "user_settings",
    metadata,
    _snowflake_key("user_id"),
    Column("dialect", Text),
    Column("style", Text),
    Column("default_roll", Text),
    Column("updated_at", BigInteger, nullable=False),
)

saved_rolls: Final = Table(
    "saved_rolls",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("owner_kind", Text, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("notation", Text, nullable=False),
    Column("use_count", BigInteger, nullable=False, server_default="0"),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("owner_kind", "owner_id", "name_key"),
)
"""Of a user or a guild (`owner_kind`); names are unique without regard to case (`name_key`)."""

characters: Final = Table(
    "characters",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("user_id", "name_key"),
)

character_values: Final = Table(
    "character_values",
    metadata,
    Column("character_id", BigInteger, ForeignKey("characters.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("position", Integer, nullable=False),
)
"""Numbers and notations by name, in the player's order."""

active_characters: Final = Table(
    "active_characters",
    metadata,
    _snowflake_key("user_id"),
    _snowflake_key("guild_id"),
    Column("character_id", BigInteger, ForeignKey("characters.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""Whom a player plays where; guild 0 is a private channel."""

template_values: Final = Table(
    "template_values",
    metadata,
    _snowflake_key("guild_id"),
    Column("name", Text, primary_key=True),
    Column("minimum", BigInteger),
    Column("maximum", BigInteger),
    Column("default_value", Text),
    Column("position", Integer, nullable=False),
)
"""What new characters of a guild are asked for."""

ledger: Final = Table(
    "ledger",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("chain_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("rolled_at", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("user_id", BigInteger),
    Column("source_id", BigInteger),
    Column("source_index", Integer),
    Column("canonical", Text),
    Column("faces", Text),
    Column("total", Text),
    Column("verdict", Text),
    Column("comment", Text),
    Column("details", Text),
    Column("salt", LargeBinary),
    Column("answer_id", BigInteger),
    Column("commitment", LargeBinary, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    UniqueConstraint("source_id", "source_index"),
    UniqueConstraint("chain_id", "position"),
    Index(None, "user_id", "chain_id", "id"),
    Index(None, "channel_id", "id"),
    Index(None, "answer_id"),
)
"""Every roll that was answered. `chain_id` is the guild, or a private channel. Where a player had their data deleted,
everything from `channel_id` to `answer_id` is null, and the chain still holds (`modules.storage.chain`)."""

ledger_chains: Final = Table(
    "ledger_chains",
    metadata,
    _snowflake_key("chain_id"),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("pruned_position", BigInteger, nullable=False),
    Column("pruned_hash", LargeBinary, nullable=False),
)
"""The last row of each chain, and the last that was pruned: where the chain is checked from."""

alembic_version: Final = Table(
    "alembic_version",
    # Alembic's own, just as it makes it: no migration is to touch it.
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The revision of the schema."""

facts: Final = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the process itself has to remember."""
