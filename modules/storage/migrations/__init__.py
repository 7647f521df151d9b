"""The history of the schema. `LATEST` names the revision that `modules.storage.tables` describes."""

from typing import Final

LATEST: Final = "0001"
"""Known without Alembic, whose import a start with a current schema need not pay for."""
