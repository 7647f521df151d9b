"""Pictures of answers on the demo's page, on a desktop and on a phone; of rolls also on a phone in light colours."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import discord
import simcord
from playwright.async_api import Browser, Page, ViewportSize, expect
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from demo import dice_emojis
from modules.dice.rolling.source import ScriptedSource
from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot

PHONE: Final[ViewportSize] = {"width": 390, "height": 2400}
DESKTOP: Final[ViewportSize] = {"width": 900, "height": 2400}
PLAIN_PAGE: Final = ".timeline-day-divider, .messages-sidebar, .inspector-panel { display: none !important; }"
"""Hides what is no message, and the shadows that panels beside the page throw on a phone."""
EARLIER: Final = ".channel-message:not(:nth-last-child(-n + %d of .channel-message)) { display: none !important; }"
"""Hides what was said before the last so many messages."""
LIGHT: Final = (Path(__file__).parent / "light.css").read_text()


@dataclass(frozen=True, slots=True)
class Table:
    """Two players, a channel and the bot, with dice that fall as scripted."""

    channel: ChannelHandle
    you: MemberActor
    mira: MemberActor

    async def say(self, text: str) -> None:
        """Send a message as the first player."""
        await self.you.send(self.channel, text)

    async def press(self, label: str, who: MemberActor | None = None) -> simcord.InteractionResult:
        """Press a button of the last message, as the other player unless somebody else is named."""
        message = self.channel.last_message
        assert message is not None
        return await (who or self.mira).click(message, label=label)

    async def choose(self, value: str) -> simcord.InteractionResult:
        """Choose from the menu of the last message as the first player."""
        message = self.channel.last_message
        assert message is not None
        return await self.you.select(message, [value])


Play = Callable[[Table], Awaitable[object]]


def saying(*texts: str) -> Play:
    """Messages, one after the other."""

    async def play(table: Table) -> None:
        for text in texts:
            await table.say(text)

    return play


async def advantage(table: Table) -> None:
    """A roll, and the same again with advantage by another player."""
    await table.say("!roll 1d20+5 # stealth")
    await table.press("Advantage")


async def what_if(table: Table) -> None:
    """A roll whose ones are rerolled."""
    await table.say("!roll 4d6kh3 # strength")
    menu = await table.press("⋯ More")
    assert menu.response is not None
    await table.mira.select(menu.response, ["keep ones"])


async def build(table: Table) -> None:
    """A roll put together with buttons."""
    await table.say("!build")
    for label in ("d6", "d6", "d6", "d6", "+1"):
        await table.press(label, table.you)


async def explain(table: Table) -> None:
    """A roll and what became of its dice."""
    await table.say("!roll 4d6r1kh3 # strength")
    await table.say("!explain")


async def secret(table: Table) -> None:
    """A secret roll, and the same revealed."""
    rolled = await table.you.slash(table.channel, "roll", dice="1d20+5", label="stealth", secret=True)
    assert rolled.response is not None
    await table.you.click(rolled.response, label="Reveal")


async def help_topic(table: Table) -> None:
    """A topic, chosen from the menu of the first page."""
    await table.say("!help")
    await table.choose("saving")


async def verify(table: Table) -> None:
    """A roll of the history, compared with the message that shows it."""
    await table.say("!roll 1d20+5 vs 15")
    asked = table.channel.history()[-2]
    await table.say("!history")
    await table.choose(str(asked.id))


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        play: What is said and pressed.
        faces: How the dice fall.
        shown: How many messages are on it, counted from the last; 0 for all.
        is_light: Whether there is one in light colours.
        has_emojis: Whether dice are shown as pictures.
    """

    play: Play
    faces: Sequence[int] = ()
    shown: int = 0
    is_light: bool = False
    has_emojis: bool = False


REPEATED: Final = (6, 2, 5, 4, 1, 1, 3, 3, 6, 6, 5, 2, 4, 4, 2, 3, 5, 1, 2, 6, 3, 3, 4, 1)
SAVED: Final = ("!save attack 1d20+7", "!save fireball 8d6[fire]", "!save smite 2d8[radiant]+$1=0")
HERO: Final = "!character new Mira str 3, dex -1, prof 2, atk 1d20+str+prof"
PAST: Final = (12, 6, 5, 1, 3, 4, 2, 6, 4)
SCENES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "critical": Scene(saying("!roll 1d20+7 to hit"), [20], is_light=True),
        "check": Scene(saying("!roll 1d20+5 vs 15"), [4], is_light=True),
        "advantage": Scene(advantage, [7, 4, 16], is_light=True),
        "damage": Scene(saying("!roll 2d6[fire] + 1d4[cold] + 3"), [5, 6, 2], is_light=True),
        "repeats": Scene(saying("!roll 6#4d6kh3"), REPEATED, is_light=True),
        "several": Scene(saying("!roll 1d20+5 to hit; 2d6+3 fire"), [12, 6, 4], is_light=True),
        "game": Scene(saying("!roll vtm6h2"), [10, 10, 6, 3, 1, 8], is_light=True),
        "long": Scene(saying("!roll 80d6"), [1, 2, 3, 4, 5, 6, 4, 2] * 10, is_light=True),
        "what-if": Scene(what_if, [6, 1, 5, 1, 4, 3], is_light=True),
        "mistake": Scene(saying("!roll 4d6hk3"), is_light=True),
        "explain": Scene(explain, [6, 1, 5, 2, 4], shown=2),
        "secret": Scene(secret, [17]),
        "build": Scene(build, is_light=True),
        "odds": Scene(saying("!odds 8d6 target 30"), is_light=True),
        "odds-versus": Scene(saying("!odds 4d6kh3 vs 3d6"), is_light=True),
        "odds-given": Scene(saying("!odds 2d6 given >=8"), is_light=True),
        "saved": Scene(saying(*SAVED, "!saved"), shown=2),
        "panel": Scene(saying(*SAVED, "!panel"), shown=2),
        "character": Scene(saying(HERO, "!roll 1d20+str # athletics", "!character"), [14], shown=4),
        "history": Scene(saying("!roll 1d20+5 vs 15", "!roll 8d6 # fireball", "!history"), PAST, shown=2),
        "verify": Scene(verify, [12], shown=1),
        "settings": Scene(saying("!settings")),
        "pictures": Scene(saying("!roll 1d20+2d6+1d4 # smite"), [17, 4, 6, 3], has_emojis=True),
        "help": Scene(saying("!help"), is_light=True),
        "help-topic": Scene(help_topic, shown=1),
        "help-game": Scene(saying("!help vampire")),
    }
)
FIVE: Final = Scene(
    saying(
        "!roll 1d20+7 to hit",
        "!roll 2d6[fire] + 1d4[cold] + 3",
        "!roll 1d20+5 vs 15",
        "!roll 6#4d6kh3",
        "!roll 4d6hk3",
    ),
    [20, 5, 6, 2, 4, *REPEATED],
)
"""What the README shows."""


@asynccontextmanager
async def scene(shown: Scene) -> AsyncIterator[str]:
    """The address of the page after a scene has been played."""
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory()))
        memory = Memory.of(Database(Store.at(None, place), Recorder(LatestSnapshot())))
        await stack.enter_async_context(memory.running())
        emojis = "yes" if shown.has_emojis else "no"
        bot = make_bot(place, source=ScriptedSource(shown.faces), memory=memory, DICE_EMOJIS=emojis)
        env = simcord.Env(bot, check_errors=False)
        env.backend.bot_user.name = "Nazh Engine"
        pictures = dice_emojis(env) if shown.has_emojis else {}
        await env.start()
        stack.push_async_callback(env.shutdown)
        guild = env.create_guild("The Gilded Griffin")
        channel = guild.create_text_channel("dice-table")
        role = guild.create_role("GM", permissions=discord.Permissions(manage_guild=True))
        you, mira = (guild.add_member(env.create_user(name), roles=[role]) for name in ("you", "Mira"))
        await shown.play(Table(channel, you, mira))
        preview = env.preview(channel, viewers=[you], layout="channel", assets=pictures, port=0)
        yield (await stack.enter_async_context(preview)).url


async def photograph(page: Page, url: str) -> bytes:
    """The messages on the page, and nothing of what is around them."""
    await page.goto(url)
    messages = page.locator("#channel-message-list")
    await expect(messages.locator(".channel-message")).not_to_have_count(0)
    await expect(messages.locator("img:not([src])")).to_have_count(0, timeout=30_000)
    for picture in await messages.locator("img").all():
        await picture.evaluate("(each) => each.decode()")
    return await messages.screenshot()


async def pictures(browser: Browser) -> AsyncIterator[tuple[str, bytes]]:
    """Name and picture of each kind of answer, and of five on a phone."""
    looks = {"desktop": (DESKTOP, 1.0, ""), "phone": (PHONE, 2.0, ""), "light": (PHONE, 2.0, LIGHT)}
    for name, shown in {**SCENES, "five": FIVE}.items():
        async with scene(shown) as url:
            for look, (viewport, scale, style) in looks.items():
                if (name == "five" and look != "phone") or (look == "light" and not shown.is_light):
                    continue
                page = await browser.new_page(viewport=viewport, device_scale_factor=scale)
                await page.add_init_script(_styled(PLAIN_PAGE + style + (EARLIER % shown.shown if shown.shown else "")))
                yield f"{name}-{look}", await photograph(page, url)
                await page.close()


def _styled(style: str) -> str:
    return f"""addEventListener("DOMContentLoaded", () => {{
        const sheet = new CSSStyleSheet(); sheet.replaceSync({style!r});
        document.adoptedStyleSheets.push(sheet);
    }})"""
