import pytest
from flask.testing import FlaskClient

from modules.telemetry.metrics import Metrics
from modules.telemetry.snapshot import Gauge
from modules.web.sign_in import COOKIE, SESSION_SECONDS, SESSIONS_KEPT, Sessions, WrongTokens, is_same
from tests.telemetry.fakes import Bench, FakeTime
from web_server import create_app

TOKEN = "correct horse"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.recorder.command_finished("roll", "error", 0.1, kind="Forbidden", incident="4F2A")
    bench.second()
    return bench


def client_of(bench: Bench, token: str | None = TOKEN, metrics_token: str | None = None) -> FlaskClient:
    app = create_app(
        bench.latest,
        Metrics(bench.latest),
        dashboard_token=token,
        metrics_token=metrics_token,
        clock=bench.time.clock,
    )
    return app.test_client()


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    return client_of(bench)


def sign_in(client: FlaskClient, token: str = TOKEN, **headers: str) -> int:
    return client.post("/login", data={"token": token}, headers=headers).status_code


def sees_details(client: FlaskClient) -> bool:
    page, status = client.get("/").text, client.get("/api/status").text
    assert ("4F2A" in page) == ("4F2A" in status)
    return "4F2A" in page


def test_the_right_token_unlocks_the_details_and_signing_out_locks_them(client: FlaskClient) -> None:
    assert not sees_details(client)
    assert sign_in(client) == 303
    assert sees_details(client)
    assert client.post("/logout").status_code == 303
    assert not sees_details(client)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN.upper(), f"{TOKEN} ", "\N{SNOWMAN}"])
def test_a_wrong_token_unlocks_nothing_and_is_not_echoed(client: FlaskClient, token: str) -> None:
    answer = client.post("/login", data={"token": token})
    assert answer.status_code == 403
    assert not token.strip() or token not in answer.text
    assert not sees_details(client)


def test_without_a_token_there_is_nothing_to_sign_in_to(bench: Bench) -> None:
    client = client_of(bench, token=None)
    assert client.get("/login").status_code == client.post("/logout").status_code == 404
    assert "/login" not in client.get("/").text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.post("/login", data={"token": TOKEN}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie, "over plain HTTP the browser would drop it"
    assert TOKEN not in cookie
    secure = client.post("/login", data={"token": TOKEN}, base_url="https://localhost").headers["Set-Cookie"]
    assert "Secure" in secure


@pytest.mark.parametrize("cookie", ["", "operator", "Im9wZXJhdG9yIg.aaaa.bbbb", "x" * 4000])
def test_a_forged_cookie_unlocks_nothing(client: FlaskClient, cookie: str) -> None:
    client.set_cookie(COOKIE, cookie)
    assert not sees_details(client)


def test_signing_out_ends_the_session_and_not_only_the_cookie(client: FlaskClient) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    client.post("/logout")
    client.set_cookie(COOKIE, cookie.value)
    assert not sees_details(client)


def test_signing_out_here_leaves_another_browser_signed_in(bench: Bench) -> None:
    app = create_app(bench.latest, Metrics(bench.latest), dashboard_token=TOKEN)
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    here.post("/logout")
    assert not sees_details(here)
    assert sees_details(there)


def test_a_session_ends_after_twelve_hours_whatever_the_browser_says(bench: Bench, client: FlaskClient) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    bench.time.seconds += SESSION_SECONDS - 1
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/api/status").get_json()["rows"].keys() > {"shards", "dice", "failures", "happenings"}
    bench.time.seconds += 1
    assert not client.get("/api/status").get_json()["rows"].keys() > {"shards", "dice", "failures", "happenings"}


def test_a_session_is_known_to_the_process_that_opened_it_alone(bench: Bench, client: FlaskClient) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    restarted = client_of(bench)
    restarted.set_cookie(COOKIE, cookie.value)
    assert not sees_details(restarted)


def test_few_sessions_are_kept_and_the_newest_of_them() -> None:
    sessions = Sessions(FakeTime().clock)
    opened = [sessions.open() for _ in range(SESSIONS_KEPT + 1)]
    assert len(set(opened)) == len(opened)
    assert [sessions.is_open(each) for each in opened] == [False, *[True] * SESSIONS_KEPT]


def test_wrong_tokens_are_limited_and_the_limit_passes(bench: Bench, client: FlaskClient) -> None:
    assert [sign_in(client, "wrong") for _ in range(5)] == [403] * 5
    answer = client.post("/login", data={"token": "wrong"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    bench.time.seconds += 61
    assert sign_in(client, "wrong") == 403


def test_no_number_of_wrong_tokens_locks_the_right_one_out(client: FlaskClient) -> None:
    statuses = [sign_in(client, "wrong") for _ in range(200)]
    assert statuses.count(429) == 195
    assert sign_in(client) == 303, "from the very address that all the wrong ones came from"
    assert sees_details(client)


def test_guessing_is_logged_once_a_minute(bench: Bench, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(50):
        sign_in(client, "wrong")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    bench.time.seconds += 61
    for _ in range(50):
        sign_in(client, "wrong")
    assert len(caplog.records) == 2


def test_another_site_cannot_sign_anyone_in_or_out(client: FlaskClient) -> None:
    assert sign_in(client, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert sign_in(client, **{"Sec-Fetch-Site": "same-origin"}) == 303


def test_many_addresses_share_one_limit_and_little_memory() -> None:
    time = FakeTime()
    wrong = WrongTokens(time.clock)
    assert [wrong.count(f"192.0.2.{number}") for number in range(60)] == [0] * 60
    assert wrong.count("198.51.100.1") == 60
    for number in range(5000):
        wrong.count(str(number))
    assert len(wrong._by_address) <= 256
    time.seconds += 60
    assert wrong.count("198.51.100.1") == 0


def test_equality_is_decided_on_digests() -> None:
    assert is_same("a", "a")
    assert not is_same("a", "b")
    assert not is_same("\udce4", "a"), "undecodable input is only wrong"


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Basic c2VjcmV0", "Bearer", "bearer  scrape"])
def test_metrics_want_their_token_where_one_is_set(bench: Bench, given: str | None) -> None:
    client = client_of(bench, metrics_token="scrape")
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get("/metrics", headers={"Authorization": "Bearer scrape"}).status_code == 200


def test_the_operator_sees_what_is_running_how_it_is_set_and_every_fault(bench: Bench) -> None:
    bench.recorder.fault("edge-ban", "Discord's edge refuses us", blocking=True)
    bench.recorder.gauge(Gauge.IDENTIFY_REMAINING, 871)
    bench.second()
    app = create_app(
        bench.latest,
        Metrics(bench.latest),
        dashboard_token=TOKEN,
        configuration={"REST_RATE": "45.0", "DISCORD_TOKEN": "(hidden)"},
    )
    client = app.test_client()
    public = client.get("/api/status").get_json()["rows"]
    assert public.keys() == {"shards", "dice", "failures", "happenings"}
    assert "REST_RATE" not in client.get("/").text
    sign_in(client)
    rows = client.get("/api/status").get_json()["rows"]
    shown = {name: {row["name"]: row["value"] for row in rows[name]} for name in rows.keys() - public.keys()}
    assert shown["settings"] == {"REST_RATE": "45.0", "DISCORD_TOKEN": "(hidden)"}
    assert shown["faults"] == {"edge-ban": "Discord's edge refuses us (nobody is answered)"}
    assert shown["running"].items() >= {"commit": "abc1234", "Python": "3.11.9", "discord.py": "2.7.1"}.items()
    assert shown["state"].items() >= {"phase": "starting", "session starts left": "871"}.items()
    assert shown["commands"] == {"roll error": "1"}
    page = client.get("/").text
    for text in ("REST_RATE", "edge-ban", "abc1234", "871"):
        assert text in page
