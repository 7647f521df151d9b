"""What several cogs of rolling share."""
