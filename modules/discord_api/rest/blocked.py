"""A request that was never sent, because sending it could only do harm."""

import discord


# A RateLimited: whatever waits out a limit of Discord's waits out one of our own in the same way.
class RequestBlocked(discord.RateLimited):
    """We refused ourselves a request.

    Args:
        reason: Why, in words fit for the log and the public page.
        seconds: When it may be worth another try.
    """

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(seconds)
        self.reason = reason

    def __str__(self) -> str:
        return f"not sent: {self.reason}"
