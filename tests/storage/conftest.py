"""Both databases: SQLite in a folder of the test's, and a database of its own on a real PostgreSQL."""

from tests.databases import database_url, memory, postgres_database, postgres_url, recorder, store

__all__ = ["database_url", "memory", "postgres_database", "postgres_url", "recorder", "store"]
