# ruff: noqa: ARG001 -- every route is given the same two things, whether it needs them or not
"""The bot itself: its account, its application, its gateway, its commands, its guilds."""

from .call import Call
from .commands import register
from .core import Core
from .errors import invalid_form, unknown
from .payloads import (
    application_payload,
    channel_payload,
    guild_payload,
    member_payload,
    own_user_payload,
    user_payload,
)
from .rest import Reply, Routes
from .world import Guild


def _me(core: Core, call: Call) -> Reply:
    return Reply(200, own_user_payload(core.world.bot))


def _user(core: Core, call: Call) -> Reply:
    user = core.world.users.get(call.snowflake("user_id"))
    if user is None:
        raise unknown("User")
    return Reply(200, user_payload(user))


def _application(core: Core, call: Call) -> Reply:
    return Reply(200, application_payload(core.world, core.settings.application_flags))


def _gateway(core: Core, call: Call) -> Reply:
    return Reply(200, {"url": core.addresses.gateway_url})


def _gateway_bot(core: Core, call: Call) -> Reply:
    return Reply(
        200,
        {
            "url": core.addresses.gateway_url,
            "shards": core.settings.recommended_shard_count,
            "session_start_limit": core.budget.payload(),
        },
    )


def _open_dm(core: Core, call: Call) -> Reply:
    user = core.world.users.get(int(call.fields["recipient_id"]))
    if user is None:
        raise unknown("User")
    return Reply(200, channel_payload(core.world.dm(user)))


def _guild_of(core: Core, call: Call) -> Guild:
    guild = core.world.guilds.get(call.snowflake("guild_id"))
    if guild is None:
        raise unknown("Guild")
    return guild


def _guild(core: Core, call: Call) -> Reply:
    return Reply(200, guild_payload(_guild_of(core, call), core.world.bot, core.world.owner, all_members=False))


def _guild_channels(core: Core, call: Call) -> Reply:
    return Reply(200, [channel_payload(channel) for channel in _guild_of(core, call).channels])


def _member(core: Core, call: Call) -> Reply:
    wanted = call.snowflake("user_id")
    for member in _guild_of(core, call).members:
        if member.id == wanted:
            return Reply(200, member_payload(member))
    raise unknown("Member")


def _own_application(core: Core, call: Call) -> int | None:
    """Check whose commands these are; the guild they are for, or None."""
    if call.params["application_id"] != str(core.world.bot.id):
        raise unknown("Application")
    return call.snowflake("guild_id") if "guild_id" in call.params else None


def _list_commands(core: Core, call: Call) -> Reply:
    return Reply(200, core.world.commands.get(_own_application(core, call), []))


def _put_commands(core: Core, call: Call) -> Reply:
    return Reply(200, register(core.world, call.body or [], _own_application(core, call)))


def _post_command(core: Core, call: Call) -> Reply:
    guild_id = _own_application(core, call)
    others = [command for command in core.world.commands.get(guild_id, []) if command["name"] != call.fields["name"]]
    return Reply(201, register(core.world, [*others, call.fields], guild_id)[-1])


def _delete_command(core: Core, call: Call) -> Reply:
    guild_id = _own_application(core, call)
    known = core.world.commands.get(guild_id, [])
    left = [command for command in known if command["id"] != call.params["command_id"]]
    if len(left) == len(known):
        raise unknown("application command")
    core.world.commands[guild_id] = left
    return Reply(204)


def _list_emojis(core: Core, call: Call) -> Reply:
    return Reply(200, {"items": core.world.emojis})


def _post_emoji(core: Core, call: Call) -> Reply:
    image = str(call.fields["image"])
    if not image.startswith("data:image/png;base64,") or len(image) > MAX_EMOJI_LENGTH:
        raise invalid_form("image", "BINARY_TYPE_MAX_SIZE", "File cannot be larger than 256.0 kb.")
    emoji = {"id": str(core.world.mint()), "name": call.fields["name"], "animated": False, "available": True}
    core.world.emojis.append(emoji)
    return Reply(201, emoji)


COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

EMOJIS = "/applications/{application_id}/emojis"
MAX_EMOJI_LENGTH = 256 * 1024 * 4 // 3
"""Characters of a picture of 256 KiB in base64."""

ACCOUNT_ROUTES: Routes = {
    ("GET", "/users/@me"): _me,
    ("POST", "/users/@me/channels"): _open_dm,
    ("GET", "/users/{user_id}"): _user,
    ("GET", "/oauth2/applications/@me"): _application,
    ("GET", "/applications/@me"): _application,
    ("GET", EMOJIS): _list_emojis,
    ("POST", EMOJIS): _post_emoji,
    ("GET", "/gateway"): _gateway,
    ("GET", "/gateway/bot"): _gateway_bot,
    ("GET", "/guilds/{guild_id}"): _guild,
    ("GET", "/guilds/{guild_id}/channels"): _guild_channels,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): _member,
    **{
        (method, template + tail): handler
        for template in (COMMANDS, GUILD_COMMANDS)
        for method, tail, handler in (
            ("GET", "", _list_commands),
            ("PUT", "", _put_commands),
            ("POST", "", _post_command),
            ("DELETE", "/{command_id}", _delete_command),
        )
    },
}
