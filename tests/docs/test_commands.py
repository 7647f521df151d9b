"""docs/commands.md: every command and menu is in it, and so is every picture of an answer."""

import re
from pathlib import Path

import simcord
from discord import AppCommandType

from tests.bots import make_bot
from tests.browser.answers import SCENES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "commands.md").read_text("utf-8")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


async def test_every_command_and_menu_is_documented(tmp_path: Path) -> None:
    bot = make_bot(tmp_path)
    async with simcord.run(bot):
        headings = "\n".join(line for line in PAGE.splitlines() if line.startswith("## "))
        for command in bot.commands:
            if not command.hidden:
                assert f"`!{command.name}`" in headings, f"docs/commands.md has no heading for {command.name}"
                assert all(f"`!{alias}`" in PAGE for alias in command.aliases)
        for menu in bot.tree.get_commands(type=AppCommandType.message):
            assert f"| {menu.name} |" in PAGE
        roll = bot.get_command("roll")
        assert roll is not None
        assert all(f"| `{option}` |" in PAGE for option in roll.clean_params)


def test_every_picture_exists_and_has_a_text() -> None:
    pages = PAGE + (DOCS / "odds.md").read_text("utf-8")
    shown = PICTURE.findall(pages)
    assert shown
    assert all(text and (DOCS / path).is_file() for text, path in shown)
    kinds = {path.stem.rpartition("-")[0] for path in (DOCS / "images" / "answers").glob("*-phone.png")} - {"five"}
    assert kinds == set(SCENES)
    assert all(f"images/answers/{kind}-phone.png" in pages for kind in kinds)
    for kind, scene in SCENES.items():
        looks = ("desktop", "light") if scene.is_light else ("desktop",)
        assert all((DOCS / "images" / "answers" / f"{kind}-{look}.png").is_file() for look in looks)
