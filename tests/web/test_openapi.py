"""The published document is true: every route is in it, and whatever is asked, the answer is one that it names."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules import __version__
from modules.telemetry.metrics import Metrics
from modules.telemetry.snapshot import Phase
from modules.web.sign_in import WrongTokens
from tests.telemetry.fakes import Bench
from web_server import create_app

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "static" / "openapi.json").read_text())
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE")
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]
HEADER_NAMES = (
    "Accept",
    "Authorization",
    "Cookie",
    "Range",
    "If-None-Match",
    "Host",
    "Content-Type",
    "X-Forwarded-For",
)
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60)


@pytest.fixture(scope="module")
def bench() -> Bench:
    bench = Bench()
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.command_finished("roll", "error", 0.1, kind="Forbidden")
    bench.second(3)
    return bench


@pytest.fixture(scope="module")
def app(bench: Bench) -> Flask:
    return create_app(bench.latest, Metrics(bench.latest), dashboard_token="sesame", metrics_token="scrape")


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def resolve(schema: Any) -> Any:
    """The schema with the document around it, so that its references lead somewhere."""
    return {**schema, "components": DOCUMENT["components"]}


def check_answer(answer: Any, operation: dict[str, Any]) -> None:
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{answer.status_code} is not in the document"
    content = described.get("content", {})
    if content:
        assert answer.mimetype in content
        schema = content[answer.mimetype].get("schema", {})
        if "json" in answer.mimetype and schema:
            validator = jsonschema.Draft202012Validator(resolve(schema))
            assert [error.message for error in validator.iter_errors(json.loads(answer.text))] == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_document_is_published_and_of_this_version(client: FlaskClient) -> None:
    assert client.get("/openapi.json").get_json() == DOCUMENT
    assert DOCUMENT["info"]["version"] == __version__


def test_every_route_is_in_the_document_and_none_else(app: Flask) -> None:
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert routes == set(OPERATIONS)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_a_plain_call_is_answered_as_described(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path.replace("{filename}", "dashboard.css"), method=method)
    check_answer(answer, DOCUMENT["paths"][path][method])


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_gives_a_described_answer(phase: Phase) -> None:
    bench = Bench()
    bench.recorder.set_phase(phase, reason="for the test", until_at=bench.time.now())
    bench.recorder.fault("log", "the disk is full", blocking=True)
    bench.second()
    client = create_app(bench.latest, Metrics(bench.latest)).test_client()
    for path in ("/healthz", "/livez", "/readyz", "/startupz", "/api/status", "/metrics", "/"):
        check_answer(client.get(path), DOCUMENT["paths"][path]["get"])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(sorted(DOCUMENT["paths"])),
    method=st.sampled_from(METHODS),
    filename=st.text(min_size=1, max_size=40).filter(lambda name: name not in (".", "..")),
    query=st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=3),
    headers=st.dictionaries(st.sampled_from(HEADER_NAMES), LATIN, max_size=4),
    form=st.dictionaries(st.sampled_from(["token", "next", ""]), st.text(max_size=40), max_size=2)
    | st.binary(max_size=80),
)
def test_no_request_gets_an_answer_that_is_not_described(
    monkeypatch: pytest.MonkeyPatch,
    client: FlaskClient,
    path: str,
    method: str,
    filename: str,
    query: dict[str, str],
    headers: dict[str, str],
    form: Any,
) -> None:
    monkeypatch.setattr(WrongTokens, "count", lambda *_: 0)
    url = path.replace("{filename}", filename.replace("/", "_").replace("\\", "_").replace("#", "_").replace("?", "_"))
    answer = client.open(url, method=method, query_string=query, headers=headers, data=form)
    described = DOCUMENT["paths"][path]
    operation = described.get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert answer.status_code in (404, 405)
    elif answer.status_code not in (404, 405) or path not in ("/static/{filename}",):
        assert str(answer.status_code) in operation["responses"]
        if method != "HEAD":
            check_answer(answer, operation)
    assert b"sesame" not in answer.data
    assert b"Traceback" not in answer.data


@settings(max_examples=200, deadline=None)
@given(path=st.text(max_size=80))
def test_no_path_breaks_it(client: FlaskClient, path: str) -> None:
    answer = client.get("/" + path.replace("#", "").replace("?", "").lstrip("/\\"))
    assert answer.status_code in (200, 301, 308, 401, 404, 503)
