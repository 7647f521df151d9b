"""How a check says no before a command runs; a running command has `NazhContext.refuse`."""

from discord.ext import commands


class Refusal(commands.CommandError):
    """A command may not run now; the text is for the person who asked, and is sent as it is.

    Args:
        sentence: What to tell them: what is wrong and what would work.
        retryable: Whether the very same request may succeed later.
    """

    def __init__(self, sentence: str, *, retryable: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retryable = retryable
