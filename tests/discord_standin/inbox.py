"""Which of the bot's messages answers which of the players'."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from .world import Message, World


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody waiting for the answer to a message."""

    message: Message
    reply: asyncio.Future[Message]


def answers(reply: Message, message: Message) -> bool:
    """Whether one is the answer to the other: it refers to it, or refers to nothing and came later."""
    if reply.reference_id is not None:
        return reply.reference_id == message.id
    return reply.id > message.id


class Inbox:
    """Hands each message of the bot to one who waits for it, oldest first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._unclaimed: defaultdict[int, list[Message]] = defaultdict(list)
        self._waiters: defaultdict[int, list[Waiter]] = defaultdict(list)

    def posted(self, reply: Message) -> None:
        """Take in a new message of the bot."""
        waiters = self._waiters[reply.channel.id]
        for waiter in waiters:
            if answers(reply, waiter.message) and not waiter.reply.done():
                waiter.reply.set_result(reply)
                return
        self._unclaimed[reply.channel.id].append(reply)

    async def reply_to(self, message: Message, timeout_seconds: float, seen: Callable[[], str]) -> Message:
        """The next unclaimed answer to `message`.

        Raises:
            TimeoutError: none came; the text ends with `seen()`.
        """
        unclaimed = self._unclaimed[message.channel.id]
        for reply in unclaimed:
            if answers(reply, message):
                unclaimed.remove(reply)
                return reply
        waiter = Waiter(message, asyncio.get_running_loop().create_future())
        self._waiters[message.channel.id].append(waiter)
        try:
            return await asyncio.wait_for(waiter.reply, timeout_seconds)
        except TimeoutError:
            raise TimeoutError(
                f"no answer to {message.content!r} in {timeout_seconds:g} s; seen was\n{seen()}"
            ) from None
        finally:
            self._waiters[message.channel.id].remove(waiter)

    def replies_to(self, message: Message) -> list[Message]:
        """Every message of the bot, deleted ones too, that could answer this one: for asserting there is just one."""
        bot = self._world.bot
        return [reply for reply in message.channel.messages.values() if reply.author is bot and answers(reply, message)]

    def forget(self) -> None:
        """Drop the messages nobody claimed."""
        self._unclaimed.clear()
