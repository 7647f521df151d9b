"""Which messages are worth reading: nearly all that a bot hears is people talking to each other."""

from collections.abc import Mapping
from typing import Any, Final

from discord import MessageType

CARRIERS: Final = frozenset(
    kind.value
    for kind in (
        MessageType.default,
        MessageType.reply,
        MessageType.chat_input_command,
        MessageType.context_menu_command,
    )
)
"""Types of message in which people write. Discord itself writes the others, some with people's words: the message that
tells of a new thread has the thread's name as its text, and Discord refuses a reply to it."""


def may_be_a_command(message: Mapping[str, Any], beginnings: tuple[str, ...]) -> bool:
    """Whether a person wrote the message, and it begins as commands do.

    Args:
        message: As Discord sent it.
        beginnings: What commands begin with.
    """
    if message["type"] not in CARRIERS or message["author"].get("bot") or message.get("webhook_id"):
        return False
    content: str = message["content"]
    return content.startswith(beginnings)
