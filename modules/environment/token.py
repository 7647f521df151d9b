"""Validation of the bot token, with the likely reason of each mistake."""

import re

from modules.environment.setting import RefusedError, Secret

WANTED = "the bot's token, from discord.com/developers/applications: your application, Bot, Reset Token, Copy"
"""How to get one."""

PLACEHOLDER = "put-your-bot-token-here"
"""What stands in `.env.example`."""

_AGAIN = "the token in one piece; copy it again"
_MISTAKES = (
    (rf"\W*{PLACEHOLDER}\W*|<.*>|(your|put|paste|insert|replace|change|xxx)[\w -]*", "is still a placeholder", WANTED),
    (r"[\"'`\u2018-\u201f].*|.*[\"'`\u2018-\u201f]", "is wrapped in quotes", "the token alone, without quotes"),
    (r"\s.*|.*\s", "starts or ends with a space or a line break", "the token alone, without spaces around it"),
    (r"(bot|bearer)[\s:].*", "starts with the word Bot or Bearer", "the token alone, without the word before it"),
    (r"(discord_)?token\s*=.*", "repeats the variable's name", "the token alone, without what stands before it"),
    (r".*\s.*", "has a space or a line break inside", _AGAIN),
    (r"\d{15,21}", "looks like the application id or a user's id, which is no secret", WANTED),
    (r"[0-9a-f]{64}", "looks like the application's public key", WANTED),
    (r"[\w-]{32}", "looks like the client secret of the page OAuth2", WANTED),
    (r".*[^\w.-].*", "has a character that no token has", _AGAIN),
    (r"(?!([\w-]+\.){2}[\w-]+$).*", "does not have three parts joined by two dots", _AGAIN),
)
"""Pattern, problem and what is wanted instead; the likeliest explanation of a text stands before the vaguer ones."""


def bot_token(text: str) -> Secret:
    """A text that can be a bot token; whether Discord takes it only Discord can say.

    Raises:
        RefusedError: It cannot be one, with the likeliest reason and never the text.
    """
    for pattern, problem, wanted in _MISTAKES:
        if re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL | re.ASCII):
            raise RefusedError(problem, wanted)
    return Secret(text)
