"""What a command answers, whatever it was called by."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from modules.discord_api.components import Component, is_layout


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an answer. It holds bytes, not a stream, so that it can be sent again.

    Attributes:
        filename: As people see it.
        content: The file itself.
        description: Alt text for a picture.
    """

    filename: str
    content: bytes
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        content: Text of at most 2,000 characters; empty where the components are a layout.
        embeds: At most ten.
        components: Rows of buttons and menus, or a whole layout. Presses reach the handlers registered in `Components`
            by custom id.
        files: Attached in this order.
        ephemeral: Show it to the asker alone, where Discord can (interactions).
        reference: Whether the answer to a message is a reply to it.
        elsewhere: Id of a channel to post it to; whoever asked gets a link. None for where it was asked.
        replaces: Whether it takes the place of the message whose component was used.
    """

    content: str = ""
    embeds: Sequence[discord.Embed] = ()
    components: Sequence[Component] = ()
    files: Sequence[Attachment] = ()
    ephemeral: bool = False
    reference: bool = True
    elsewhere: int | None = None
    replaces: bool = False

    @property
    def is_layout(self) -> bool:
        """Whether it is all components; Discord takes no text and no embeds beside those of a layout."""
        return is_layout(self.components)


@dataclass(frozen=True, slots=True)
class Form:
    """A modal in place of an answer; only an interaction that is not answered yet can open one.

    Attributes:
        modal: What the person fills in; its custom id names the handler in `Components`.
    """

    modal: discord.ui.Modal


Answer = Reply | Form | None
"""What a handler gives back; None where it has sent all there is."""
