"""What a cog stands on: who asked, how an answer leaves, and the one place where a command ends."""
