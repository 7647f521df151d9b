"""IDENTIFY: who is let in, and what they are told first."""

from .core import Core
from .errors import Json
from .identify import Verdict
from .payloads import (
    MESSAGE_CONTENT_INTENT_ON,
    PRESENCE_INTENT_ON,
    SERVER_MEMBERS_INTENT_ON,
    guild_payload,
    own_user_payload,
)
from .sessions import GUILD_MEMBERS, GUILD_PRESENCES, GUILDS, MESSAGE_CONTENT, Session, encode
from .snowflakes import shard_of

ALL_INTENTS = (1 << 26) - 1
MAX_GUILDS_A_SHARD = 2500
API_VERSIONS = ("9", "10")

PRIVILEGED = {
    GUILD_MEMBERS: (SERVER_MEMBERS_INTENT_ON, 1 << 14),
    GUILD_PRESENCES: (PRESENCE_INTENT_ON, 1 << 12),
    MESSAGE_CONTENT: (MESSAGE_CONTENT_INTENT_ON, 1 << 18),
}
"""The intents that must be switched on in the portal, and the two application flags either of which says so."""


def close_code_for(core: Core, identify: Json, version: str) -> int | None:
    """The code a wrong IDENTIFY is closed with, or None for a right one."""
    if not core.accepts(str(identify.get("token", ""))):
        return 4004
    if version not in API_VERSIONS:
        return 4012
    shard_id, shard_count = identify.get("shard") or (0, 1)
    if not 0 <= shard_id < shard_count:
        return 4010
    if sum(shard_of(guild, shard_count) == shard_id for guild in core.world.guilds) > MAX_GUILDS_A_SHARD:
        return 4011
    return _intents_close_code(identify.get("intents"), core.settings.application_flags)


def _intents_close_code(intents: object, application_flags: int) -> int | None:
    if not isinstance(intents, int) or not 0 <= intents <= ALL_INTENTS:
        return 4013
    for intent, flags in PRIVILEGED.items():
        if intents & intent and not any(application_flags & flag for flag in flags):
            return 4014
    return None


def admit(core: Core, identify: Json) -> Session | None:
    """Spend one start of the budget on a right IDENTIFY; None if it came too soon or too often."""
    shard_id, shard_count = identify.get("shard") or (0, 1)
    verdict = core.budget.admit(shard_id)
    if verdict is Verdict.SPENT and core.budget.resets_token:
        core.revoke_token()
    if verdict is not Verdict.ADMITTED:
        return None
    return Session((shard_id, shard_count), int(identify["intents"]), core.settings.replay_limit)


def welcome(core: Core, session: Session, resume_url: str) -> None:
    """READY, then every guild of the shard."""
    guilds = [guild for guild in core.world.guilds.values() if session.sees(guild.id)]
    ready: Json = {
        "v": 10,
        "user": own_user_payload(core.world.bot),
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
        "private_channels": [],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": resume_url,
        "shard": list(session.shard),
        "application": {"id": str(core.world.bot.id), "flags": core.settings.application_flags},
    }
    session.dispatch("READY", encode(ready))
    if not session.intents & GUILDS:
        return
    for guild in guilds:
        if guild.available:
            all_members = bool(session.intents & GUILD_MEMBERS)
            payload = guild_payload(guild, core.world.bot, core.world.owner, all_members=all_members)
            session.dispatch("GUILD_CREATE", encode(payload))
