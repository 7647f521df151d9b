"""Odds of what players named, in the dialect that they chose."""

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from tests.cogs.memory.test_saved_rolls import ask
from tests.cogs.memory.test_settings import choose
from tests.cogs.reading import said


async def test_saved_rolls_have_odds(alice: MemberActor, channel: ChannelHandle) -> None:
    await ask(alice, channel, "!save fire 8d6")
    assert "mean 29, standard deviation 4.83" in await ask(alice, channel, "!odds $fire+1")
    await ask(alice, channel, "!save fire 9d6")
    assert "mean 32.5" in await ask(alice, channel, "!odds $fire+1"), "as it is now"
    assert "no saved roll" in await ask(alice, channel, "!odds $ice")


async def test_odds_are_read_in_the_dialect_of_the_server(
    gamemaster: MemberActor, alice: MemberActor, channel: ChannelHandle
) -> None:
    assert (await ask(alice, channel, "!odds 4d6k3")).startswith("**4d6kh3**")
    await choose(gamemaster, channel, "dialect", "avrae")
    assert (await ask(alice, channel, "!odds 4d6k3")).startswith("**4d6k=3**")
    assert channel.last_message is not None
    pressed = await alice.click(channel.last_message, label="Roll it")
    assert pressed.response is not None
    assert "4d6k=3" in said(pressed.response), "a button rolls the same in every dialect"
