"""What a person sees in Discord: embeds and their parts."""
