import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.async_api import Browser, Page, Response, expect

from modules.telemetry.history import TRACKS
from modules.telemetry.metrics import Metrics
from modules.telemetry.snapshot import Phase
from modules.web.cards import CARDS
from tests.browser.scenes import SCENES, live
from tests.telemetry.fakes import Bench
from web_server import WebServer, create_app

SEALED = "5a-token-for-the-dashboard"
PAGE_BYTES_AT_MOST = 60_000
VERDICTS = {
    "operational": ("Operational", "Players are answered."),
    "degraded": ("Degraded", "Players are answered, but not as they should be."),
    "starting": ("Starting", "Players are not answered yet."),
    "waiting": ("Waiting until", "Players are not answered. Next try in 12 min"),
    "standby": ("Standby", "Players are answered by another process."),
    "draining": ("Draining", "nothing new is taken"),
    "disconnected": ("Disconnected", "Players are not answered."),
}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    live(bench, 200)
    return bench


@pytest.fixture
def url(bench: Bench) -> Iterator[str]:
    app = create_app(
        bench.latest,
        Metrics(bench.latest),
        repository_url="https://example.org/nazh",
        dashboard_token=SEALED,
        configuration={"REST_RATE": "45.0", "DATA_DIR": "/var/lib/nazh/" + "deep/" * 30},
    )
    server = WebServer(app, host="127.0.0.1", port=0)
    server.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.stop(2)


@pytest.fixture
def server(url: str) -> str:
    return url


async def assert_accessible(page: Page) -> None:
    results = await Axe().run(page)
    found = [f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in results.response["violations"]]
    assert not found


async def test_the_accessibility_check_can_fail(page: Page, url: str) -> None:
    await page.goto(url)
    await page.evaluate("document.querySelector('.card').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        await assert_accessible(page)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_verdict_is_in_words_and_accessible(
    page: Page, url: str, bench: Bench, scene: str, scheme: str
) -> None:
    SCENES[scene](bench)
    bench.second()
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(url)
    headline, answer = VERDICTS[scene]
    await expect(page.get_by_role("heading", level=1)).to_contain_text(headline)
    await expect(page.locator(".answer")).to_contain_text(answer)
    await expect(page).to_have_title(f"{(await verdict(page, url))} · Nazh Engine")
    await assert_accessible(page)


async def verdict(page: Page, url: str) -> str:
    answer = await page.request.get(f"{url}api/status")
    return str((await answer.json())["verdict"])


async def test_the_page_follows_the_bot_without_a_reload(page: Page, url: str, bench: Bench) -> None:
    await page.clock.install()
    await page.goto(url)
    await expect(page.locator("#commands .note")).not_to_have_text("0 in all")
    await page.evaluate("document.body.dataset.witness = 'same page'")
    bench.recorder.set_phase(Phase.WAITING, reason="rate-limited by Cloudflare")
    bench.recorder.rolled({1000: 5000}, "ok")
    bench.second()
    await page.clock.fast_forward(2100)
    await expect(page.locator("#headline")).to_have_text("Waiting")
    await expect(page.locator(".reason")).to_have_text("rate-limited by Cloudflare")
    await expect(page.locator("#main")).to_have_attribute("data-tone", "warn")
    await expect(page.locator(".dice li", has_text="other")).to_contain_text("5\N{NARROW NO-BREAK SPACE}0")
    await expect(page.locator(".happenings li").first).to_contain_text("Waiting: rate-limited by Cloudflare")
    await expect(page.get_by_role("status")).to_have_text("Waiting: rate-limited by Cloudflare")
    assert await page.evaluate("document.body.dataset.witness") == "same page"
    await assert_accessible(page)


async def test_a_silent_sidecar_is_said_in_words_and_grey(
    page: Page, url: str, bench: Bench, expected_complaints: list[str]
) -> None:
    expected_complaints.append("ERR_")
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    # Stopped before the page is opened: left running, it would add however long the machine takes.
    now = datetime.now(UTC)
    await page.clock.install(time=now)
    await page.clock.pause_at(now + timedelta(seconds=1))
    await page.goto(url)
    await page.route("**/api/status", lambda route: route.abort())
    for _ in range(6):
        await page.clock.run_for(2000)
    await expect(page.locator("#headline")).to_have_text("No data for 12 s")
    await expect(page.locator(".answer")).to_have_text("Last known: Operational.")
    await expect(page.locator("#main")).to_have_attribute("data-tone", "stale")
    await expect(page.locator("#main")).to_have_class("is-stale")
    await expect(page.get_by_role("status")).to_have_text("No data")
    await page.unroute("**/api/status")
    await page.clock.run_for(2000)
    await expect(page.locator("#headline")).to_have_text("Operational")
    await expect(page.locator("#main")).not_to_have_class("is-stale")


async def test_a_hung_loop_is_said_by_the_server(page: Page, url: str, bench: Bench) -> None:
    bench.time.seconds += 12
    await page.goto(url)
    await expect(page.locator("#headline")).to_have_text("Not responding")
    await expect(page.locator(".reason")).to_have_text("the event loop has been silent for 12 s")
    await expect(page.locator("#main")).to_have_class("is-stale")


async def test_a_hidden_page_asks_nothing_and_asks_at_once_when_seen_again(page: Page, url: str) -> None:
    await page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "api/status" in request.url else None)
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    await page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    await page.clock.run_for(2100)
    before = len(asked)
    await page.clock.run_for(30_000)
    assert len(asked) == before
    async with page.expect_response("**/api/status"):
        await page.evaluate("""() => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
            document.dispatchEvent(new Event("visibilitychange"));
        }""")


async def test_without_a_script_the_page_is_complete_and_refreshes_itself(browser: Browser, url: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(url)
    await expect(page.locator("#headline")).to_have_text("Operational")
    await expect(page.locator(".card")).to_have_count(len(CARDS))
    await expect(page.locator(".dice li").first).to_be_visible()
    assert await page.locator("noscript meta[http-equiv=refresh]").count() == 1
    drawn = await page.locator("#commands path.stroke").first.get_attribute("d")
    assert drawn
    assert drawn.startswith("M")
    await context.close()


def fill_history(bench: Bench) -> None:
    """A whole day in which no two minutes are alike: the longest paths there can be."""
    chance = random.Random(5)  # noqa: S311 - a picture, not a game
    for _ in range(24 * 3600):
        bench.recorder._history.add(dict.fromkeys(TRACKS, chance.random()), 1)
    bench.second()


async def test_the_whole_load_is_small(page: Page, url: str, bench: Bench) -> None:
    fill_history(bench)
    responses: list[Response] = []

    def remember(response: Response) -> None:
        responses.append(response)

    page.on("response", remember)
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    sizes = {}
    for response in responses:
        head = sum(len(name) + len(value) for name, value in response.headers.items())
        sizes[response.url] = head + len(await response.body())
    assert len(sizes) >= 4
    assert sum(sizes.values()) < PAGE_BYTES_AT_MOST, sizes


@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_sticks_out_at_any_width(page: Page, url: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(url)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    clipped = await page.evaluate(
        """[...document.querySelectorAll("[data-text], [data-cell]")]
           .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML)"""
    )
    assert clipped == []


async def test_the_operator_signs_in_by_keyboard_sees_details_and_signs_out(
    page: Page, url: str, bench: Bench, expected_complaints: list[str]
) -> None:
    expected_complaints.append("403")
    bench.recorder.command_finished("roll", "error", 0.1, kind="Forbidden", incident="4F2A")
    bench.second()
    await page.goto(url)
    failed = "12:03:20 roll Discord does not allow the answer there (Forbidden)"
    await expect(page.locator(".failures li").first).to_have_text(failed)
    await expect(page.locator("#details")).to_have_count(0)
    await page.get_by_role("link", name="Sign in").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Dashboard token")).to_be_focused()
    await assert_accessible(page)
    await page.keyboard.type("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("That is not the token.")
    await assert_accessible(page)
    await page.keyboard.type(SEALED)
    await page.keyboard.press("Enter")
    await expect(page.locator("#details .commands li").first).to_contain_text("roll ok")
    await expect(page.locator("#details .settings li").first).to_contain_text("REST_RATE 45.0")
    await page.set_viewport_size({"width": 360, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await expect(page.locator(".failures li").first).to_contain_text("incident 4F2A")
    await assert_accessible(page)
    (cookie,) = await page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert SEALED not in json.dumps(cookie)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert await page.context.cookies() == []


async def test_the_words_are_explained_without_a_mouse(page: Page, url: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(url)
    meaning = page.get_by_text("How late the process gets to its work.")
    await expect(meaning).to_be_hidden()
    await page.get_by_text("What the words mean").focus()
    await page.keyboard.press("Enter")
    await expect(meaning).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await assert_accessible(page)


async def test_a_wrong_address_belongs_to_the_house(page: Page, url: str, expected_complaints: list[str]) -> None:
    expected_complaints.append("404")
    await page.goto(f"{url}nowhere")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
    await assert_accessible(page)
    await page.get_by_role("link", name="To the dashboard").click()
    await expect(page.locator("#headline")).to_have_text("Operational")


async def test_the_line_of_the_day_comes_with_its_first_hour(page: Page, url: str, bench: Bench) -> None:
    await page.clock.install()
    await page.goto(url)
    await expect(page.get_by_text("24 h", exact=True)).to_have_count(len(CARDS))
    await expect(page.locator("#memory").get_by_text("24 h", exact=True)).to_be_hidden()
    bench.second(3600)
    await page.clock.fast_forward(2100)
    await expect(page.locator("#memory").get_by_text("24 h", exact=True)).to_be_visible()


async def test_every_link_for_machines_leads_somewhere(page: Page, url: str) -> None:
    await page.goto(url)
    links = await page.locator("footer a").evaluate_all("links => links.map((link) => link.href)")
    assert len(links) == 4
    for link in links:
        answer = await page.request.get(link)
        assert answer.status in (200, 503)


async def test_version_and_commit_lead_to_the_source(page: Page, url: str) -> None:
    await page.goto(url)
    await expect(page.get_by_role("link", name="v0.1.0")).to_have_attribute("href", "https://example.org/nazh/releases")
    await expect(page.get_by_role("link", name="abc1234")).to_have_attribute(
        "href", "https://example.org/nazh/commit/abc1234"
    )
