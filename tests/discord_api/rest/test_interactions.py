"""What counts as taken of an answer to an interaction, whatever Discord sends back."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.webhook.async_ import async_context

from modules.discord_api.rest import interactions
from modules.discord_api.rest.messages import UnconfirmedSendError

ANSWERS: list[Callable[[Any], Awaitable[Any]]] = [
    interactions.defer,
    lambda interaction: interactions.respond(interaction, {"content": "x"}),
    lambda interaction: interactions.replace_source(interaction, {"content": "x"}),
]
MESSAGES: list[Callable[[Any], Awaitable[Any]]] = [
    lambda interaction: interactions.follow_up(interaction, {"content": "x"}),
    lambda interaction: interactions.edit_original(interaction, {"content": "x"}),
    lambda interaction: interactions.edit_follow_up(interaction, 1, {"content": "x"}),
]


@contextmanager
def answering(answer: object) -> Iterator[None]:
    """Discord answers every request about an interaction like this; an error is raised."""

    async def request(*_: object, **__: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    names = (
        "create_interaction_response",
        "execute_webhook",
        "edit_webhook_message",
        "edit_original_interaction_response",
    )
    adapter: Any = SimpleNamespace(**dict.fromkeys(names, request))
    token = async_context.set(adapter)
    try:
        yield
    finally:
        async_context.reset(token)


def interaction() -> Any:
    http = SimpleNamespace(proxy=None, proxy_auth=None)
    response = SimpleNamespace(_response_type=None)
    return SimpleNamespace(
        id=1, token="t", application_id=2, client=SimpleNamespace(http=http), _session=None, response=response
    )


@pytest.mark.parametrize("send", ANSWERS)
async def test_a_callback_is_confirmed_by_the_interaction_it_names(send: Callable[[Any], Awaitable[Any]]) -> None:
    asked = interaction()
    with answering({"interaction": {"id": "1", "response_message_id": "7"}}):
        assert await send(asked) in {None, 7}
    assert isinstance(asked.response._response_type, discord.InteractionResponseType)


async def test_the_message_may_go_unnamed() -> None:
    with answering({"interaction": {"id": "1"}}):
        assert await interactions.respond(interaction(), {"content": "x"}) is None


@pytest.mark.parametrize("send", MESSAGES)
async def test_a_message_is_confirmed_by_its_id(send: Callable[[Any], Awaitable[Any]]) -> None:
    with answering({"id": "7"}):
        assert await send(interaction()) in {None, 7}


@pytest.mark.parametrize("send", [*ANSWERS, *MESSAGES])
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<html>",
        {},
        [],
        None,
        {"interaction": 1},
        {"interaction": None},
        json.JSONDecodeError("", "", 0),
        RecursionError(),
    ],
)
async def test_anything_else_confirms_nothing(send: Callable[[Any], Awaitable[Any]], answer: object) -> None:
    asked = interaction()
    with answering(answer), pytest.raises(UnconfirmedSendError):
        await send(asked)
    assert asked.response._response_type is None
