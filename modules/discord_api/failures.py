"""What went wrong with an attempt to reach Discord, and whether trying again can help."""

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import aiohttp
import discord

from modules.discord_api.refusals import code_of, described, refuses_token, request_of
from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.deadline import RequestTimeoutError
from modules.lifecycle.bounded import LONGEST_BAN_SECONDS, bounded_seconds
from modules.lifecycle.exit_codes import ExitCode

UNTRUSTED: Final = (
    "Discord's certificate is not trusted here: the system's clock may be wrong, its authorities out of date, or a "
    "proxy reading along, whose authority SSL_CERT_FILE can name"
)

EDGE_BAN_SECONDS = 15 * 60.0
"""The least wait after a 429 or 403 page from Discord's edge that names no time: such bans last about an hour."""

PROXY_REFUSES = "the proxy of PROXY_URL refuses its user name or password (407)"

UNREADABLE = "Discord gave an answer that cannot be read"

_LIBRARIES = frozenset({"discord", "aiohttp"})
"""What stands between Discord's answers and our code."""

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


class BrokenSetupError(Exception):
    """The bot could not put itself together, which is a bug of ours."""


class Decision(Enum):
    """What the supervisor does next."""

    RETRY = "retry"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt.

    Attributes:
        decision: Whether another attempt can succeed without a person.
        reason: A clause for people; no token, and of text from outside only what was cleaned and cut short.
        exit_code: What the process ends with if the decision is to give up.
        wait_seconds: The least time before the next attempt.
        unforeseen: Whether the log needs the traceback to explain it.
    """

    decision: Decision
    reason: str
    exit_code: ExitCode = ExitCode.SOFTWARE
    wait_seconds: float = 0.0
    unforeseen: bool = False


def classify(error: BaseException) -> Failure:
    """Judge what ended an attempt.

    Whatever is not known to need a person is worth another try: a process that exits on an outage is restarted by its
    platform at once, and the restarts earn the ban that waiting would have avoided.

    An error of a type that nobody foresaw is judged by where it started. Raised in discord.py or aiohttp (or in what
    they called), it means that they were given an answer that they cannot read: an outage. Raised in code of ours, it
    is a bug. What fails while the bot sets itself up is raised anew there, so that a cog that discord.py refuses is
    a bug too.

    Returns:
        The judgement; `SOFTWARE` marks a bug of ours.
    """
    match _cause_of_first_connect(error):
        case SetupFault() as fault:
            return _needs_a_person(str(fault))
        case discord.LoginFailure() as refused:
            return _refused_token(refused.__cause__)
        case discord.PrivilegedIntentsRequired():
            return _needs_a_person(FATAL_CLOSE_CODES[4014])
        case discord.ConnectionClosed() as closed:
            return _judge_close(closed.code)
        case discord.RateLimited() as limited:
            return _judge_rate_limit(limited)
        case discord.HTTPException() as answer:
            return _judge_answer(answer)
        case other:
            return _judge_the_way(other) or _judge_by_origin(other)


def _judge_the_way(error: BaseException) -> Failure | None:
    """Judge what can go wrong between here and Discord; None for an error that does not belong there."""
    match error:
        # These are ClientErrors or OSErrors too: they stand before that case, since more is known of them.
        case aiohttp.WSServerHandshakeError() as refusal:
            return _judge_handshake(refusal)
        case aiohttp.ClientHttpProxyError() as refusal:
            reason = (
                PROXY_REFUSES if refusal.status == 407 else f"the proxy of PROXY_URL answered HTTP {refusal.status}"
            )
        case aiohttp.ClientProxyConnectionError():
            reason = "the proxy of PROXY_URL could not be reached"
        case aiohttp.ClientConnectorCertificateError():
            reason = UNTRUSTED
        case RequestTimeoutError():
            reason = f"Discord could not be reached ({error})"
        case discord.GatewayNotFound() | aiohttp.ClientError() | OSError():
            reason = f"Discord could not be reached ({type(error).__name__})"
        # JSONDecodeError or UnicodeDecodeError: an edge's page where JSON was promised.
        case ValueError():
            reason = f"{UNREADABLE} ({type(error).__name__})"
        case _:
            return None
    return Failure(Decision.RETRY, reason)


def _judge_by_origin(error: BaseException) -> Failure:
    name = type(error).__name__
    if _started_in_a_library(error):
        return Failure(Decision.RETRY, f"{UNREADABLE} ({name})", unforeseen=True)
    return Failure(Decision.GIVE_UP, f"a bug in the bot ({name})", ExitCode.SOFTWARE, unforeseen=True)


def _started_in_a_library(error: BaseException) -> bool:
    """Whether the innermost frame that is not the standard library's is discord.py's or aiohttp's."""
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    packages = (name.partition(".")[0] for name in reversed(modules))
    return next((name for name in packages if name not in sys.stdlib_module_names), None) in _LIBRARIES


def _cause_of_first_connect(error: BaseException) -> BaseException:
    """See through the AttributeError that discord.py raises when the first gateway connect fails.

    Its reconnect path reads `self.ws.sequence` while `self.ws` is still None (Rapptz/discord.py#10520).
    """
    first = isinstance(error, AttributeError) and error.obj is None
    return error.__context__ if first and error.__context__ is not None else error


def _needs_a_person(what_to_do: str) -> Failure:
    return Failure(Decision.GIVE_UP, what_to_do, ExitCode.CONFIG)


def _judge_close(code: int) -> Failure:
    if reason := FATAL_CLOSE_CODES.get(code):
        return _needs_a_person(reason)
    return Failure(Decision.RETRY, f"the gateway closed the connection ({code})")


def _judge_rate_limit(limited: discord.RateLimited) -> Failure:
    reason = str(limited) if isinstance(limited, RequestBlocked) else "rate-limited by Discord"
    wait = bounded_seconds(limited.retry_after, LONGEST_BAN_SECONDS, "retry_after")
    return Failure(Decision.RETRY, reason, wait_seconds=wait or 0.0)


def _judge_answer(answer: discord.HTTPException) -> Failure:
    if refuses_token(answer):
        return _refused_token(answer)
    wait = _retry_after(answer.response.headers)
    # discord.py gives the code 0 to what is no JSON of the API, like a page from the edge.
    at_the_edge = not answer.code and answer.status in (403, 429)
    if at_the_edge and wait is None:
        return _refused_at_the_edge(answer.status, request_of(answer))
    return Failure(Decision.RETRY, _told(answer), wait_seconds=wait or 0.0)


def _told(answer: discord.HTTPException) -> str:
    if answer.status == 407:
        return PROXY_REFUSES
    if answer.status == 429:
        return f"rate-limited by Discord: {described(answer)}"
    return f"Discord {'refused' if answer.status < 500 else 'failed'} {described(answer)}"


def _refused_token(answer: BaseException | None) -> Failure:
    how = "401"
    if isinstance(answer, discord.HTTPException):
        how = f"{answer.status}, code {code}" if (code := code_of(answer)) else str(answer.status)
    return _needs_a_person(f"Discord does not accept DISCORD_TOKEN ({how}): reset it in the developer portal, Bot page")


def _judge_handshake(error: aiohttp.WSServerHandshakeError) -> Failure:
    wait = _retry_after(error.headers or {})
    if error.status == 429 and wait is None:
        return _refused_at_the_edge(error.status, "the gateway")
    what = PROXY_REFUSES if error.status == 407 else f"the gateway answered HTTP {error.status}"
    return Failure(Decision.RETRY, what, wait_seconds=wait or 0.0)


def _refused_at_the_edge(status: int, request: str) -> Failure:
    reason = f"refused at Discord's edge (HTTP {status}): {request}"
    return Failure(Decision.RETRY, reason, wait_seconds=EDGE_BAN_SECONDS)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asked us to stay away; None where it did not say."""
    return bounded_seconds(headers.get("Retry-After"), LONGEST_BAN_SECONDS, "Retry-After")
