"""docs/architecture.md: its paths exist, and what it teaches works."""

import re
from pathlib import Path
from types import ModuleType

import pytest
import simcord

from modules.bot import NazhBot
from tests.bots import make_bot

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PATHS = sorted(set(re.findall(r"`((?:modules|tests|docs)/[\w./]+|[\w.]+\.(?:py|toml|example))`", PAGE)))
RECIPES = dict(re.findall(r"<!-- recipe: (\w+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.parametrize("path", PATHS)
def test_every_path_exists(path: str) -> None:
    assert (ROOT / path).exists(), f"docs/architecture.md names {path}"


def test_the_page_names_paths() -> None:
    assert len(PATHS) > 20


async def with_recipe(tmp_path: Path) -> NazhBot:
    module = ModuleType("greet")
    exec(compile(RECIPES["command"], "greet.py", "exec"), module.__dict__)  # noqa: S102 - our own page
    bot = make_bot(tmp_path)

    original = bot.setup_hook

    async def hook() -> None:
        await original()
        # In the place of its namesake, where somebody has followed the recipe to the letter.
        await bot.add_cog(module.GreetCog(), override=True)

    bot.setup_hook = hook  # type: ignore[method-assign]
    return bot


async def test_the_command_of_the_recipe_works_as_message_and_as_slash_command(tmp_path: Path) -> None:
    async with simcord.run(await with_recipe(tmp_path)) as env:
        table = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        await alice.send(table, "!greet Ada 2")
        assert table.last_message is not None
        assert table.last_message.content == "Hello Ada, says alice.\nHello Ada, says alice."
        result = await alice.slash(table, "greet", name="Ada", times=9)
        assert result.response is not None
        assert result.response.content == "I greet 1 to 5 times."
        assert result.ephemeral
        await alice.send(table, "!help greet")
        assert "greet <name> [times]" in table.last_message.content
