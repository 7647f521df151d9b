"""Reads settings from the environment, `.env` and files."""
