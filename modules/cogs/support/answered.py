"""Which message answered which command, so that an edited command is answered in the same place."""

from dataclasses import dataclass, field
from typing import Final

from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.replies import Place, Replies
from modules.commands.reply import Reply
from modules.rendering.rolls import MESSAGE_LENGTH, render_rolls
from modules.rendering.text import shortened
from modules.services.bounded_map import BoundedMap
from modules.services.rolls import Rolled
from modules.telemetry.snapshot import Status

ANSWERS_KEPT: Final = 2_000
"""Commands whose answer is known."""
FIRST_LENGTH: Final = 200
"""Characters kept of a first result."""


@dataclass(slots=True)
class Answered:
    """The answer to a message.

    Attributes:
        asked: The message's text as it was answered last.
        place: Where the answer stands: where it was asked, or in the server's results channel.
        first: The first result, on one line; "" while there was none.
        answer_count: How often it was answered.
        is_card: Whether the answer is a card, which Discord never lets become text again.
    """

    asked: str
    place: Place
    first: str = ""
    answer_count: int = 1
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredRolls:
    """Answers rolls by message, and remembers where the answers stand.

    Attributes:
        replies: Sends them.
        kept: The latest, by the id of the message that asked.
    """

    replies: Replies
    kept: BoundedMap[int, Answered] = field(default_factory=lambda: BoundedMap(ANSWERS_KEPT))

    async def send(self, invocation: Invocation, asked: str, rolled: Rolled, reply: Reply) -> None:
        """Answer a message with a roll."""
        place = await self.replies.place(invocation, reply)
        if place is not None:
            answered = Answered(asked, place, first_result(rolled), is_card=not reply.content)
            self.kept.put(invocation.source_id, answered)

    async def refuse(self, invocation: Invocation, asked: str, refusal: Refusal) -> None:
        """Answer a message with a refusal, which an edit may mend."""
        invocation.status = Status.REFUSED
        place = await self.replies.place(invocation, Reply(refusal.sentence, components=refusal.components))
        if place is not None:
            self.kept.put(invocation.source_id, Answered(asked, place))


def first_result(rolled: Rolled) -> str:
    """What was rolled, on one line, for whoever would like a better one."""
    text = render_rolls(rolled.rolls, limit=MESSAGE_LENGTH)
    return shortened(" · ".join(line.removeprefix("-# ") for line in text.splitlines()), FIRST_LENGTH)
