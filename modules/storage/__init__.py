"""What outlives the process: SQLite in `DATA_DIR`, or PostgreSQL; one schema, one migration history for both."""
