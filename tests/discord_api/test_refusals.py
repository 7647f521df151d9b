"""What is told of a refusal: request, status, code and message, and nothing that could do harm."""

from typing import Any
from unittest.mock import Mock

import aiohttp
import discord
import pytest
import yarl

from modules.discord_api.refusals import LONGEST_MESSAGE, described, refuses_token

JSON = "application/json"
TOKEN = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcdE", "abcdefghijklmnopqrstuvwxyz0123456789AB"))


def refusal(
    status: int, body: Any, method: str = "GET", path: str = "/users/@me", content_type: str = JSON
) -> discord.HTTPException:
    response = Mock(spec=aiohttp.ClientResponse, status=status, reason="", headers={"Content-Type": content_type})
    response.method, response.url = method, yarl.URL(f"https://discord.com/api/v10{path}")
    return discord.HTTPException(response, body)


def test_a_refusal_is_told_in_full() -> None:
    path = "/applications/123456789012345678/commands"
    answer = refusal(400, {"code": 30034, "message": "Max number reached"}, "PUT", path)
    assert described(answer) == "PUT /applications/{id}/commands: 400 (30034) Max number reached"


def test_a_page_is_not_repeated() -> None:
    assert described(refusal(403, "<html>anything</html>", content_type="text/html")) == "GET /users/@me: 403"


@pytest.mark.parametrize("code", ["x", {}, [], None, True, -1, 10**30, 1.5], ids=repr)
def test_a_code_that_is_none_is_left_out(code: Any) -> None:
    assert described(refusal(404, {"code": code, "message": "no"})) == "GET /users/@me: 404 no"


def test_a_message_is_cleaned_and_cut_short() -> None:
    message = "a\n\x1b[31mb\u202ec\x00 " + "x" * 100_000
    told = described(refusal(400, {"message": message})).removeprefix("GET /users/@me: 400 ")
    assert told.startswith("a [31mb c xxx")
    assert len(told) == LONGEST_MESSAGE


@pytest.mark.parametrize("padding", ["", "x" * (LONGEST_MESSAGE - 30) + " "])
def test_a_token_in_a_message_is_not_told(padding: str) -> None:
    told = described(refusal(400, {"message": f"{padding}Authorization: Bot {TOKEN}"}))
    assert TOKEN[:10] not in told


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, "<html>"),
        (401, {"message": "401: Unauthorized", "code": 0}),
        (400, {"message": "Unauthorized", "code": 40001}),
        (403, {"message": "Unauthorized", "code": 40001}),
        (400, {"message": "Malformed Authorization header", "code": 0}),
        (400, {"message": "Error: Invalid Token", "code": 400}),
    ],
    ids=str,
)
def test_a_token_is_refused_in_many_forms(status: int, body: Any) -> None:
    assert refuses_token(refusal(status, body))


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, {"message": "Max number reached", "code": 30034}, "PUT"),
        refusal(400, {"message": "no token may stand in a name", "code": 50035}, "PUT"),
        refusal(400, "<html>Bad token</html>", content_type="text/html"),
        refusal(403, {"message": "Missing Access", "code": 50001}),
        refusal(404, {"message": "Unknown token", "code": 10017}),
        refusal(503, "upstream"),
    ],
    ids=str,
)
def test_other_refusals_say_nothing_of_the_token(answer: discord.HTTPException) -> None:
    assert not refuses_token(answer)
