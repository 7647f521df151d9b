"""Channels and what is in them: messages, reactions, typing."""

from .call import Call
from .core import Core
from .errors import ApiError, Json, invalid_form, unknown
from .payloads import channel_payload, message_payload, user_payload
from .rest import Reply, Routes
from .sessions import GUILD_MESSAGE_REACTIONS
from .validation import check_layout_stays, check_message
from .world import Attachment, Channel, Message

NONCE_LIVES_SECONDS = 300.0


def channel_of(core: Core, call: Call) -> Channel:
    """The channel the path names.

    Raises:
        ApiError: 10003, there is none.
    """
    channel = core.world.channels.get(call.snowflake("channel_id"))
    if channel is None:
        raise unknown("Channel")
    return channel


def message_of(core: Core, call: Call) -> Message:
    """The message the path names.

    Raises:
        ApiError: 10003 or 10008, there is none.
    """
    return channel_of(core, call).message(call.snowflake("message_id"))


def uploads(core: Core, call: Call, body: Json | None = None) -> list[Attachment]:
    """The files of a form, as attachments described in the message `body` (the request's own unless given)."""
    attachments = (call.body or {} if body is None else body).get("attachments") or []
    described = {f"files[{item['id']}]": item for item in attachments if "id" in item}
    return [
        Attachment(core.world.mint(), filename, content, described.get(name, {}).get("description"))
        for name, (filename, content) in call.files.items()
    ]


def announce_post(core: Core, message: Message) -> None:
    """Tell everyone of a new message of the bot."""
    if core.settings.echoes_own_messages:
        core.sessions.dispatch_message(message)
    # An answer to an interaction is waited for by the interaction itself.
    if message.interaction_id is None:
        core.inbox.posted(message)
    core.journal.pulse.beat()


def announce_edit(core: Core, message: Message) -> None:
    """Tell everyone that a message of the bot reads differently now."""
    if core.settings.echoes_own_messages:
        core.sessions.dispatch_message(message, "MESSAGE_UPDATE")
    core.journal.pulse.beat()


def announce_deletion(core: Core, message: Message) -> None:
    """Tell everyone that a message is gone."""
    message.deleted = True
    guild = message.channel.guild
    payload: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
    if guild is not None:
        payload["guild_id"] = str(guild.id)
    core.sessions.dispatch("MESSAGE_DELETE", payload, guild)
    core.journal.pulse.beat()


def _get_channel(core: Core, call: Call) -> Reply:
    return Reply(200, channel_payload(channel_of(core, call)))


def _list_messages(core: Core, call: Call) -> Reply:
    limit = int(call.web_request.query.get("limit", "50"))
    return Reply(200, [message_payload(message, core.world) for message in channel_of(core, call).latest(limit)])


def _get_message(core: Core, call: Call) -> Reply:
    return Reply(200, message_payload(message_of(core, call), core.world))


def _post_message(core: Core, call: Call) -> Reply:
    channel, body = channel_of(core, call), call.fields
    check_message(body, has_files=bool(call.files))
    _check_reference(channel, body)
    message = _same_nonce(core, channel, body)
    if message is None:
        message = core.world.add_message(
            channel, core.world.bot, body.get("content") or "", body=body, attachments=uploads(core, call)
        )
        announce_post(core, message)
    return Reply(200, message_payload(message, core.world))


def _check_reference(channel: Channel, body: Json) -> None:
    reference = body.get("message_reference")
    if not reference or reference.get("fail_if_not_exists") is False:
        return
    target = channel.messages.get(int(reference["message_id"]))
    if target is None or target.deleted:
        raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")


def _same_nonce(core: Core, channel: Channel, body: Json) -> Message | None:
    """The message already made of this nonce, when the sender asked for that check."""
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    message = channel.by_nonce.get(str(nonce))
    if message is None or (core.world.now() - message.created_at).total_seconds() > NONCE_LIVES_SECONDS:
        return None
    return message


def _edit_message(core: Core, call: Call) -> Reply:
    message, body = message_of(core, call), call.fields
    if message.author is not core.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    check_layout_stays(message.flags, body)
    check_message(body, is_edit=True, has_files=bool(call.files))
    core.world.edit_message(message, body, uploads(core, call))
    announce_edit(core, message)
    return Reply(200, message_payload(message, core.world))


def _delete_message(core: Core, call: Call) -> Reply:
    announce_deletion(core, message_of(core, call))
    return Reply(204)


def _bulk_delete(core: Core, call: Call) -> Reply:
    channel = channel_of(core, call)
    for message_id in call.fields.get("messages") or []:
        message = channel.messages.get(int(message_id))
        if message is not None:
            announce_deletion(core, message)
    return Reply(204)


def _add_reaction(core: Core, call: Call) -> Reply:
    message, emoji = message_of(core, call), call.params["emoji"]
    message.reactions.setdefault(emoji, set()).add(core.world.bot.id)
    _announce_reaction(core, message, emoji, "MESSAGE_REACTION_ADD")
    return Reply(204)


def _remove_reaction(core: Core, call: Call) -> Reply:
    message, emoji = message_of(core, call), call.params["emoji"]
    user_id = call.snowflake("user_id") if "user_id" in call.params else core.world.bot.id
    message.reactions.get(emoji, set()).discard(user_id)
    if not message.reactions.get(emoji):
        message.reactions.pop(emoji, None)
    _announce_reaction(core, message, emoji, "MESSAGE_REACTION_REMOVE")
    return Reply(204)


def _clear_reactions(core: Core, call: Call) -> Reply:
    message_of(core, call).reactions.clear()
    return Reply(204)


def _announce_reaction(core: Core, message: Message, emoji: str, name: str) -> None:
    guild = message.channel.guild
    payload: Json = {
        "user_id": str(core.world.bot.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if guild is not None:
        payload["guild_id"] = str(guild.id)
    core.sessions.dispatch(name, payload, guild, GUILD_MESSAGE_REACTIONS if guild else 0)


def _list_reactors(core: Core, call: Call) -> Reply:
    users = message_of(core, call).reactions.get(call.params["emoji"], set())
    return Reply(200, [user_payload(core.world.users[user]) for user in users])


def _type(core: Core, call: Call) -> Reply:
    channel_of(core, call)
    return Reply(204)


CHANNEL = "/channels/{channel_id}"
MESSAGES = f"{CHANNEL}/messages"
ONE_MESSAGE = f"{MESSAGES}/{{message_id}}"
REACTIONS = f"{ONE_MESSAGE}/reactions"

MESSAGE_ROUTES: Routes = {
    ("GET", CHANNEL): _get_channel,
    ("POST", f"{CHANNEL}/typing"): _type,
    ("GET", MESSAGES): _list_messages,
    ("POST", MESSAGES): _post_message,
    ("POST", f"{MESSAGES}/bulk-delete"): _bulk_delete,
    ("GET", ONE_MESSAGE): _get_message,
    ("PATCH", ONE_MESSAGE): _edit_message,
    ("DELETE", ONE_MESSAGE): _delete_message,
    ("DELETE", REACTIONS): _clear_reactions,
    ("GET", f"{REACTIONS}/{{emoji}}"): _list_reactors,
    ("PUT", f"{REACTIONS}/{{emoji}}/@me"): _add_reaction,
    ("DELETE", f"{REACTIONS}/{{emoji}}/@me"): _remove_reaction,
    ("DELETE", f"{REACTIONS}/{{emoji}}/{{user_id}}"): _remove_reaction,
}
