"""What went wrong with an attempt to reach Discord, and whether trying again can help."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import aiohttp
import discord

from modules.runtime.exit_codes import ExitCode

UNTRUSTED: Final = (
    "Discord's certificate is not trusted here: the system's clock may be wrong, its authorities out of date, or a "
    "proxy reading along, whose authority SSL_CERT_FILE can name"
)

EDGE_BAN_SECONDS = 15 * 60.0
"""The least wait after a 429 or 403 page from Discord's edge that names no time: such bans last about an hour."""

LONGEST_BAN_SECONDS = 86_400.0
"""The longest wait that is believed."""

REFUSED_AT_LOGIN = "Discord does not accept DISCORD_TOKEN (401): reset it in the developer portal, Bot page"

_SWITCH_IT_ON = "switch it on in the developer portal, Bot page, Privileged Gateway Intents"

MESSAGE_CONTENT_OFF = f"the Message Content intent is off: {_SWITCH_IT_ON}"
"""Known before the gateway is asked, and before it costs an IDENTIFY."""

FATAL_CLOSE_CODES = {
    4004: "Discord does not accept DISCORD_TOKEN (gateway close 4004): reset it in the developer portal, Bot page",
    4010: "SHARD_ID and SHARD_COUNT do not fit together (gateway close 4010)",
    4011: "the bot is in too many servers for one shard (gateway close 4011): raise SHARD_COUNT",
    4012: "this version of discord.py speaks a gateway version that Discord no longer accepts (gateway close 4012)",
    4013: "the intents asked for are not valid (gateway close 4013)",
    4014: f"the Message Content intent is off (gateway close 4014): {_SWITCH_IT_ON}",
}
"""Close codes after which Discord wants no reconnect, and what a person can do about each."""


class SetupFault(Exception):  # noqa: N818 - the house says fault for what a person has to mend
    """The bot's set-up at Discord needs a person; the text says what to do."""


class Verdict(Enum):
    """What the supervisor does next."""

    RETRY = "retry"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt.

    Attributes:
        verdict: Whether another attempt can succeed without a person.
        reason: A clause for people; no token, no exception text of unknown origin.
        exit_code: What the process ends with if the verdict is to give up.
        wait_seconds: The least time before the next attempt.
    """

    verdict: Verdict
    reason: str
    exit_code: ExitCode = ExitCode.TEMPORARY
    wait_seconds: float = 0.0


def classify(error: BaseException) -> Failure:
    """Judge what ended an attempt.

    Whatever is not known to need a person is worth another try: a process that exits on an outage is restarted by its
    platform at once, and the restarts earn the ban that waiting would have avoided.

    Args:
        error: What `login` or `connect` raised.

    Returns:
        The judgement; `SOFTWARE` marks a bug of ours.
    """
    match _cause_of_first_connect(error):
        case SetupFault() as fault:
            return _needs_a_person(str(fault))
        case discord.LoginFailure():
            return _needs_a_person(REFUSED_AT_LOGIN)
        case discord.PrivilegedIntentsRequired():
            return _needs_a_person(FATAL_CLOSE_CODES[4014])
        case discord.ConnectionClosed() as closed:
            return _judge_close(closed.code)
        case discord.RateLimited() as limited:
            return Failure(Verdict.RETRY, "rate-limited by Discord", wait_seconds=limited.retry_after)
        case discord.HTTPException() as answer:
            return _judge_answer(answer)
        # This and the next are ClientErrors too: they stand before that case, since more is known of them.
        case aiohttp.WSServerHandshakeError() as refusal:
            return _judge_handshake(refusal)
        case aiohttp.ClientConnectorCertificateError():
            return Failure(Verdict.RETRY, UNTRUSTED)
        # A ValueError is an edge's page where JSON was promised: JSONDecodeError or UnicodeDecodeError.
        case discord.GatewayNotFound() | aiohttp.ClientError() | OSError() | ValueError() as outage:
            return Failure(Verdict.RETRY, f"Discord could not be reached ({type(outage).__name__})")
        case bug:
            return Failure(Verdict.GIVE_UP, f"a bug in the bot ({type(bug).__name__})", ExitCode.SOFTWARE)


def _cause_of_first_connect(error: BaseException) -> BaseException:
    """See through the AttributeError that discord.py raises when the first gateway connect fails.

    Its reconnect path reads `self.ws.sequence` while `self.ws` is still None (Rapptz/discord.py#10520).
    """
    first = isinstance(error, AttributeError) and error.obj is None
    return error.__context__ if first and error.__context__ is not None else error


def _needs_a_person(what_to_do: str) -> Failure:
    return Failure(Verdict.GIVE_UP, what_to_do, ExitCode.CONFIG)


def _judge_close(code: int) -> Failure:
    if reason := FATAL_CLOSE_CODES.get(code):
        return _needs_a_person(reason)
    return Failure(Verdict.RETRY, f"the gateway closed the connection ({code})")


def _judge_answer(error: discord.HTTPException) -> Failure:
    if error.status == 401:
        return _needs_a_person(REFUSED_AT_LOGIN)
    wait = _retry_after(error.response.headers)
    # discord.py gives the code 0 to what is no JSON of the API, like a page from the edge.
    at_the_edge = not error.code and error.status in (403, 429)
    if at_the_edge and wait is None:
        return _refused_at_the_edge(error.status)
    what = "rate-limited by Discord" if error.status == 429 else f"Discord answered HTTP {error.status}"
    return Failure(Verdict.RETRY, what, wait_seconds=wait or 0.0)


def _judge_handshake(error: aiohttp.WSServerHandshakeError) -> Failure:
    wait = _retry_after(error.headers or {})
    if error.status == 429 and wait is None:
        return _refused_at_the_edge(error.status)
    return Failure(Verdict.RETRY, f"the gateway answered HTTP {error.status}", wait_seconds=wait or 0.0)


def _refused_at_the_edge(status: int) -> Failure:
    return Failure(Verdict.RETRY, f"refused at Discord's edge (HTTP {status})", wait_seconds=EDGE_BAN_SECONDS)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asked us to stay away; None where it did not say."""
    try:
        seconds = float(headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return None if math.isnan(seconds) else min(max(0.0, seconds), LONGEST_BAN_SECONDS)
