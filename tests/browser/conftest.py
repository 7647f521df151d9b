"""A real Chromium for every test in this folder: `page` fails the test when the browser's console complains."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright

from tests.tools import browser_problem, missing, system_browser

HERE = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here shares one event loop, as it shares one browser, and bears the mark `browser`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Here and not in a fixture: then pytest says it once for all tests, not once for each."""
    if "browser" in getattr(item, "fixturenames", ()) and (problem := browser_problem()):
        missing(*problem)


async def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, else Playwright's own."""
    return await playwright.chromium.launch(executable_path=system_browser(), args=ARGUMENTS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for the whole run: the system's own, else the one that Playwright brings."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield browser
        await browser.close()


@pytest.fixture
def expected_complaints() -> list[str]:
    """Texts that the console may complain about; a test that provokes a complaint adds it here."""
    return []


@pytest.fixture
def server() -> None:
    """What the page looks at; a module that has a fixture for it names it here, so that it outlives the page."""


async def leave(page: Page) -> None:
    """Before what it shows ends: a page that asks on is refused, and complains."""
    await page.goto("about:blank")


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    browser: Browser,
    expected_complaints: list[str],
    server: object,  # noqa: ARG001 - begun before the page, it ends after it
) -> AsyncIterator[Page]:
    """A fresh page in a context of its own; errors on its console, or thrown in it, fail the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    last_resort: list[str] = []
    page.on("console", lambda message: last_resort.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: last_resort.append(str(error)))
    yield page
    await context.close()
    assert not [text for text in last_resort if not any(part in text for part in expected_complaints)]
