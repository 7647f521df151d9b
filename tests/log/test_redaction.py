"""Secrets never come out: known ones, and those that only look like one."""

import json
import logging
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modules.log.format import EcsFormatter, TextFormatter
from modules.log.records import freeze
from modules.log.redaction import REDACTED, Redactor

TOKEN = "MTE4NzY1NDMyMTA5ODc2NTQzMg.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789-_"
WEBHOOK = "Zq3-" + "aB4_" * 16
INTERACTION = "aW50ZXJhY3Rpb246MTE4NzY1NDMyMTA5ODc2NTQzMjpoZWxsbw"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TOKEN, REDACTED),
        (f"<{TOKEN}>", f"<{REDACTED}>"),
        (f"a {TOKEN}, {TOKEN} b", f"a {REDACTED}, {REDACTED} b"),
        (f"Authorization: Bot {TOKEN}", f"Authorization: {REDACTED}"),
        ("Authorization: Basic dXNlcjpwYXNz", f"Authorization: {REDACTED}"),
        ("proxy-authorization=Bearer x", f"proxy-authorization={REDACTED}"),
        ("{'Authorization': 'Bot short'}", f"{{'Authorization': {REDACTED}}}"),
        ("(b'authorization', b'Bearer short')", f"(b'authorization', {REDACTED})"),
        ('{"token": "a \\" b", "x": 1}', f'{{"token": {REDACTED}, "x": 1}}'),
        ("?token=abc&x=1", f"?token={REDACTED}&x=1"),
        ("webhook_token='abc' id=1", f"webhook_token={REDACTED} id=1"),
        ("password = two", f"password = {REDACTED}"),
        ("the header was Bearer abc123def456ghi789", f"the header was Bearer {REDACTED}"),
        ("https://u:pass@host/x", f"https://u:{REDACTED}@host/x"),
        ("postgresql+asyncpg://u:p@ss:w@host:5432/db", f"postgresql+asyncpg://u:{REDACTED}@host:5432/db"),
        ("redis://:pass@host", f"redis://:{REDACTED}@host"),
        (
            f"https://discord.com/api/webhooks/123/{WEBHOOK}?wait=true",
            f"https://discord.com/api/webhooks/123/{REDACTED}?wait=true",
        ),
        ("/webhooks/123/short-one/messages/@original", f"/webhooks/123/{REDACTED}/messages/@original"),
        ("POST /interactions/12/tok-en_/callback", f"POST /interactions/12/{REDACTED}/callback"),
        ("to=%2Finteractions%2F12%2Ftok%2Fcallback", f"to=%2Finteractions%2F12%2F{REDACTED}%2Fcallback"),
        (f"bucket 118765432109876543+{WEBHOOK}", f"bucket 118765432109876543+{REDACTED}"),
        (f"answered {INTERACTION} late", f"answered {REDACTED} late"),
    ],
)
def test_what_looks_like_a_secret_is_replaced(text: str, expected: str) -> None:
    assert Redactor().text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rolled 2d6+3 for 12",
        "DISCORD_TOKEN is missing; wanted: the bot's token",
        "Basic authentication is not supported, bearer tokens neither",
        "bot 118765432109876543 joined",
        "modules.dice_roll.test_a_name_that_is_long_enough_to_be_a_part",
        "a1b2c3d4" * 8,
        "GET http://127.0.0.1:8080/healthz 200",
        "see https://example.org:443/a and mail me@example.org",
        "/channels/118765432109876543/messages",
        "2026-11-23T14:34:00.000Z",
    ],
)
def test_innocent_text_is_left_alone(text: str) -> None:
    assert Redactor([TOKEN]).text(text) == text


def test_a_known_secret_needs_no_shape() -> None:
    redactor = Redactor(["hunter 2", 'quo"te\\', "hunter 2 longer", "", "  "])
    assert redactor.text("is hunter 2 longer or hunter 2") == f"is {REDACTED} or {REDACTED}"
    assert redactor.text("a=hunter%202&b=hunter+2") == f"a={REDACTED}&b={REDACTED}"
    assert redactor.text(json.dumps(['quo"te\\'])) == f'["{REDACTED}"]'
    assert redactor.text(repr({'quo"te\\'})) == f"{{'{REDACTED}'}}"
    assert redactor.text("nothing  here") == "nothing  here"


def test_values_are_searched_to_the_bottom() -> None:
    value = {"a": [1, None, True, {"b": f"x {TOKEN}"}], TOKEN: 2.5, "password": "plain", "session_cookie": "c", "n": 7}
    assert Redactor().value(value) == {
        "a": [1, None, True, {"b": f"x {REDACTED}"}],
        REDACTED: 2.5,
        "password": REDACTED,
        "session_cookie": REDACTED,
        "n": 7,
    }


def test_a_secret_that_is_a_number_is_one_as_a_number_too() -> None:
    assert Redactor(["12345678"]).value([12345678, 1234567]) == [REDACTED, 1234567]


class Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def lines(log: Callable[[logging.Logger], object], redactor: Redactor) -> tuple[str, str]:
    """What one call comes out as, in JSON (decoded again, so that no escape hides anything) and in text."""
    logger, kept = logging.getLogger("planted"), Keeper()
    logger.propagate = False
    logger.addHandler(kept)
    log(logger)
    logger.removeHandler(kept)
    (record,) = kept.records
    decoded: dict[str, object] = json.loads(EcsFormatter(redactor).format(freeze(record)))
    told = {key: value for key, value in decoded.items() if not key.startswith(("process.", "@", "log.origin"))}
    return "\n".join(strings(told)), TextFormatter(redactor).format(freeze(record))


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [str(value)]


def fail(error: Exception) -> None:
    raise error


def chained(text: str) -> Exception:
    """An exception that tells `text` in itself, in a note, in a cause, in a context and in a group."""
    try:
        try:
            try:
                fail(KeyError(text))
            except KeyError as error:
                raise ValueError(f"the cause was {text}") from error
        except ValueError:
            fail(ExceptionGroup(text, [OSError(5, text), RuntimeError({"key": text})]))
    except ExceptionGroup as group:
        group.add_note(f"note {text}")
        return group
    raise AssertionError


def log_everywhere(text: str) -> Callable[[logging.Logger], object]:
    def log(logger: logging.Logger) -> None:
        logger.error(
            f"in the message {text} %s %s %r",  # noqa: G004 - the message itself is what is tested
            text,
            {"argument": text},
            [text],
            extra={"field": text, "deep": {"list": [{"x": text}], text: 1}, "bytes": text.encode()},
            exc_info=chained(text),
        )

    return log


patient = settings(deadline=None)
"""Nothing here is about time, and a busy machine is no fault."""

around = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="%"), max_size=12)
"""Text that may stand beside a secret; a % would be a format."""


@patient
@given(st.from_regex(r"[A-Za-z0-9_-]{24,26}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}", fullmatch=True), around, around)
def test_a_bot_token_never_comes_out(token: str, before: str, after: str) -> None:
    for output in lines(log_everywhere(f"{before}{token}{after}"), Redactor()):
        assert token.rpartition(".")[2] not in output
        assert REDACTED in output


@patient
@given(
    st.sampled_from(
        [
            "https://discord.com/api/webhooks/118765432109876543/{}",
            "/api/v10/webhooks/118765432109876543/{}/messages/@original?wait=true",
            "https://discord.com/api/v10/interactions/118765432109876543/{}/callback",
            "Authorization: Bot {}",
            "{{'Authorization': 'Bearer {}'}}",
            "authorization=Basic {}",
            "postgresql://nazh:{}@db:5432/nazh",
            "GET /metrics?token={} HTTP/1.1",
        ]
    ),
    st.from_regex(r"[A-Za-z0-9_-]{16,80}", fullmatch=True),
)
def test_a_token_in_its_usual_place_never_comes_out(place: str, secret: str) -> None:
    assume(secret.lower() not in "in the message argument")
    for output in lines(log_everywhere(f" {place.format(secret)} "), Redactor()):
        assert secret not in output


@patient
@given(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="[]%"), min_size=8, max_size=40),
    around,
    around,
)
def test_a_configured_secret_never_comes_out(secret: str, before: str, after: str) -> None:
    assume(not re.search(re.escape(secret), "".join(lines(log_everywhere(""), Redactor()))))
    for output in lines(log_everywhere(f"{before}{secret}{after}"), Redactor([secret])):
        assert secret not in output
        assert json.dumps(secret)[1:-1] not in output
