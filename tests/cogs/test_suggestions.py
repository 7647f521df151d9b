"""While a player types, `/roll` says what it understands."""

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.telemetry.recorder import Recorder


async def offered(player: MemberActor, channel: ChannelHandle, typed: str) -> list[tuple[str, str]]:
    return [(each["name"], each["value"]) for each in await player.autocomplete(channel, "roll", "dice", typed)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("1d20+5", "✓ 1d20+5 · 6 to 25, average 15.5"),
        ("4D6 kh3", "✓ 4d6kh3 · 3 to 18, average 12.24"),
        ("6#4d6kh3 # str", "✓ 6#4d6kh3 # str · 3 to 18, average 12.24"),
        ("1d6!", "✓ 1d6! · 1 or more, average 4.2"),
        ("1d20+5 vs 15", "✓ 1d20+5 vs 15 · 55.0 % to succeed"),
        ("8d10>=8", "✓ 8d10>=8 · 0 to 8, average 2.4"),
        ("40d20!", "✓ 40d20!"),
        ("1d20; 2d6", "✓ 1d20; 2d6"),
    ],
)
async def test_what_can_be_rolled_is_shown_as_understood(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder, typed: str, name: str
) -> None:
    assert await offered(alice, channel, typed) == [(name, typed)]
    assert not recorder.publish().totals.dice, "nobody rolled"


async def test_a_mistake_is_named_and_its_correction_offered(alice: MemberActor, channel: ChannelHandle) -> None:
    wrong, mended = await offered(alice, channel, "4d6hk3")
    assert wrong[0].startswith("✗ ")
    assert "hk" in wrong[0]
    assert mended == ("Did you mean 4d6kh3?", "4d6kh3")


async def test_a_game_is_found_by_its_name(alice: MemberActor, channel: ChannelHandle) -> None:
    (name, value), *_ = await offered(alice, channel, "vampire")
    assert "Vampire" in name
    result = await alice.slash(channel, "help", topic="vampire")
    assert result.response is not None
    assert f"`{value}`" in result.response.content, "the same as help tells"


async def test_recent_rolls_of_that_player_are_offered(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    await alice.send(channel, "!roll 2d6+3 fire")
    await alice.slash(channel, "roll", dice="1d6", label="lock")
    assert (await offered(alice, channel, ""))[:2] == [("1d6 # lock",) * 2, ("2d6+3 fire",) * 2]
    assert ("2d6+3 fire",) * 2 in await offered(alice, channel, "2d6")
    assert "fire" not in str(await offered(bob, channel, ""))


@pytest.mark.parametrize("typed", ["x" * 1_000, "(" * 100, "1d6+" * 25, "\N{RIGHT-TO-LEFT OVERRIDE}1d6", "@everyone"])
async def test_nothing_that_is_typed_breaks_the_list(alice: MemberActor, channel: ChannelHandle, typed: str) -> None:
    for name, value in await offered(alice, channel, typed):
        assert 1 <= len(name) <= 100
        assert 1 <= len(value) <= 100
