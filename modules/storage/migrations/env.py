"""Run by Alembic, with the connection that `modules.storage.upgrade` hands over."""

from alembic import context

from modules.storage.tables import metadata

# Batches, since SQLite cannot alter a table in place.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
