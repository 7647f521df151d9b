"""The one place where an answer leaves for Discord."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Any, Final, NamedTuple

import discord

from modules.commands.deferral import ALREADY_ACKNOWLEDGED
from modules.commands.invocation import Invocation
from modules.commands.reply import Answer, Form, Reply
from modules.discord_api.rest import interactions
from modules.discord_api.rest.cooldowns import CANNOT_READ_HISTORY
from modules.discord_api.rest.messages import edit_message, post_message
from modules.discord_api.rest.retry import Sender
from modules.telemetry.snapshot import Count

UNKNOWN_INTERACTION: Final = 10062
"""Discord's code for an interaction whose three seconds are over."""

UNKNOWN_MESSAGE: Final = 10008
"""Discord's code for a message that is gone."""

Interaction = discord.Interaction[Any]


class Place(NamedTuple):
    """Where an answer stands.

    Attributes:
        channel_id: Of its channel or thread.
        message_id: Its own.
    """

    channel_id: int
    message_id: int

    def link(self, guild_id: int | None) -> Reply:
        """What leads there, for whoever asked in another channel."""
        return Reply(f"https://discord.com/channels/{guild_id}/{self.channel_id}/{self.message_id}", ephemeral=True)


@dataclass(slots=True)
class Replies:
    """Sends answers: one nonce for each logical message, repeated where it got lost, shown once all the same.

    Attributes:
        client: The bot, logged in.
        sender: Repeats what was lost.
        answered: Called with the ids of the source and of its answer (None where that got lost).
    """

    client: discord.Client
    sender: Sender
    answered: Callable[[int, int | None], None] = lambda _source_id, _message_id: None

    async def answer(self, invocation: Invocation, answer: Answer) -> int | None:
        """Send whatever a handler gave back; see `send`."""
        match answer:
            case Reply():
                return await self.send(invocation, answer)
            case Form() if invocation.interaction is not None:
                await self._open(invocation, invocation.interaction, answer)
        return None

    async def send(self, invocation: Invocation, reply: Reply) -> int | None:
        """Answer whoever asked, where they asked, pinging nobody.

        Returns:
            Id of the message; None where an interaction was answered but its answer's id got lost on the way, and where
            the answer stands in another channel.

        Raises:
            discord.DiscordException: Discord did not take it, or it was blocked.
            aiohttp.ClientError: Discord could not be reached, however often it was tried.
        """
        place = await self.place(invocation, reply)
        return place.message_id if place is not None and place.channel_id == invocation.channel_id else None

    async def place(self, invocation: Invocation, reply: Reply) -> Place | None:
        """Answer as `send` does, and say where the answer stands, in this channel or another."""
        if reply.files and not reply.is_layout and not invocation.may_attach:
            # Text says by itself what a file shows.
            reply = replace(reply, files=())
        if reply.elsewhere is not None:
            elsewhere = await self.post_elsewhere(invocation, reply, reply.elsewhere)
            if elsewhere is not None:
                await self._send_here(invocation, elsewhere.link(invocation.guild_id))
                return elsewhere
        message_id = await self._send_here(invocation, reply)
        self.answered(invocation.source_id, message_id)
        return Place(invocation.channel_id, message_id) if message_id is not None else None

    async def send_privately(self, invocation: Invocation, reply: Reply) -> None:
        """Answer by a private message to whoever asked.

        Raises:
            discord.Forbidden: Their private messages are closed.
            discord.DiscordException: Discord did not take it, or it was blocked.
            aiohttp.ClientError: Discord could not be reached.
        """
        channel = await self.sender.send(invocation.actor.create_dm)
        message_id = await self.post(invocation, channel.id, reply)
        invocation.reply_count += 1
        self.answered(invocation.source_id, message_id)

    async def announce(self, channel_id: int, nonce: str, reply: Reply) -> None:
        """Send a message that answers nobody; errors as for `send`.

        Args:
            channel_id: Where to.
            nonce: The name by which Discord knows the message, of at most 25 characters.
            reply: What it says.
        """
        message = {**_payload(reply), "nonce": nonce, "enforce_nonce": True}
        await self.sender.send(lambda: post_message(self.client, channel_id, message, _files(reply)))

    def may_delete(self, invocation: Invocation) -> bool:
        """Whether the message that asked can be deleted, as far as is known here."""
        message = invocation.source
        if not isinstance(message, discord.Message) or message.guild is None or message.guild.me is None:
            return False
        return message.channel.permissions_for(message.guild.me).manage_messages

    async def delete_question(self, invocation: Invocation) -> None:
        """Delete the message that asked; where Discord refuses after all, it stays."""
        if isinstance(invocation.source, discord.Message):
            with suppress(discord.Forbidden, discord.NotFound):
                await self.sender.send(invocation.source.delete)

    async def edit(self, invocation: Invocation, message_id: int, reply: Reply, channel_id: int | None = None) -> None:
        """Change an earlier answer of this invocation.

        Args:
            invocation: What it answered.
            message_id: As `send` gave it.
            reply: What it says from now on; whoever sees it was settled when it was sent.
            channel_id: Where the answer to a message stands; None for where it was asked.

        Raises:
            discord.NotFound: The message is gone.
            discord.DiscordException: Discord did not take it, or it was blocked.
            aiohttp.ClientError: Discord could not be reached.
        """
        interaction = invocation.interaction
        if interaction is None:
            change = partial(edit_message, self.client, channel_id or invocation.channel_id, message_id)
        else:
            change = partial(interactions.edit_follow_up, interaction, message_id)
        await self.sender.send(lambda: change(_payload(reply, is_edit=True), _files(reply)))

    async def post(self, invocation: Invocation, channel_id: int, reply: Reply) -> int:
        """Send a message to a channel on behalf of an invocation; errors as for `send`.

        Returns:
            Id of the message.
        """
        message = {**_payload(reply), "nonce": invocation.nonce, "enforce_nonce": True}
        # A question that was deleted meanwhile is answered all the same, without a reference to it.
        reference = {"channel_id": channel_id, "message_id": invocation.source_id, "fail_if_not_exists": False}
        post = partial(post_message, self.client, channel_id)
        is_counted = invocation.pending is not None and channel_id == invocation.channel_id
        with nullcontext() if is_counted else self.sender.pending.answering(channel_id):
            try:
                is_reply = reply.reference and invocation.interaction is None and channel_id == invocation.channel_id
                about = {"message_reference": reference} if is_reply else {}
                return await self.sender.send(lambda: post({**message, **about}, _files(reply)))
            except discord.HTTPException as error:
                if error.code != CANNOT_READ_HISTORY:
                    raise
                return await self.sender.send(lambda: post(message, _files(reply)))

    async def _send_here(self, invocation: Invocation, reply: Reply) -> int | None:
        if invocation.interaction is None:
            message_id: int | None = await self.post(invocation, invocation.channel_id, reply)
        else:
            message_id = await self.sender.send(partial(self._respond, invocation, invocation.interaction, reply))
        invocation.reply_count += 1
        return message_id

    async def post_elsewhere(self, invocation: Invocation, reply: Reply, channel_id: int) -> Place | None:
        """Post an answer in another channel; None where the bot may not write there."""
        try:
            message_id = await self.post(invocation, channel_id, reply)
        except (discord.Forbidden, discord.NotFound):
            return None
        invocation.reply_count += 1
        self.answered(invocation.source_id, message_id)
        return Place(channel_id, message_id)

    async def _respond(self, invocation: Invocation, interaction: Interaction, reply: Reply) -> int | None:
        deferral = invocation.deferral
        is_thinking = deferral is not None and await deferral.settle()
        message_id: int | None
        try:
            if is_thinking:
                payload = _payload(reply, is_edit=True)
                message_id = await interactions.edit_original(interaction, payload, _files(reply))
            else:
                message_id = await _first_or_further(interaction, reply)
        except discord.HTTPException as refused:
            if refused.code == UNKNOWN_INTERACTION:
                self.sender.recorder.count(Count.INTERACTIONS_EXPIRED)
            if refused.code != ALREADY_ACKNOWLEDGED:
                raise
            # An earlier attempt of ours did arrive, or another process was quicker: either way it is answered.
            self.sender.recorder.count(Count.DUPLICATES_AVOIDED)
            return None
        if is_thinking and deferral is not None:
            deferral.resolve()
        return message_id

    async def _open(self, invocation: Invocation, interaction: Interaction, form: Form) -> None:
        if invocation.deferral is not None:
            invocation.deferral.cancel()
        await self.sender.send(lambda: interactions.open_form(interaction, form.modal))
        invocation.reply_count += 1


async def _first_or_further(interaction: Interaction, reply: Reply) -> int | None:
    """Answer an interaction that shows no "thinking ...": its first answer, or one more."""
    payload = _payload(reply, is_ephemeral=reply.ephemeral)
    if interaction.response.is_done():
        return await interactions.follow_up(interaction, payload, _files(reply))
    if reply.replaces and interaction.message is not None:
        try:
            await interactions.replace_source(interaction, _payload(reply, is_edit=True), _files(reply))
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
        else:
            return interaction.message.id
    return await interactions.respond(interaction, payload, _files(reply))


def _payload(reply: Reply, *, is_edit: bool = False, is_ephemeral: bool = False) -> dict[str, Any]:
    """A reply as Discord's API describes a message, without its files."""
    payload: dict[str, Any] = {"allowed_mentions": {"parse": []}}
    flags = discord.MessageFlags(components_v2=reply.is_layout, ephemeral=is_ephemeral).value
    # An edit states the whole message: what the earlier one had would stay otherwise.
    if reply.content or is_edit:
        payload["content"] = reply.content or None
    if reply.embeds or is_edit:
        payload["embeds"] = [each.to_dict() for each in reply.embeds]
    if reply.components or is_edit:
        payload["components"] = [*reply.components]
    if is_edit:
        payload["attachments"] = []
    if flags:
        payload["flags"] = flags
    return payload


def _files(reply: Reply) -> list[discord.File]:
    return [discord.File(BytesIO(each.content), each.filename, description=each.description) for each in reply.files]
