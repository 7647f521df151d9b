"""Things of the world as the JSON Discord sends: every field discord.py 2.7 insists on, and the common rest."""

from typing import Any

from .errors import Json
from .world import EVERYDAY_PERMISSIONS, Attachment, Channel, Guild, Message, Role, User, World

MESSAGE_CONTENT_INTENT_ON = 1 << 19
"""Application flag of an unverified bot whose owner switched the message content intent on."""

SERVER_MEMBERS_INTENT_ON = 1 << 15
PRESENCE_INTENT_ON = 1 << 13

JOINED_AT = "2021-01-01T00:00:00.000000+00:00"


def user_payload(user: User) -> Json:
    """A user object."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.name.title(),
        "discriminator": "0001" if user.bot else "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def own_user_payload(user: User) -> Json:
    """What the bot is told of itself."""
    return {**user_payload(user), "mfa_enabled": True, "verified": True, "flags": 0, "locale": "en-US"}


def member_payload(user: User, *, with_user: bool = True) -> Json:
    """A guild member; MESSAGE_CREATE carries it without the user."""
    member: Json = {
        "roles": [],
        "nick": None,
        "avatar": None,
        "joined_at": JOINED_AT,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    return {**member, "user": user_payload(user)} if with_user else member


def role_payload(role: Role) -> Json:
    """A role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "position": role.position,
        "permissions": str(role.permissions),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel_payload(channel: Channel) -> Json:
    """A guild's text channel, a private one, or a group."""
    if channel.recipient is not None:
        recipients = [user_payload(channel.recipient)]
        return {"id": str(channel.id), "type": 1, "recipients": recipients, "last_message_id": None, "flags": 0}
    if channel.people:
        recipients = [user_payload(each) for each in channel.people]
        group = {"id": str(channel.id), "type": channel.kind, "recipients": recipients, "name": None, "icon": None}
        return {**group, "owner_id": str(channel.people[0].id), "last_message_id": None, "flags": 0}
    position = channel.guild.channels.index(channel) if channel.guild is not None else 0
    return text_channel_payload(channel, position)


def text_channel_payload(channel: Channel, position: int) -> Json:
    """A guild's text channel whose place in the list is already known."""
    payload: Json = {
        "id": str(channel.id),
        "type": channel.kind,
        "name": channel.name,
        "position": position,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "parent_id": None,
        "last_message_id": None,
        "permission_overwrites": [],
        "flags": 0,
    }
    return payload if channel.guild is None else {**payload, "guild_id": str(channel.guild.id)}


def guild_payload(guild: Guild, bot: User, owner: User, *, all_members: bool) -> Json:
    """What GUILD_CREATE carries; without the members intent only the bot itself is among the members."""
    members = guild.members if all_members else [bot]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(owner.id),
        "unavailable": not guild.available,
        "joined_at": JOINED_AT,
        "large": False,
        "member_count": len(guild.members),
        "members": [member_payload(member) for member in members],
        "roles": [role_payload(role) for role in guild.roles],
        "channels": [text_channel_payload(channel, place) for place, channel in enumerate(guild.channels)],
        "threads": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "afk_timeout": 300,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "icon": None,
        "splash": None,
        "banner": None,
        "description": None,
        "rules_channel_id": None,
    }


def attachment_payload(attachment: Attachment, channel: Channel) -> Json:
    """An uploaded file; its addresses are never served."""
    url = f"http://cdn.invalid/attachments/{channel.id}/{attachment.id}/{attachment.filename}"
    return {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "description": attachment.description,
        "size": len(attachment.content),
        "url": url,
        "proxy_url": url,
        "content_type": "image/png" if attachment.filename.endswith(".png") else "application/octet-stream",
        "flags": 0,
    }


def message_payload(message: Message, world: World, *, event: bool = False, quotes: bool = True) -> Json:
    """A message; as an `event` it also names its guild and its author's membership.

    One that `quotes` carries the message it replies to; Discord does so one level deep.
    """
    channel = message.channel
    body = message.body
    payload: Json = {
        "id": str(message.id),
        "type": _message_type(message),
        "channel_id": str(channel.id),
        "author": user_payload(message.author),
        "content": message.content,
        "timestamp": message.created_at.isoformat(),
        "edited_timestamp": None if message.edited_at is None else message.edited_at.isoformat(),
        "tts": bool(body.get("tts")),
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [attachment_payload(attachment, channel) for attachment in message.attachments],
        "embeds": [{"type": "rich", **embed} for embed in message.embeds],
        "components": _with_component_ids(message.components),
        "pinned": False,
        "flags": message.flags,
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.author is world.bot and message.interaction_id is not None:
        payload |= {"webhook_id": str(world.bot.id), "application_id": str(world.bot.id)}
    if message.reactions:
        payload["reactions"] = [reaction_payload(message, emoji, world) for emoji in message.reactions]
    if message.reference_id is not None:
        payload["message_reference"] = _reference(message)
        if quotes:
            payload["referenced_message"] = _referenced(message, world)
    if event and channel.guild is not None:
        payload |= {"guild_id": str(channel.guild.id), "member": member_payload(message.author, with_user=False)}
    return payload


def _message_type(message: Message) -> int:
    if "type" in message.body:
        return int(message.body["type"])
    if message.reference_id is not None:
        return 19
    return 20 if message.interaction_id is not None else 0


def _reference(message: Message) -> Json:
    channel = message.channel
    reference: Json = {"type": 0, "channel_id": str(channel.id), "message_id": str(message.reference_id)}
    if channel.guild is not None:
        reference["guild_id"] = str(channel.guild.id)
    return reference


def _referenced(message: Message, world: World) -> Json | None:
    target = message.channel.messages.get(message.reference_id or 0)
    return None if target is None or target.deleted else message_payload(target, world, quotes=False)


def _with_component_ids(components: list[Json]) -> list[Json]:
    """Discord numbers every component it was given without an id."""
    if not components:
        return []
    counter = iter(range(1, 1_000))

    def number(component: Json) -> Json:
        numbered = {"id": next(counter), **component}
        for nest in ("components", "items"):
            if nest in component:
                numbered[nest] = [number(child) if "type" in child else child for child in component[nest]]
        return numbered

    return [number(component) for component in components]


def reaction_payload(message: Message, emoji: str, world: World) -> Json:
    """One emoji under a message, with its count."""
    users = message.reactions[emoji]
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(users),
        "count_details": {"normal": len(users), "burst": 0},
        "burst_colors": [],
        "me": world.bot.id in users,
        "me_burst": False,
    }


def application_payload(world: World, flags: int) -> Json:
    """The application behind the bot; `flags` tell which privileged intents are switched on."""
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": user_payload(world.owner),
        "team": None,
        "flags": flags,
        "tags": [],
        "rpc_origins": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(world.guilds),
        "bot": own_user_payload(world.bot),
    }


def invoker_payload(channel: Channel, user: User) -> Json:
    """Who used an interaction: a member with permissions in a guild, a bare user elsewhere."""
    if channel.guild is None:
        return {"user": user_payload(user)}
    return {
        "member": {**member_payload(user), "permissions": str(EVERYDAY_PERMISSIONS)},
        "guild_id": str(channel.guild.id),
    }


def command_payload(sent: dict[str, Any], command_id: int, world: World, guild_id: int | None) -> Json:
    """A registered application command: what was sent, completed as Discord completes it."""
    completed: Json = {
        "type": 1,
        "description": "",
        "default_member_permissions": None,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        **sent,
        "id": str(command_id),
        "application_id": str(world.bot.id),
        "version": str(command_id),
    }
    return completed if guild_id is None else {**completed, "guild_id": str(guild_id)}
