"""Discord's refusals in words: which request, with what status and code, and what Discord says about it."""

import re
from typing import Final

import aiohttp
import discord

from modules.discord_api.request_name import request_name
from modules.log.redaction import Redactor

LONGEST_MESSAGE: Final = 100
"""Characters of Discord's own message that are repeated."""

UNAUTHORIZED: Final = 40001
"""Discord's code for a request whose token is not good."""

_LARGEST_CODE: Final = 10**7
_TOKEN_WORDS: Final = re.compile(r"\b(?:token|jwt|(?:un)?authori[sz](?:ation|ed))\b", re.IGNORECASE)


def described(answer: discord.HTTPException) -> str:
    """What was refused and why, such as `PUT /applications/{id}/commands: 400 (30034) Max number of …`.

    The message is cleaned and cut short; a page in HTML, as from Discord's edge, is not repeated.
    """
    parts = [str(answer.status), f"({code})" if (code := code_of(answer)) else "", _message(answer)]
    return f"{request_of(answer)}: " + " ".join(filter(None, parts))


def code_of(answer: discord.HTTPException) -> int:
    """Discord's own error code; 0 where the answer has none, or none that can be one."""
    # Whatever stood in the JSON: discord.py does not look at its type.
    code: object = answer.code
    return code if type(code) is int and 0 < code <= _LARGEST_CODE else 0


def refuses_token(answer: discord.HTTPException) -> bool:
    """Whether Discord refuses the bot's token, in any of the forms it has for that.

    Usually that is a 401. A token that cannot even be read is refused with 400 by some: there the words decide, and
    only for requests that carry nothing but the token.
    """
    if answer.status == 401 or code_of(answer) == UNAUTHORIZED:
        return True
    response = answer.response
    nothing_else = isinstance(response, aiohttp.ClientResponse) and response.method == "GET"
    return answer.status == 400 and nothing_else and _TOKEN_WORDS.search(_message(answer)) is not None


def request_of(answer: discord.HTTPException) -> str:
    """The name of the request that was refused."""
    response = answer.response
    return request_name(response.method, response.url) if isinstance(response, aiohttp.ClientResponse) else "a request"


def _message(answer: discord.HTTPException) -> str:
    text: object = answer.text
    if not isinstance(text, str) or answer.response.headers.get("Content-Type") != "application/json":
        return ""
    visible = "".join(character if character.isprintable() else " " for character in text[: 10 * LONGEST_MESSAGE])
    # Redacted before it is cut: half a token would no longer look like one.
    return " ".join(Redactor().text(visible).split())[:LONGEST_MESSAGE]
