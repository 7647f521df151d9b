"""Pictures of the dashboard in every state, on two screens, light and dark.

    python -m tests.browser.screenshots FOLDER

The states are those of `scenes.py`, after a day and an hour of play.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from modules.telemetry import Metrics
from tests.browser.conftest import launch
from tests.browser.scenes import SCENES, live
from tests.telemetry.fakes import Bench
from web_server import WebServer, create_app

DAY_AND_HOUR_SECONDS = 25 * 3600
SCREENS = {"desktop": (1280, 800, 1), "phone": (360, 740, 2)}


def scene(name: str) -> Bench:
    """The bot in the state of that name."""
    bench = Bench()
    if name != "starting":
        live(bench, DAY_AND_HOUR_SECONDS)
    SCENES[name](bench)
    bench.second(3)
    return bench


async def photograph(browser: Browser, url: str, folder: Path, name: str) -> None:
    """Save one picture for each screen and colour scheme."""
    for screen, (width, height, scale) in SCREENS.items():
        for scheme in ("light", "dark"):
            page = await browser.new_page(
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
                color_scheme="dark" if scheme == "dark" else "light",
            )
            await page.goto(url)
            await page.screenshot(path=folder / f"{name}-{screen}-{scheme}.png", full_page=screen == "desktop")
            await page.close()


async def main(folder: Path) -> None:
    """Photograph every scene into `folder`, which exists."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        for name in SCENES:
            bench = scene(name)
            server = WebServer(create_app(bench.board, Metrics(bench.board)), host="127.0.0.1", port=0)
            server.start()
            await photograph(browser, f"http://127.0.0.1:{server.port}/", folder, name)
            server.stop(2)
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    sys.exit(asyncio.run(main(chosen.folder)))
