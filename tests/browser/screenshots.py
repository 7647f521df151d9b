"""Pictures of the running bot, as the documents show them: `make screenshots`.

    python -m tests.browser.screenshots [FOLDER] [--play-seconds 300]

`dashboard/` has the dashboard in every state, on two screens, dark and light: the real process, brought there by faults
of the loopback Discord. `demo.png` and `dashboard.png` are what `make demo` shows.
"""

import argparse
import asyncio
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.browser.conftest import launch
from tests.browser.stages import FROM_THE_START, IN_MID_LIFE, NOTATIONS, stage
from tests.browser.test_demo import ROOT, addresses, demo, open_chat
from tests.wire.process import BotProcess

COLOURS = 128
DEMO_ROLLS = ("2d6+3", "4d6kh3 # strength", "2d20kh1+5 to hit; 1d8+3[slashing]", "4d6hk3")
DEMO_ROLL_COUNT = 60
SCREENS: Mapping[str, ViewportSize] = MappingProxyType(
    {"desktop": {"width": 1120, "height": 760}, "phone": {"width": 360, "height": 740}}
)
PHONE_SCALE = 1.5


def save(png: bytes, path: Path) -> None:
    """Write a picture with its commonest colours only: a third of the size, and nobody sees it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    pixels = picture.tobytes()
    commonest = Counter(zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)).most_common(COLOURS)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour, _ in commonest for channel in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


async def photograph(browser: Browser, url: str, folder: Path, name: str) -> None:
    """Save one picture for each screen and colour scheme; a desktop shows all of the page."""
    for screen, viewport in SCREENS.items():
        for scheme in ("dark", "light"):
            page = await browser.new_page(
                viewport=viewport,
                device_scale_factor=PHONE_SCALE if screen == "phone" else 1,
                color_scheme="dark" if scheme == "dark" else "light",
            )
            await page.goto(url)
            save(await page.screenshot(full_page=screen == "desktop"), folder / f"{name}-{screen}-{scheme}.png")
            await page.close()


async def mid_life(browser: Browser, folder: Path, play_seconds: float) -> None:
    """One bot through the ups and downs of an evening."""
    with tempfile.TemporaryDirectory() as place:
        async with stage(Path(place), GATEWAY_SILENCE_SECONDS="15") as scene, scene.ready_bot() as bot:
            await scene.play(play_seconds)
            for name, come_to in IN_MID_LIFE.items():
                async with come_to(scene, bot):
                    await photograph(browser, await address(bot), folder, name)
                if name != "draining":
                    await scene.play(play_seconds / 10)


async def from_the_start(browser: Browser, folder: Path) -> None:
    """Bots on their way up."""
    for name, come_to in FROM_THE_START.items():
        with tempfile.TemporaryDirectory() as place:
            async with stage(Path(place)) as scene, come_to(scene) as bot:
                await photograph(browser, await address(bot), folder, name)


async def address(bot: BotProcess) -> str:
    """Where its dashboard is."""
    return f"http://127.0.0.1:{await bot.port()}/"


async def ask(page: Page, notation: str) -> None:
    """Type a command into the chat page."""
    composer = page.locator("#channel-composer-input")
    await composer.fill(f"!roll {notation}")
    await composer.press("Enter")
    await expect(composer).to_have_value("")


async def demonstration(browser: Browser, folder: Path) -> None:
    """`make demo`: four rolls in the chat, and the dashboard after some more."""
    chance = random.Random(3)  # noqa: S311 - it plays the players, not the dice
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shown = await addresses(await stack.enter_async_context(demo(place)))
        page = await browser.new_page(viewport={"width": 1120, "height": 860}, color_scheme="dark")
        await open_chat(page, shown)
        for notation in DEMO_ROLLS:
            await ask(page, notation)
        await expect(page.get_by_text('I don\'t know "hk" here').last).to_be_visible()
        save(await page.screenshot(), folder / "demo.png")
        for _ in range(DEMO_ROLL_COUNT):
            await ask(page, chance.choice(NOTATIONS))
            await asyncio.sleep(chance.expovariate(2))
        await page.goto(shown["dashboard"])
        await expect(page.locator("#headline")).to_have_text("Operational")
        await expect(page.locator("#commands .note")).to_have_text(f"{DEMO_ROLL_COUNT + len(DEMO_ROLLS)} in all")
        save(await page.screenshot(full_page=True), folder / "dashboard.png")


async def main(folder: Path, play_seconds: float) -> None:
    """Take every picture."""
    states = folder / "dashboard"
    states.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        await demonstration(browser, folder)
        await asyncio.gather(mid_life(browser, states, play_seconds), from_the_start(browser, states))
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    parser.add_argument("--play-seconds", type=float, default=300)
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.folder, chosen.play_seconds)))
