"""What keeps the process alive and honest: logging, supervision, backoff, shutdown, exit codes."""
