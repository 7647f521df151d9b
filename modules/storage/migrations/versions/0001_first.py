"""Settings, saved rolls, characters and the ledger.

Written out rather than made from `modules.storage.tables`, which goes on changing while this does not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _settings()
    _saved_rolls()
    _characters()
    _ledger()
    op.create_table(
        "facts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _updated_at() -> sa.Column[int]:
    return sa.Column("updated_at", sa.BigInteger, nullable=False)


def _settings() -> None:
    op.create_table(
        "guild_settings",
        _key("guild_id"),
        sa.Column("prefix", sa.Text),
        sa.Column("dialect", sa.Text),
        sa.Column("style", sa.Text),
        sa.Column("dice_emojis", sa.Boolean),
        sa.Column("odds_line", sa.Boolean),
        sa.Column("inline_rolls", sa.Boolean),
        sa.Column("direct_notation", sa.Boolean),
        sa.Column("gm_role_id", sa.BigInteger),
        sa.Column("secret_channel_id", sa.BigInteger),
        sa.Column("results_channel_id", sa.BigInteger),
        sa.Column("allowed_channel_ids", sa.JSON),
        sa.Column("locale", sa.Text),
        _updated_at(),
    )
    op.create_table(
        "user_settings",
        _key("user_id"),
        sa.Column("dialect", sa.Text),
        sa.Column("style", sa.Text),
        sa.Column("default_roll", sa.Text),
        _updated_at(),
    )


def _saved_rolls() -> None:
    op.create_table(
        "saved_rolls",
        _serial(),
        sa.Column("owner_kind", sa.Text, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("notation", sa.Text, nullable=False),
        sa.Column("use_count", sa.BigInteger, nullable=False, server_default="0"),
        _updated_at(),
        sa.UniqueConstraint("owner_kind", "owner_id", "name_key"),
    )


def _characters() -> None:
    op.create_table(
        "characters",
        _serial(),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _updated_at(),
        sa.UniqueConstraint("user_id", "name_key"),
    )
    op.create_table(
        "character_values",
        sa.Column("character_id", sa.BigInteger, sa.ForeignKey("characters.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "active_characters",
        _key("user_id"),
        _key("guild_id"),
        sa.Column("character_id", sa.BigInteger, sa.ForeignKey("characters.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index(op.f("ix_active_characters_character_id"), "active_characters", ["character_id"])
    op.create_table(
        "template_values",
        _key("guild_id"),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("minimum", sa.BigInteger),
        sa.Column("maximum", sa.BigInteger),
        sa.Column("default_value", sa.Text),
        sa.Column("position", sa.Integer, nullable=False),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        _serial(),
        sa.Column("chain_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("rolled_at", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("source_id", sa.BigInteger),
        sa.Column("source_index", sa.Integer),
        sa.Column("canonical", sa.Text),
        sa.Column("faces", sa.Text),
        sa.Column("total", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("details", sa.Text),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("answer_id", sa.BigInteger),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("source_id", "source_index"),
        sa.UniqueConstraint("chain_id", "position"),
    )
    op.create_index(op.f("ix_ledger_user_id_chain_id_id"), "ledger", ["user_id", "chain_id", "id"])
    op.create_index(op.f("ix_ledger_channel_id_id"), "ledger", ["channel_id", "id"])
    op.create_index(op.f("ix_ledger_answer_id"), "ledger", ["answer_id"])
    op.create_table(
        "ledger_chains",
        _key("chain_id"),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("pruned_position", sa.BigInteger, nullable=False),
        sa.Column("pruned_hash", sa.LargeBinary, nullable=False),
    )
