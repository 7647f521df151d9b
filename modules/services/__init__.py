"""Use cases without Discord: what a command does, whoever asks."""
