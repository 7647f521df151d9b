"""Every command is used, and every button, menu and form that its answers bring: all of it comes from the catalogue."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import ComponentType
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult, ResponseMessage

from modules.bot import NazhBot
from modules.cogs.message_menus import ROLL_DICE
from modules.cogs.support import character_pages, saved_files
from modules.dice.notation.shortcuts import shortcuts
from modules.services.services import Memory
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot
from tests.cogs.test_languages import ACCENTED, Ends, forgotten, read, words

SAID = (
    "help", "help games", "help vampire", "help kh", "help roll", "help nonsense", "roll", "roll 1d20+5 vs 15",
    "roll 2d6[fire]+1d4[cold]", "roll 4d6hk3", "roll 6#4d6kh3", "roll 1d20 secret", "roll vtm6h2", "roll 80d6", "r 2dF",
    "build", "odds", "odds 4d6kh3", "odds 1d20+5 vs 15", "odds 4d6kh3 vs 3d6", "odds vtm6h2", "odds 3d6!", "odds 9d6kh",
    "save attack 1d20+7", "save attack 2d6", "save 1 2d6", "save roll 2d6", "save d 4d6hk3", "saved", "saved list",
    "saved edit attack 3d6", "saved edit nothing 3d6", "saved share attack", "saved import", "saved export",
    "saved import a = 1d6\nb = {{x}}\nnothing\nattack = 1d6", "attack", "attack +2", "panel", "panel nothing",
    "character", "character new Mira str 3, atk 1d20+str", "character new Mira str 3", "character new Bob x y z",
    "character new Bo", "character set con 2, d 3", "character switch Bo", "character switch Nobody", "character show",
    "character template str 1..20 = 10", "character template ???", "character export", "character import",
    "character delete Bo", "gmroll 1d20", "history", "history channel", "stats", "verify", "verify 123456789012345678",
    "settings", "prefix", "prefix toolong", "preferences", "ping", "about", "invite", "emojis", "mydata",
    "saved delete attack", "saved add x 1d20", "saved add y 2d6 server", "explain", "mydata delete",
    "roll 4d6hk3 secret", "odds 4d6hk3", "gmroll 4d6hk3", "history d20",
)  # fmt: skip
"""What is said, one after the other; a message for each command, and for most of what can be wrong with it."""

TYPED = ("attack", "Mira", "str", "atk", "fire", "cold")
EXAMPLES = (character_pages.EXAMPLE, saved_files.EXAMPLE)
GAMES = {name for row in shortcuts().values() for each in row for name in (each.system, each.source)}
NAMES = re.compile("|".join(map(re.escape, [*sorted(GAMES, key=len, reverse=True), *EXAMPLES, *TYPED])))
"""What stays as it is in every language."""
ENDING = {"mydata", "preferencesunset"}
"""A button that would end the walk, and one that the walk comes to only once another value is chosen."""


@pytest.fixture(params=["highest", "lowest"])
def new_bot(
    memory: Memory, recorder: Recorder, latest: LatestSnapshot, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], NazhBot]:
    def make() -> NazhBot:
        source = Ends(highest=request.param == "highest")
        bot = make_bot(tmp_path, recorder, latest, source, memory=memory)
        bot.handling.languages = {"en-US": ACCENTED}
        return bot

    return make


def inputs(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Buttons, and menus of fixed choices."""
    for each in components:
        if each.get("custom_id") and not each.get("disabled"):
            yield each
        yield from inputs(each.get("components", []))


class Walk:
    """Uses whatever an answer offers, once for each kind."""

    def __init__(self, player: MemberActor, channel: ChannelHandle, env: Env) -> None:
        self.player, self.channel, self.env = player, channel, env
        self.forgotten: dict[str, list[str]] = {}
        self.used: set[str] = set()
        self.found: deque[tuple[str, int]] = deque()

    def look(self, where: str, text: str) -> None:
        if found := forgotten(NAMES.sub(" ", text)):
            self.forgotten[where] = found

    def shown(self, message_id: int) -> ResponseMessage:
        return ResponseMessage(self.env, self.env.backend.get_message(self.channel.id, message_id))

    def find(self, where: str, result: InteractionResult) -> None:
        assert result.response is not None, where
        self.found.append((where, result.response.id))

    async def go(self) -> None:
        """Look at every message that was found, then use everything on it, as long as there is anything new."""
        while self.found:
            where, message_id = self.found.popleft()
            self.look(where, read(self.shown(message_id)))
            while (unused := self.unused(message_id)) is not None:
                step, component, value = unused
                self.used.add(step)
                await self.use(f"{where} > {step}", message_id, component, value)

    def unused(self, message_id: int) -> tuple[str, dict[str, Any], str | None] | None:
        for each in inputs(self.shown(message_id).components):
            name, _, payload = each["custom_id"].partition(":")
            if name == "build":
                name = f"build {payload.partition('.')[0]}"
            for value in [option["value"] for option in each.get("options", [])] or [None]:
                step = name if value is None or value.isdecimal() else f"{name} {value}"
                if step not in self.used and name not in ENDING:
                    return step, each, value
        return None

    async def use(self, where: str, message_id: int, component: dict[str, Any], value: str | None) -> None:
        for typed in ("lots", "+2"):
            shown = self.shown(message_id)
            if component["custom_id"] not in {each["custom_id"] for each in inputs(shown.components)}:
                return  # something else stands there by now
            result = await self.press(shown, component, value)
            if result is None or result.modal is None:
                if result is not None and result.response is not None:
                    self.find(where, result)
                return
            await self.fill_in(where, result, typed)

    async def fill_in(self, where: str, opened: InteractionResult, typed: str) -> None:
        assert opened.modal is not None
        self.look(where, "\n".join([opened.modal["title"], *words([opened.modal])]))
        self.used.add(opened.modal["custom_id"].partition(":")[0])
        texts = {each["custom_id"]: typed[: each.get("max_length")] for each in inputs(opened.modal["components"])}
        self.find(f"{where} {typed}", await self.player.submit_modal(opened, texts))

    async def press(self, message: Any, component: dict[str, Any], value: str | None) -> InteractionResult | None:
        if component["type"] == ComponentType.button.value:
            return await self.player.click(message, custom_id=component["custom_id"])
        if component["type"] == ComponentType.select.value:
            return await self.player.select(message, [value], custom_id=component["custom_id"])
        return None


async def test_everything_that_can_be_reached_comes_from_the_catalogue(
    gamemaster: MemberActor,
    channel: ChannelHandle,
    simcord_bot: NazhBot,
    simcord_env: Env,
    raised: Callable[[], list[str]],
) -> None:
    walk, seen = Walk(gamemaster, channel, simcord_env), 0
    for text in SAID:
        if text.endswith("secret"):
            path = f"/channels/{gamemaster.user.dm_channel.id}/messages"
            simcord_env.inject_error("POST", path, status=403, code=50007, times=1)
        await gamemaster.send(channel, simcord_bot.prefix_for(simcord_env.guild.id) + text)
        walk.found.extend((text, each.id) for each in channel.history() if each.author.bot and each.id > seen)
        await walk.go()
        seen = max(each.id for each in channel.history())
    for name in ("saved import", "character new"):
        await walk.fill_in(name, await gamemaster.slash(channel, name), "+2")
    told = await gamemaster.send(channel, "1d20+5 and 2d6")
    walk.find("menu", await gamemaster.context_menu(channel, ROLL_DICE, told))
    walk.find("secret", await gamemaster.slash(channel, "roll", dice="1d20", secret=True))
    await walk.go()
    assert walk.forgotten == {}
    assert set(raised()) <= {"NotOwner", "MissingRequiredArgument", "MissingRequiredAttachment", "Refusal"}
    said = {each.qualified_name for each in simcord_bot.walk_commands()}
    used = {each for each in said if any(f"{text} ".startswith(f"{each} ") for text in SAID)}
    assert used == said, "a command that the walk does not take"
    left = set(simcord_bot.handling.components._handlers) - {step.partition(" ")[0] for step in walk.used}
    assert left == ENDING, "a button or form that the walk does not use"
