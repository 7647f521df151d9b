"""Who asked for a roll: for the service that rolls, and for the answer."""

from modules.commands.invocation import Invocation
from modules.rendering.language import translated
from modules.services.rolls import RollRequest


def request_of(invocation: Invocation, notation: str) -> RollRequest:
    """What to roll for whoever asked."""
    return RollRequest(
        notation,
        actor_id=invocation.actor.id,
        guild_id=invocation.guild_id,
        channel_id=invocation.channel_id,
        source_id=invocation.source_id,
        answer_index=invocation.reply_count,
    )


def by(what: str, invocation: Invocation) -> str:
    """Who pressed; a mention, which no name can forge, and which pings nobody."""
    return translated("{what}, by {who}", what=translated(what), who=f"<@{invocation.actor.id}>")
