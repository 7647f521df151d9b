import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge, Memory, Phase
from modules.web.cards import CARDS
from modules.web.status import StatusView
from modules.web.view import page_of
from tests.telemetry.fakes import MEBIBYTE, Bench
from web_server import create_app


@pytest.fixture
def view(bench: Bench) -> StatusView:
    return StatusView(bench.latest)


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    return create_app(bench.latest, Metrics(bench.latest)).test_client()


def test_the_page_shows_exactly_what_the_status_tells(bench: Bench, client: FlaskClient) -> None:
    bench.recorder.command_finished("roll", "ok", 0.05)
    bench.recorder.rolled({20: 2, 6: 1}, "ok")
    bench.second()
    page, status = client.get("/").text, client.get("/api/status").get_json()
    shown = dict(re.findall(r'data-text="([^"]+)">([^<]*)<', page))
    assert shown.keys() == status["texts"].keys()
    assert shown == status["texts"]
    drawn = dict(re.findall(r'data-path="([^"]+)" d="([^"]*)"', page))
    assert drawn == status["paths"]


def test_a_snapshot_becomes_a_page_once_however_many_look(bench: Bench, view: StatusView) -> None:
    first, second = view.status(is_operator=False), view.status(is_operator=False)
    assert first["paths"] is second["paths"]
    bench.second()
    assert view.status(is_operator=False)["paths"] is not first["paths"]
    assert "commands" in view.status(is_operator=True)["rows"]
    assert "commands" not in view.status(is_operator=False)["rows"]


def test_a_wait_counts_down(bench: Bench, view: StatusView) -> None:
    bench.recorder.set_phase(Phase.WAITING, reason="a ban", until_at=bench.time.now() + timedelta(minutes=2, seconds=1))
    bench.second()
    assert view.status(is_operator=False)["texts"]["answer"] == "Players are not answered. Next try in 2 min 0 s."
    bench.second(130)
    assert view.status(is_operator=False)["texts"]["answer"] == "Players are not answered."


def test_a_publisher_that_died_is_not_taken_for_a_healthy_bot(bench: Bench, view: StatusView) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    for _ in range(48):
        bench.time.seconds += 0.25
        bench.recorder.beat()
    status = view.status(is_operator=False)
    assert (status["verdict"], status["tone"], status["is_stale"]) == ("No data for 12 s", "stale", True)


def test_the_longest_day_of_the_busiest_bot_is_still_a_small_answer(bench: Bench, view: StatusView) -> None:
    for second in range(7200):
        for _ in range(3):
            bench.recorder.command_finished("roll", "ok", (second % 700) / 997)
        bench.recorder.rest_request("POST", 200 if second % 7 else 429)
        bench.recorder.gauge(Gauge.PACING_QUEUE, second % 13)
        bench.recorder.gateway_latency((second % 11) / 100)
        bench.second()
    assert len(json.dumps(view.status(is_operator=False))) < 20_000


def test_memory_is_told_beside_its_limit(bench: Bench) -> None:
    bench.memory = Memory(128 * MEBIBYTE, 512 * MEBIBYTE)
    texts = page_of(bench.recorder.publish()).texts
    assert (texts["memory"], texts["memory-unit"], texts["memory-note"]) == ("128", "MB", "of 512 MB (25 %)")
    bench.memory = Memory(None, None)
    texts = page_of(bench.recorder.publish()).texts
    assert (texts["memory"], texts["memory-unit"]) == ("\N{EN DASH}", "")


def test_dice_come_in_order_of_size_and_only_those_thrown(bench: Bench) -> None:
    bench.recorder.rolled({100: 1, 20: 40, 4: 2, 17: 3}, "ok")
    rows = page_of(bench.recorder.publish()).rows["dice"]
    assert [(row["die"], row["count"], row["width"]) for row in rows] == [
        ("d4", "2", "5.0"),
        ("d20", "40", "100.0"),
        ("d100", "1", "2.5"),
        ("other", "3", "7.5"),
    ]


def test_a_line_of_the_day_waits_for_an_hour(bench: Bench, client: FlaskClient) -> None:
    bench.second(3599)
    assert page_of(bench.latest.read()).paths["memory-long"] == ""
    assert '<div data-needs="memory-long" hidden>' in client.get("/").text
    bench.second()
    assert page_of(bench.latest.read()).paths["memory-long"]
    assert '<div data-needs="memory-long">' in client.get("/").text


def test_peaks_of_ten_minutes_and_of_the_day_agree(bench: Bench) -> None:
    bench.second(3600)
    for second in range(900):
        for _ in range(9 if 200 < second < 230 else second % 2):
            bench.recorder.command_finished("roll", "error" if second % 5 == 0 else "ok", (second % 700) / 997)
        bench.second()
        if second % 60 == 0 and second < 600:
            texts = page_of(bench.latest.read()).texts
            for card in ("commands", "errors", "duration"):
                assert texts[f"{card}-short-peak"] == texts[f"{card}-long-peak"]


def test_errors_are_counted_in_one_unit(bench: Bench) -> None:
    for number in range(3):
        bench.recorder.command_finished("roll", "error" if number else "ok", 0.1, kind="Forbidden")
    bench.second()
    texts = page_of(bench.latest.read()).texts
    assert (texts["errors"], texts["errors-unit"], texts["errors-short-peak"]) == ("2", "/min", "peak 2/min")
    assert texts["errors-note"] == "67 % of commands in 5 min"


def test_errors_are_grouped_by_command_and_kind_with_words(bench: Bench) -> None:
    for incident, (command, kind) in enumerate([("help", "Forbidden"), ("roll", "KeyError"), ("roll", "KeyError")]):
        bench.recorder.command_finished(command, "error", 0.1, kind=kind, incident=f"id-{incident}")
    snapshot = bench.recorder.publish()
    rows = page_of(snapshot, is_operator=True).rows["failures"]
    assert [(row["command"], row["kind"], row["times"], row["detail"]) for row in rows] == [
        ("roll", "a bug; its traceback is in the log (KeyError)", "× 2", "incident id-2"),
        ("help", "Discord does not allow the answer there (Forbidden)", "", "incident id-0"),
    ]
    assert [row["detail"] for row in page_of(snapshot).rows["failures"]] == ["", ""]


def test_every_word_on_the_page_is_explained(client: FlaskClient) -> None:
    page = client.get("/").text
    headings = re.findall(r'<th [^>]*title="([^"]*)"', page) + re.findall(
        r'<article [^>]*>\s*<h2 title="([^"]*)"', page
    )
    assert len(headings) == 7 + len(CARDS)
    assert all(headings)
    listed = re.findall(r"<dt>([^<]*)</dt><dd>[^<]+</dd>", page.partition("<details")[2])
    assert {card.label for card in CARDS} <= set(listed)
    assert {"Servers", "Ready", "Shard", "Resumes", "Peak"} <= set(listed)


def test_nobody_is_named_in_public(bench: Bench, client: FlaskClient) -> None:
    bench.recorder.command_finished("roll", "error", 0.1, kind="Forbidden", incident="4F2A")
    bench.second()
    for path in ("/", "/api/status", "/metrics", "/readyz"):
        assert "4F2A" not in client.get(path).text


def test_the_day_is_drawn_from_readiness(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second(900)
    bench.recorder.disconnected()
    bench.second(900)
    page = page_of(bench.latest.read())
    assert page.paths["ready-good"]
    assert page.paths["ready-bad"]
    assert page.paths["ready-none"].count("M") == 94
    assert page.texts["availability"] == "50 %"


def test_a_shard_among_many_says_which_it_is(bench: Bench) -> None:
    assert page_of(bench.latest.read()).rows["shards"][0]["shard"] == "0"


@pytest.mark.parametrize(
    ("repository_url", "links"),
    [(None, 0), ("https://example.org/nazh", 2), ("https://example.org/nazh/", 2)],
)
def test_version_and_commit_are_linked_where_the_source_is_known(
    bench: Bench, repository_url: str | None, links: int
) -> None:
    page = create_app(bench.latest, Metrics(bench.latest), repository_url=repository_url).test_client().get("/").text
    assert len(re.findall(r'href="https://example\.org/nazh/(?:releases|commit/abc1234)"', page)) == links


def test_a_commit_that_is_not_known_is_not_linked(bench: Bench) -> None:
    latest = LatestSnapshot(bench.time.clock)
    Recorder(latest, clock=bench.time.clock, now=bench.time.now)
    page = create_app(latest, Metrics(latest), repository_url="https://example.org/nazh").test_client().get("/").text
    assert "/releases" in page
    assert "/commit/" not in page
