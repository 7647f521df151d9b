from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.ext import commands

from modules.commands.sentences import incident_sentence, reason_for_silence, sentence_for


@pytest.mark.parametrize(
    "error",
    [
        commands.NoPrivateMessage(),
        commands.NotOwner("who is @everyone"),
        commands.MissingPermissions(["ban_members"]),
        commands.CheckFailure("inner"),
        commands.BadArgument("inner"),
        commands.ExpectedClosingQuoteError('"'),
        commands.DisabledCommand("inner"),
    ],
    ids=lambda e: type(e).__name__,
)
def test_a_users_error_has_a_sentence_without_the_exceptions_text(error: Exception) -> None:
    sentence = sentence_for(error, "!roll 2d6")
    assert sentence is not None
    assert "inner" not in sentence
    assert "@everyone" not in sentence


def test_an_error_about_arguments_shows_how_it_is_written() -> None:
    assert "`!help [command]`" in (sentence_for(commands.BadArgument("x"), "!help [command]") or "")


def test_our_own_errors_have_no_sentence_but_an_incident() -> None:
    assert sentence_for(ZeroDivisionError(), "!roll") is None
    assert "`ab12`" in incident_sentence("ab12")


@pytest.mark.parametrize("code", [0, 50013, 99_999])
def test_whoever_may_not_be_answered_is_not_told_so(code: int) -> None:
    response = cast("Any", SimpleNamespace(status=403, reason="Forbidden"))
    assert reason_for_silence(discord.Forbidden(response, {"code": code, "message": "no"})) is not None
