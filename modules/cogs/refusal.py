"""How a check says no before a command runs, aloud or not; a running command has `NazhContext.refuse`."""

from collections.abc import Callable

from discord.ext import commands


class Refusal(commands.CommandError):
    """A command may not run now; the text is for the person who asked, and is sent as it is.

    Args:
        sentence: What to tell them: what is wrong and what would work.
        unsent: Called where the sentence could not be sent.
    """

    def __init__(self, sentence: str, unsent: Callable[[], object] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.unsent = unsent


class Unanswerable(commands.CommandError):
    """A command is dropped without a word, since no word may be sent.

    Args:
        reason: Why, for the log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
