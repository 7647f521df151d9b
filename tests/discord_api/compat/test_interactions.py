"""How discord.py answers interactions: each of these fails when a new version does it otherwise."""

import inspect
from typing import Any

import discord
from discord.http import MultipartParameters
from discord.webhook.async_ import AsyncWebhookAdapter


def source_of(thing: Any) -> str:
    return inspect.getsource(thing)


def test_it_answers_through_the_adapter_of_its_context() -> None:
    source = source_of(discord.InteractionResponse.send_message)
    assert "adapter = async_context.get()" in source
    assert "session=parent._session" in source
    assert "proxy=http.proxy" in source
    assert "proxy_auth=http.proxy_auth" in source


def test_the_first_answer_is_noted_where_we_note_it() -> None:
    assert "self._response_type is not None" in source_of(discord.InteractionResponse.is_done)
    assert "self._response_type = InteractionResponseType.channel_message" in source_of(
        discord.InteractionResponse.send_message
    )


def test_requests_take_what_we_give_them() -> None:
    for request in ("execute_webhook", "edit_webhook_message", "edit_original_interaction_response"):
        names = set(inspect.signature(getattr(AsyncWebhookAdapter, request)).parameters)
        assert {"session", "proxy", "proxy_auth", "payload", "multipart", "files"} <= names
    assert "'with_response': '1'" in source_of(AsyncWebhookAdapter.create_interaction_response)
    assert MultipartParameters._fields == ("payload", "multipart", "files")
