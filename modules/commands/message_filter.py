"""Which messages are worth reading: nearly all that a bot hears is people talking to each other."""

from collections.abc import Mapping
from typing import Any, Final

from discord import MessageType

from modules.commands.messages import begins_with_dice
from modules.storage.records import GuildSettings

DIRECT_LENGTH: Final = 100
"""Characters of the longest message that is rolled without a command."""

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
    content: str = message["content"]
    return is_of_a_person(message) and content.startswith(beginnings)


def is_of_a_person(message: Mapping[str, Any]) -> bool:
    """Whether a person wrote the message."""
    return message["type"] in CARRIERS and not message["author"].get("bot") and not message.get("webhook_id")


def may_hold_dice(content: str, settings: GuildSettings) -> bool:
    """Whether there may be dice in a message that is no command, and the guild wants them rolled."""
    if settings.inline_rolls and "[[" in content:
        return True
    return bool(settings.direct_notation) and len(content) <= DIRECT_LENGTH and begins_with_dice(content)
