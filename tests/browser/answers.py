"""Pictures of answers: each kind on the demo's page, on a desktop, on a phone, and on a phone in light colours."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import simcord
from playwright.async_api import Browser, Page, ViewportSize, expect
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.dice.rolling.source import ScriptedSource
from tests.bots import make_bot

PHONE: Final[ViewportSize] = {"width": 390, "height": 2400}
DESKTOP: Final[ViewportSize] = {"width": 900, "height": 2400}
PLAIN_PAGE: Final = ".timeline-day-divider { display: none !important; }"
LIGHT: Final = """
:root {
  --discord-bg: #fff; --discord-surface: #f2f3f5; --discord-elevated: #e3e5e8; --discord-control: #ebedef;
  --discord-hover: #e6e7ea; --discord-text: #2e3035; --discord-muted: #5c5e66; --discord-subtle: #4e5058;
  --discord-border: #d9dadd; --component-surface: #f8f8f9; --component-border: #d9dadd; --button-alt: #e3e5e8;
  --control-border: #d9dadd; --subtle-surface: #e3e5e8; --subtle-surface-text: #2e3035; --entity-text: #2e3035;
  --code-surface: #f2f3f5; --code-border: #d9dadd; --code-text: #2e3035; --input-surface: #ebedef;
  --button-secondary-surface: #e3e5e8; --link-text: #0068e0;
}
.message-content, .message-content * { color: var(--discord-text) !important; }
[class*="mention"] { color: #505cdc !important; background: #e6e8fd !important; }
.channel-message, .preview-stage, body { background: var(--discord-bg) !important; color: var(--discord-text); }
.channel-message button, .channel-message select { color: var(--discord-text) !important; }
"""
"""Discord's light colours, in the names of SimCord's page, which has dark ones alone."""


@dataclass(frozen=True, slots=True)
class Table:
    """Two players, a channel and the bot, with dice that fall as scripted."""

    channel: ChannelHandle
    you: MemberActor
    mira: MemberActor

    async def say(self, text: str) -> None:
        """Send a message as the first player."""
        await self.you.send(self.channel, text)

    async def press(self, label: str) -> simcord.InteractionResult:
        """Press a button of the last message as the other player."""
        message = self.channel.last_message
        assert message is not None
        return await self.mira.click(message, label=label)


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


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        play: What is said and pressed.
        faces: How the dice fall.
    """

    play: Play
    faces: Sequence[int] = ()


REPEATED: Final = (6, 2, 5, 4, 1, 1, 3, 3, 6, 6, 5, 2, 4, 4, 2, 3, 5, 1, 2, 6, 3, 3, 4, 1)
SCENES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "critical": Scene(saying("!roll 1d20+7 to hit"), [20]),
        "check": Scene(saying("!roll 1d20+5 vs 15"), [4]),
        "advantage": Scene(advantage, [7, 4, 16]),
        "damage": Scene(saying("!roll 2d6[fire] + 1d4[cold] + 3"), [5, 6, 2]),
        "repeats": Scene(saying("!roll 6#4d6kh3"), REPEATED),
        "several": Scene(saying("!roll 1d20+5 to hit; 2d6+3 fire"), [12, 6, 4]),
        "game": Scene(saying("!roll vtm6h2"), [10, 10, 6, 3, 1, 8]),
        "long": Scene(saying("!roll 80d6"), [1, 2, 3, 4, 5, 6, 4, 2] * 10),
        "what-if": Scene(what_if, [6, 1, 5, 1, 4, 3]),
        "mistake": Scene(saying("!roll 4d6hk3")),
        "odds": Scene(saying("!odds 8d6 target 30")),
        "odds-versus": Scene(saying("!odds 4d6kh3 vs 3d6")),
        "odds-given": Scene(saying("!odds 2d6 given >=8")),
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
        env = simcord.Env(make_bot(place, source=ScriptedSource(shown.faces)), check_errors=False)
        env.backend.bot_user.name = "Nazh Engine"
        await env.start()
        stack.push_async_callback(env.shutdown)
        guild = env.create_guild("The Gilded Griffin")
        channel = guild.create_text_channel("dice-table")
        you, mira = (guild.add_member(env.create_user(name)) for name in ("you", "Mira"))
        await shown.play(Table(channel, you, mira))
        preview = env.preview(channel, viewers=[you], layout="channel", port=0)
        yield (await stack.enter_async_context(preview)).url


async def photograph(page: Page, url: str) -> bytes:
    """The messages on the page, and nothing of what is around them."""
    await page.goto(url)
    messages = page.locator("#channel-message-list")
    await expect(messages.locator(".channel-message")).not_to_have_count(0)
    return await messages.screenshot()


async def pictures(browser: Browser) -> AsyncIterator[tuple[str, bytes]]:
    """Name and picture of each kind of answer, and of five on a phone."""
    looks = {"desktop": (DESKTOP, 1.0, ""), "phone": (PHONE, 2.0, ""), "light": (PHONE, 2.0, LIGHT)}
    for name, shown in {**SCENES, "five": FIVE}.items():
        async with scene(shown) as url:
            for look, (viewport, scale, style) in looks.items():
                if name == "five" and look != "phone":
                    continue
                page = await browser.new_page(viewport=viewport, device_scale_factor=scale)
                await page.add_init_script(_styled(PLAIN_PAGE + style))
                yield f"{name}-{look}", await photograph(page, url)
                await page.close()


def _styled(style: str) -> str:
    return f"""addEventListener("DOMContentLoaded", () => {{
        const sheet = new CSSStyleSheet(); sheet.replaceSync({style!r});
        document.adoptedStyleSheets.push(sheet);
    }})"""
