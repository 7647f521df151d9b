"""The one way in which a command says no."""

from discord.ext import commands


class Refusal(commands.CommandError):
    """A command cannot do what was asked; its text is for the person who asked, and is sent as it is.

    Args:
        sentence: What to tell them: what is wrong and what would work.
        retryable: Whether the very same request may succeed later.
    """

    def __init__(self, sentence: str, *, retryable: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retryable = retryable
