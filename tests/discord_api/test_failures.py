"""Every way an attempt can end, and what is made of it."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import aiohttp
import discord
import pytest
from multidict import CIMultiDict

from modules.discord_api.failures import (
    EDGE_BAN_SECONDS,
    FATAL_CLOSE_CODES,
    PROXY_REFUSES,
    UNREADABLE,
    BrokenSetupError,
    Decision,
    SetupFault,
    classify,
)
from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.deadline import RequestTimeoutError
from modules.lifecycle.bounded import LONGEST_BAN_SECONDS
from modules.lifecycle.exit_codes import ExitCode


def answered(status: int, body: Any = "<html>", headers: dict[str, str] | None = None) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    return discord.HTTPException(response, body)


def raised_by(attempt: Callable[[], object]) -> Exception:
    """What an attempt raises, with the traceback it has then."""
    with pytest.raises(Exception) as caught:
        attempt()
    return caught.value


def closed(code: int) -> discord.ConnectionClosed:
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=0, code=code)


@pytest.mark.parametrize("code", sorted(FATAL_CLOSE_CODES))
def test_fatal_close_codes_need_a_person(code: int) -> None:
    failure = classify(closed(code))
    assert (failure.decision, failure.exit_code) == (Decision.GIVE_UP, ExitCode.CONFIG)
    assert str(code) in failure.reason


@pytest.mark.parametrize("code", [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009])
def test_other_close_codes_are_worth_another_try(code: int) -> None:
    assert classify(closed(code)).decision is Decision.RETRY


@pytest.mark.parametrize("error", [discord.LoginFailure("x"), answered(401), SetupFault("do this")])
def test_a_refused_token_or_set_up_needs_a_person(error: Exception) -> None:
    failure = classify(error)
    assert (failure.decision, failure.exit_code) == (Decision.GIVE_UP, ExitCode.CONFIG)


def test_a_missing_intent_names_what_to_switch_on() -> None:
    failure = classify(discord.PrivilegedIntentsRequired(None))
    assert failure.exit_code is ExitCode.CONFIG
    assert "Message Content" in failure.reason


@pytest.mark.parametrize(
    "error",
    [
        OSError(104, "reset"),
        ConnectionRefusedError(),
        TimeoutError(),
        TimeoutError(),
        aiohttp.ClientConnectionError(),
        aiohttp.ClientPayloadError(),
        discord.GatewayNotFound(),  # type: ignore[no-untyped-call] # theirs
        json.JSONDecodeError("x", "<html>", 0),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        answered(500),
        answered(502),
        answered(503),
        answered(520),
        answered(404),
    ],
    ids=repr,
)
def test_outages_are_worth_another_try(error: Exception) -> None:
    assert classify(error).decision is Decision.RETRY


def test_retry_after_is_honoured() -> None:
    assert classify(answered(429, headers={"Retry-After": "3600"})).wait_seconds == 3600


def test_a_wait_without_end_is_not_believed() -> None:
    assert classify(answered(429, headers={"Retry-After": "inf"})).wait_seconds == LONGEST_BAN_SECONDS
    assert classify(answered(429, headers={"Retry-After": "-5"})).wait_seconds == 0


@pytest.mark.parametrize(
    ("status", "headers", "wait_seconds"),
    [(429, {"Retry-After": "60"}, 60), (429, {}, EDGE_BAN_SECONDS), (503, {}, 0), (404, {}, 0)],
    ids=["told", "banned", "outage", "gone"],
)
def test_a_refused_handshake_is_worth_another_try_in_time(
    status: int, headers: dict[str, str], wait_seconds: float
) -> None:
    request: Any = SimpleNamespace(real_url="wss://gateway")
    refusal = aiohttp.WSServerHandshakeError(request, (), status=status, headers=CIMultiDict(headers))
    failure = classify(refusal)
    assert (failure.decision, failure.wait_seconds) == (Decision.RETRY, wait_seconds)
    assert str(status) in failure.reason


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "nan"}], ids=str)
def test_an_edge_page_without_a_time_means_a_long_wait(status: int, headers: dict[str, str]) -> None:
    assert classify(answered(status, headers=headers)).wait_seconds == EDGE_BAN_SECONDS


def test_a_rate_limit_that_discord_py_raises_is_honoured() -> None:
    assert classify(discord.RateLimited(90.0)).wait_seconds == 90
    assert classify(discord.RateLimited(float("inf"))).wait_seconds == LONGEST_BAN_SECONDS


def test_a_request_that_was_held_back_says_why() -> None:
    failure = classify(RequestBlocked("the bot may not speak", 9.0))
    assert (failure.reason, failure.wait_seconds) == ("not sent: the bot may not speak", 9.0)


def test_a_request_without_an_answer_is_named() -> None:
    failure = classify(RequestTimeoutError("GET /gateway/bot: no answer within 15 s"))
    assert failure.decision is Decision.RETRY
    assert "GET /gateway/bot" in failure.reason


def proxy_refusal(kind: type[aiohttp.ClientResponseError], status: int) -> aiohttp.ClientResponseError:
    request: Any = SimpleNamespace(real_url="http://proxy")
    return kind(request, (), status=status, headers=CIMultiDict())


@pytest.mark.parametrize(
    "error",
    [
        answered(407),
        proxy_refusal(aiohttp.ClientHttpProxyError, 407),
        proxy_refusal(aiohttp.WSServerHandshakeError, 407),
    ],
    ids=["plain", "connect", "gateway"],
)
def test_a_proxy_that_refuses_us_is_no_refusal_of_discords(error: Exception) -> None:
    failure = classify(error)
    assert (failure.decision, failure.reason) == (Decision.RETRY, PROXY_REFUSES)


def test_a_proxy_that_cannot_connect_is_named() -> None:
    assert "PROXY_URL answered HTTP 502" in classify(proxy_refusal(aiohttp.ClientHttpProxyError, 502)).reason
    key: Any = SimpleNamespace(host="h", port=1, ssl=True)
    assert "PROXY_URL" in classify(aiohttp.ClientProxyConnectionError(key, OSError(111, "refused"))).reason


def test_the_attribute_error_of_the_first_connect_is_seen_through() -> None:
    ws: Any = None
    try:
        try:
            raise closed(4014)
        except discord.ConnectionClosed:
            ws.sequence  # noqa: B018 - what discord.py's client does
    except AttributeError as error:
        assert classify(error).exit_code is ExitCode.CONFIG


def test_an_attribute_error_of_our_own_is_a_bug() -> None:
    try:
        object().nothing  # type: ignore[attr-defined]  # noqa: B018 - the bug under test
    except AttributeError as error:
        assert classify(error).exit_code is ExitCode.SOFTWARE


@pytest.mark.parametrize("payload", ["<html>", {}, [], None, 7], ids=repr)
def test_an_answer_on_which_discord_py_chokes_is_an_outage(payload: Any) -> None:
    failure = classify(raised_by(lambda: discord.ClientUser(state=Mock(), data=payload)))
    assert (failure.decision, failure.unforeseen) == (Decision.RETRY, True)
    assert failure.reason.startswith(UNREADABLE)


def test_the_same_error_raised_in_our_own_code_is_a_bug() -> None:
    def ours() -> None:
        raise KeyError("username")

    assert classify(raised_by(ours)).exit_code is ExitCode.SOFTWARE


def test_our_code_called_by_discord_py_is_still_ours() -> None:
    def parse(_text: str) -> object:
        raise TypeError

    failure = classify(raised_by(lambda: discord.utils.find(parse, [""])))
    assert failure.exit_code is ExitCode.SOFTWARE


def test_a_set_up_that_fails_is_a_bug_even_if_discord_py_refuses_it() -> None:
    def set_up() -> None:
        try:
            discord.Object(id="x")
        except TypeError as error:
            raise BrokenSetupError from error

    assert classify(raised_by(set_up)).exit_code is ExitCode.SOFTWARE


def test_anything_unknown_is_a_bug() -> None:
    failure = classify(KeyError("id"))
    assert (failure.decision, failure.exit_code) == (Decision.GIVE_UP, ExitCode.SOFTWARE)


def test_no_reason_carries_the_text_of_a_foreign_exception() -> None:
    for error in (OSError("secret"), answered(500, "secret"), KeyError("secret"), discord.LoginFailure("secret")):
        assert "secret" not in classify(error).reason
