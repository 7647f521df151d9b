"""Answers as discord.py would read them, and as it does."""

import json
import math

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from modules.discord_api.rest.answers import (
    UNSTATED_SECONDS,
    checked_bucket,
    checked_limit,
    correct,
    is_discords_own,
)
from modules.discord_api.rest.messages import UnconfirmedSendError, created
from modules.discord_api.rest.route import RestRoute
from tests.discord_api.rest.made_answers import DISCORD, JSON, answer

SEND = RestRoute(7, is_send=True)
INTERACTION = RestRoute(answers_interaction=True)
BUCKET = {
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "4",
    "X-RateLimit-Reset": "1700000000.000",
    "X-RateLimit-Reset-After": "5.000",
    "X-RateLimit-Bucket": "abcd",
}
ELSEWHERE = "http://127.0.0.1:1/api/v10/channels/7/messages"


@pytest.mark.parametrize("headers", [{}, BUCKET, {"X-RateLimit-Reset-After": "1e9"}], ids=["none", "all", "unread"])
def test_a_bucket_that_makes_sense_or_is_not_read_stays(headers: dict[str, str]) -> None:
    assert checked_bucket(CIMultiDict(headers), 60.0, print) is None


@pytest.mark.parametrize(("stated", "read"), [("1e9", "60.000"), ("Infinity", "60.000"), ("-5", "0.000")])
def test_a_time_to_a_reset_is_capped(stated: str, read: str) -> None:
    changed = checked_bucket(CIMultiDict({**BUCKET, "X-RateLimit-Reset-After": stated}), 60.0, print)
    assert changed == CIMultiDict({**BUCKET, "X-RateLimit-Reset-After": read})


@pytest.mark.parametrize(
    ("name", "value"),
    [("Limit", "0"), ("Limit", "many"), ("Remaining", "9" * 5_000), ("Reset-After", "NaN"), ("Reset-After", "")],
)
def test_a_bucket_that_makes_no_sense_is_not_read(name: str, value: str) -> None:
    headers = CIMultiDict({**BUCKET, f"X-RateLimit-{name}": value, "X-RateLimit-Scope": "user"})
    assert checked_bucket(headers, 60.0, print) == CIMultiDict({"X-RateLimit-Scope": "user"})


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (b'{"retry_after": 0.25}', {"Retry-After": "1"}, 0.25),
        (b'{"retry_after": 1e13}', {}, 86_400.0),
        (b'{"retry_after": NaN}', {"Retry-After": "3"}, 3.0),
        (b'{"retry_after": "soon"}', {}, UNSTATED_SECONDS),
        (b"{}", {"Retry-After": "2"}, 2.0),
        (b"[1]", {}, UNSTATED_SECONDS),
        (b"{", {}, UNSTATED_SECONDS),
        (b"[" * 9_999, {}, UNSTATED_SECONDS),
    ],
)
def test_a_rate_limit_states_the_same_finite_wait_in_header_and_body(
    body: bytes, headers: dict[str, str], seconds: float
) -> None:
    changed, rewritten = checked_limit(CIMultiDict(headers), body, 86_400.0, print)
    assert json.loads(rewritten)["retry_after"] == seconds
    assert float(changed["Retry-After"]) == seconds


@pytest.mark.parametrize(("body", "headers"), [(b'{"global": true}', {}), (b"{}", {"X-RateLimit-Global": "true"})])
def test_a_global_limit_is_one_wherever_it_says_so(body: bytes, headers: dict[str, str]) -> None:
    changed, rewritten = checked_limit(CIMultiDict(headers), body, 60.0, print)
    assert changed["X-RateLimit-Global"] == "true"
    assert json.loads(rewritten)["global"] is True


JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["retry_after", "code", "message", "errors"]), inner)
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())


@given(
    st.sampled_from([400, 403, 404, 429, 503]),
    JSON_TEXT,
    st.dictionaries(st.sampled_from(list(BUCKET)), st.text("0123456789.eE-naif")),
)
async def test_whatever_is_answered_discord_py_can_make_its_error_of_it(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    response = answer(status, body, {**JSON, **headers})
    await correct(response, SEND, print)
    stated = json.loads(await response.text(encoding="utf-8"))
    assert isinstance(discord.HTTPException(response, stated).code, int)
    if status == 429:
        assert math.isfinite(stated["retry_after"])
        assert 0 <= stated["retry_after"] <= 86_400


async def test_what_makes_sense_is_left_as_it_is() -> None:
    body = b'{"code": 50035, "message": "Invalid Form Body", "errors": {"content": {"_errors": [{"message": "long"}]}}}'
    response = answer(400, body, {**JSON, **BUCKET})
    await correct(response, SEND, print)
    assert await response.read() == body
    assert dict(response.headers) == {**JSON, **BUCKET}


@pytest.mark.parametrize(
    ("url", "headers", "is_believed"),
    [
        (ELSEWHERE, {"X-RateLimit-Scope": "user"}, True),
        (ELSEWHERE, {"X-RateLimit-Bucket": "abcd"}, True),
        (ELSEWHERE, {}, False),
        (DISCORD, {"X-RateLimit-Scope": "user"}, False),
    ],
)
async def test_only_another_servers_limit_is_believed_without_via_and_only_if_it_names_what_is_limited(
    url: str, headers: dict[str, str], is_believed: bool
) -> None:
    response = answer(429, b'{"retry_after": 1}', {**JSON, **headers}, url)
    await correct(response, SEND, print)
    assert ("Via" in response.headers) is is_believed


async def test_no_interaction_waits_for_longer_than_half_a_minute() -> None:
    response = answer(429, b'{"retry_after": 600}')
    await correct(response, INTERACTION, print)
    assert (await response.json())["retry_after"] == 30
    response = answer(200, b"{}", {**JSON, **BUCKET, "X-RateLimit-Reset-After": "600"})
    await correct(response, INTERACTION, print)
    assert response.headers["X-RateLimit-Reset-After"] == "30.000"


@pytest.mark.parametrize("host", ["discord.com", "canary.discord.com"])
def test_discord_is_known_by_its_name(host: str) -> None:
    assert is_discords_own(host)


@pytest.mark.parametrize("host", [None, "", "notdiscord.com", "discord.com.example", "127.0.0.1"])
def test_nobody_else_is_taken_for_it(host: str | None) -> None:
    assert not is_discords_own(host)


async def answering(answer: object) -> object:
    return answer


@pytest.mark.parametrize("answered", [{"id": "1"}, {"id": "1234567890123456789", "content": "x"}])
async def test_a_thing_with_an_id_was_created(answered: object) -> None:
    assert await created(answering(answered)) == answered


@pytest.mark.parametrize(
    "answered", [None, "", "<html>", [], {}, {"id": 1}, {"id": ""}, {"id": "x"}, {"id": None}, {"id": "²"}]
)
async def test_anything_else_was_not(answered: object) -> None:
    with pytest.raises(UnconfirmedSendError):
        await created(answering(answered))
