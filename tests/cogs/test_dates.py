"""Days and times as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.cogs.support.dates import EARLIEST, Period, offers, taken_from
from modules.commands.refusal import Refusal

NOW = datetime(2026, 11, 25, 18, 30, 15, tzinfo=UTC)
TODAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("today", TODAY, TODAY + timedelta(days=1)),
        (" Yesterday ", TODAY - timedelta(days=1), TODAY),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
        ("20.11.2026", datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-20T18:05", datetime(2026, 11, 20, 18, 5, tzinfo=UTC), datetime(2026, 11, 20, 18, 6, tzinfo=UTC)),
        ("2026-11-20 18:05", datetime(2026, 11, 20, 18, 5, tzinfo=UTC), datetime(2026, 11, 20, 18, 6, tzinfo=UTC)),
        (
            "2026-11-20T18:05+02:00",
            datetime(2026, 11, 20, 16, 5, tzinfo=UTC),
            datetime(2026, 11, 20, 16, 6, tzinfo=UTC),
        ),
        ("<t:1763661900:f>", datetime(2025, 11, 20, 18, 5, tzinfo=UTC), datetime(2025, 11, 20, 18, 6, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7), NOW - timedelta(days=7)),
        ("12 hours ago", NOW - timedelta(hours=12), NOW - timedelta(hours=12)),
        ("30min", NOW - timedelta(minutes=30), NOW - timedelta(minutes=30)),
        ("9999w", EARLIEST, EARLIEST),
    ],
)
def test_what_is_typed_has_a_first_moment_and_an_end(typed: str, since: datetime, until: datetime) -> None:
    assert Period.of(typed, "", NOW) == Period(since, None)
    assert Period.of("", typed, NOW) == Period(None, until)


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow-ish",
        "2026-13-45",
        "31.02.2026",
        "11/25/2026",
        "7",
        "d",
        "7 hello",
        "9999-12-31",
        "<t:999999999999>",
        ".",
    ],
)
def test_what_names_no_time_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        Period.of("", typed, NOW)
    assert "`yesterday`" in refused.value.sentence


@given(st.text(max_size=60))
def test_no_text_fails_in_another_way(typed: str) -> None:
    try:
        period = Period.of(typed, "", NOW)
    except Refusal as refused:
        assert len(refused.sentence) < 600
    else:
        assert period.since is None or period.since >= EARLIEST
    assert len(offers(typed[:40], NOW)) <= 6


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(Refusal, match="before"):
        Period.of("today", "yesterday", NOW)
    assert Period.of("today", "today", NOW) == Period(TODAY, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("d20 since:yesterday UNTIL:today", ("yesterday", "today", "d20")),
        ("since: 7d channel", ("7d", "", "channel")),
        ("d20 whensince:7d", ("", "", "d20 whensince:7d")),
        ("", ("", "", "")),
    ],
)
def test_times_are_taken_from_a_message(text: str, taken: tuple[str, str, str]) -> None:
    assert taken_from(text) == taken


def test_suggestions_say_how_it_is_read() -> None:
    assert [each.value for each in offers("", NOW)] == ["today", "yesterday", "12h", "7d", "30d"]
    assert [each.value for each in offers("day", NOW)] == ["today", "yesterday", "7d", "30d"]
    (read,) = offers("3d", NOW)
    assert (read.name, read.value) == ("2026-11-22 18:30 UTC", "3d")
    assert offers("next week", NOW) == []
