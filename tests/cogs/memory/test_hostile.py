"""Whatever people put into comments, labels and names: it forges nothing, links nothing, breaks nothing."""

import re

import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from tests.cogs.reading import said

TEXTS = (
    "[free nitro](https://evil.example)", "https://evil.example", "@everyone", "<@&1>", "**20**",
    "# 20 · critical success", "```fence```", "`", "> quote", "||hidden||",
    "\N{RIGHT-TO-LEFT OVERRIDE}02", "\N{ZERO WIDTH SPACE}" * 2, "\u0301" * 50,
    "שלום", "a\nb", "x" * 1_900, "{who} {0} %s", "\\",
)  # fmt: skip
PLACES = ("!roll 1d20 # {}", "!roll 1d20[{}]+1", "!save a 1d20 # {}", "!a", "!saved", "!character new {}", "!help {}")
CODE = re.compile(r"`{3}.*?`{3}|`[^`]*`", re.DOTALL)


@pytest.fixture
def faces() -> list[int]:
    return [7] * 10


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_nothing_that_is_typed_takes_effect(gamemaster: MemberActor, channel: ChannelHandle, text: str) -> None:
    for place in PLACES:
        asked = await gamemaster.send(channel, place.replace("{}", text))
        for message in [each for each in channel.history() if each.author.bot and each.id > asked.id]:
            told = said(message)
            assert len(told) <= 4_000
            assert "went wrong" not in told
            assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in told
            shown = CODE.sub(" ", told)
            assert not re.search(r"@everyone|\]\(http|https://evil|<@&1>|\|\|", shown), told
            assert "# 20" not in [line[:4] for line in shown.splitlines()], told
