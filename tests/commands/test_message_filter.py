"""The first look at a message, before anything is made of it."""

from typing import Any

import pytest
from discord import MessageType

from modules.commands.message_filter import may_be_a_command, may_hold_dice
from modules.storage.records import GuildSettings

BEGINNINGS = ("!", "<@42>", "<@!42>")


def message(content: object, **more: Any) -> dict[str, Any]:
    return {"id": "7", "type": 0, "author": {"id": "5"}, "content": content, **more}


@pytest.mark.parametrize(
    ("content", "more", "wanted"),
    [
        ("!roll 2d6", {}, True),
        ("<@42> roll 2d6", {}, True),
        ("<@!42> roll 2d6", {}, True),
        ("so I said !roll", {}, False),
        ("<@1> hello", {}, False),
        ("", {}, False),
        ("!roll 2d6", {"author": {"id": "5", "bot": True}}, False),
        ("!roll 2d6", {"webhook_id": "9"}, False),
    ],
)
def test_only_what_begins_like_a_command_of_a_person_is_read(content: str, more: dict[str, Any], wanted: bool) -> None:
    assert may_be_a_command(message(content, **more), BEGINNINGS) is wanted


def test_only_types_in_which_people_write_are_read() -> None:
    read = {kind for kind in MessageType if may_be_a_command(message("!roll", type=kind.value), BEGINNINGS)}
    assert {kind.name for kind in read} == {"default", "reply", "chat_input_command", "context_menu_command"}


@pytest.mark.parametrize("kind", [99, -1, None, "0"])
def test_a_type_that_nobody_knows_is_left_unread(kind: object) -> None:
    assert may_be_a_command(message("!roll", type=kind), BEGINNINGS) is False


@pytest.mark.parametrize("spoilt", [{"type": []}, {"content": None}, {"author": None}], ids=str)
def test_a_message_of_another_shape_is_told_by_an_error(spoilt: dict[str, Any]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        may_be_a_command({**message("!roll"), **spoilt}, BEGINNINGS)


@pytest.mark.parametrize(
    ("content", "inline", "direct"),
    [
        ("I hit with [[1d20+7]]", True, False),
        ("2d6+3", False, True),
        ("2d6 are enough", False, True),
        ("hello", False, False),
        ("2d6" + "+1" * 60, False, False),
    ],
)
def test_dice_are_looked_for_where_a_guild_wants_that_alone(content: str, inline: bool, direct: bool) -> None:
    assert may_hold_dice(content, GuildSettings(inline_rolls=True)) is inline
    assert may_hold_dice(content, GuildSettings(direct_notation=True)) is direct
    assert not may_hold_dice(content, GuildSettings())
