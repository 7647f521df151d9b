"""The pictures of the documents: `make screenshots`.

    python -m tests.browser.screenshots [FOLDER] [--only answers|dashboard]

`dashboard/` has the dashboard in every state, on two screens, dark and light: the real recorder, sidecar and page,
after a day that is simulated by an injected clock. `test_whole.py` proves that the running bot reaches each state.
`answers/` has what the bot says, on the page that `make demo` opens.
"""

import argparse
import asyncio
import io
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from PIL import Image
from playwright.async_api import Browser, ViewportSize, async_playwright

from modules.telemetry.metrics import Metrics
from tests.browser.answers import pictures
from tests.browser.conftest import launch
from tests.browser.scenes import SCENES, full_day, live
from tests.browser.test_demo import ROOT
from tests.telemetry.fakes import Bench
from web_server import WebServer, create_app

COLOURS = 128
IN_MID_LIFE = ("operational", "disconnected", "waiting", "degraded", "draining")
FROM_THE_START = ("starting", "standby")
RECOVERY_SECONDS = 400
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


async def mid_life(browser: Browser, folder: Path) -> None:
    """One bot, with a full day behind it, through ups and downs."""
    bench = full_day()
    with served(bench) as url:
        for name in IN_MID_LIFE:
            SCENES[name](bench)
            bench.second(3)
            await photograph(browser, url, folder, name)
            live(bench, RECOVERY_SECONDS)


async def from_the_start(browser: Browser, folder: Path) -> None:
    """Bots on their way up."""
    for name in FROM_THE_START:
        bench = Bench()
        bench.second(3)
        SCENES[name](bench)
        bench.second(9)
        with served(bench) as url:
            await photograph(browser, url, folder, name)


@contextmanager
def served(bench: Bench) -> Iterator[str]:
    """The sidecar on a recorder whose time stands still."""
    server = WebServer(create_app(bench.latest, Metrics(bench.latest)), host="127.0.0.1", port=0)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.stop(2)


async def answers(browser: Browser, folder: Path) -> None:
    """Each kind of answer on three screens, and five of them on one phone."""
    async for name, picture in pictures(browser):
        save(picture, folder / f"{name}.png")


async def main(folder: Path, parts: str | None) -> None:
    """Take every picture."""
    states, chat = folder / "dashboard", folder / "answers"
    for each in (states, chat):
        each.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        if parts != "dashboard":
            await answers(browser, chat)
        if parts != "answers":
            await mid_life(browser, states)
            await from_the_start(browser, states)
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    parser.add_argument("--only", choices=("answers", "dashboard"))
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.folder, chosen.only)))
