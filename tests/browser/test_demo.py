"""`make demo` as a newcomer uses it: two addresses, a roll typed into the chat page, and a dashboard that moves."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import leave

ROOT = Path(__file__).resolve().parent.parent.parent


def environ_of(folder: Path, **settings: str) -> dict[str, str]:
    environ = {"PATH": os.environ["PATH"], "PORT": "0", "DEMO_CHAT_PORT": "0", "LOG_DIR": str(folder / "logs")}
    # A test types faster than anybody: ten commands in ten seconds.
    return environ | {"USER_COMMAND_LIMIT": "0"} | settings


@pytest.fixture
def expected_complaints() -> list[str]:
    """The chat page is SimCord's, and has no icon."""
    return ["404 (Not Found)"]


@asynccontextmanager
async def demo(folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "demo.py"), env=environ_of(folder, **settings), stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def addresses(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        lines = [(await process.stdout.readline()).decode().split() for _ in range(2)]
    return dict(lines)


async def open_chat(page: Page, shown: dict[str, str]) -> None:
    await page.goto(shown["chat"])
    await expect(page.get_by_text("Viewport updated")).to_be_visible()


async def test_a_roll_typed_by_a_newcomer_is_answered_and_counted(page: Page, tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        shown = await addresses(process)
        await open_chat(page, shown)
        composer = page.locator("#channel-composer-input")
        await composer.fill("!roll 2d6+3")
        await composer.press("Enter")
        await expect(page.get_by_alt_text(re.compile("^nazh_d6_[1-6]$"))).to_have_count(2)

        await composer.fill("!roll 4d6hk3")
        await composer.press("Enter")
        await expect(page.get_by_text('I don\'t know "hk" here').last).to_be_visible()
        await expect(composer).to_have_value("")

        await page.goto(shown["dashboard"])
        await expect(page.get_by_text("Operational").first).to_be_visible()
        await expect(page.locator("#lag .note")).to_have_text("not measured here")

        await leave(page)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        assert (process.returncode, out, err) == (0, b"", b"")


async def test_the_slash_command_is_offered_and_answered(page: Page, tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        await open_chat(page, await addresses(process))
        await page.locator("#channel-composer-input").click()
        await page.keyboard.type("/roll")
        await expect(page.get_by_text("Roll dice, like 2d6+3 or 4d6kh3")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("option", name="dice")).to_be_visible()
        await page.keyboard.press("Enter")
        await page.keyboard.type("4d6kh3")
        await page.keyboard.press("Enter")
        await expect(page.get_by_alt_text(re.compile("^nazh_d6_[1-6]$"))).to_have_count(3)
        await leave(page)


async def test_a_newcomer_finds_the_way_on_a_phone(page: Page, tmp_path: Path) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    async with demo(tmp_path) as process:
        await open_chat(page, await addresses(process))
        composer = page.locator("#channel-composer-input")

        async def say(text: str, answer: str) -> None:
            await composer.fill(text)
            await composer.press("Enter")
            await expect(page.get_by_text(answer).last).to_be_visible()

        async def press(label: str, answer: str) -> None:
            await page.get_by_role("button", name=label, exact=True).last.click()
            await expect(page.get_by_text(answer).last).to_be_visible()

        await say("!roll 1d20+5 # stealth", "1d20+5")
        await press("Advantage", "With advantage, by")
        await say("!explain", "keep the highest")
        await say("!roll 4d6hk3", "Did you mean")
        await press("🎲 Roll 4d6kh3", "Rolled, by")
        await say("!build", "Tap a die")
        await press("d8", "1 to 8, average 4.5")
        await say("!save", "Write it like this")
        await expect(composer).to_have_value("")
        await say("!help", "Type this")
        await page.get_by_text("Choose a topic").last.click()
        await page.get_by_role("option", name="Saved rolls").last.click()
        await expect(page.get_by_text("What was saved as").last).to_be_visible()
        await say("!help vampire", "hunger dice make a critical messy")
        await leave(page)


async def test_a_newcomer_saves_a_roll_rolls_it_from_a_panel_and_verifies_it(page: Page, tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        await open_chat(page, await addresses(process))
        composer = page.locator("#channel-composer-input")

        async def say(text: str) -> None:
            await composer.fill(text)
            await composer.press("Enter")
            await expect(composer).to_have_value("")

        await say("!save fireball 8d6[fire]")
        await expect(page.get_by_text("or as").last).to_be_visible()
        await say("!panel")
        await page.get_by_role("button", name="fireball").last.click()
        await expect(page.get_by_text("Rolled, by").last).to_be_visible()
        await say("!history")
        await expect(page.get_by_text("Your rolls here").last).to_be_visible()
        await page.get_by_text("Verify a roll").last.click()
        await page.get_by_role("option", name=re.compile("8d6")).last.click()
        await expect(page.get_by_text("The message shows this result").last).to_be_visible()
        await leave(page)


@pytest.mark.parametrize("variable", ["PORT", "DEMO_CHAT_PORT"])
async def test_a_taken_port_is_one_clear_line(tmp_path: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(tmp_path, **{variable: str(port)}) as process:
            _, err = await process.communicate()
    assert process.returncode == 78
    (line,) = err.decode().splitlines()
    assert line.startswith(variable)
    assert line.count(str(port)) == 1


@pytest.mark.parametrize("port", ["http", "-1", "65536", "٣"])
async def test_a_chat_port_that_is_none_is_one_clear_line(tmp_path: Path, port: str) -> None:
    async with demo(tmp_path, DEMO_CHAT_PORT=port) as process:
        _, err = await process.communicate()
    assert process.returncode == 78
    (line,) = err.decode().splitlines()
    assert line.startswith("DEMO_CHAT_PORT")
