"""What a context needs for being replied to."""

from discord.ext import commands
from discord.ext.commands._types import BotT

from modules.runtime.rest.sends import Sender
from modules.ui.deferral import Deferral


class ReplyContext(commands.Context[BotT]):
    """The context of one command.

    Attributes:
        sender: Sends its answers.
        deferral: Of a slash command that is being carried out.
        answer_count: Answers that have certainly appeared.
    """

    sender: Sender
    deferral: Deferral | None = None
    answer_count: int = 0

    @property
    def nonce(self) -> str:
        """The name by which Discord knows this command's next answer, however often it is sent.

        It is made of the message's id alone, so that an error told after an answer whose arrival was in doubt, or the
        answer of another process with the same token, does not appear beside it.
        """
        # Discord takes 25 characters at most; an id has up to 20.
        return f"{self.message.id}.{self.answer_count}"
