"""How a command says no, aloud or not."""

from collections.abc import Callable, Sequence

from discord.ext import commands

from modules.discord_api.components import Component
from modules.rendering.language import translated


class Refusal(commands.CommandError):
    """What was asked cannot be done; counted as refused, and shown to the asker alone where Discord can do that.

    Args:
        sentence: What to tell them, in at most 2,000 characters: what is wrong and what would work. It is looked up in
            the language that is spoken; where it has parameters, `translated` has to fill them in.
        unsent: Called where the sentence could not be sent.
        components: Buttons that offer what would work.
    """

    def __init__(
        self, sentence: str, unsent: Callable[[], object] | None = None, components: Sequence[Component] = ()
    ) -> None:
        self.sentence = translated(sentence)
        super().__init__(self.sentence)
        self.unsent = unsent
        self.components = components


class Unanswerable(commands.CommandError):
    """A command is dropped without a word, since no word may be sent.

    Args:
        reason: Why, for the log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
