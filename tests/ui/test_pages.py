import pytest

from modules.ui.pages import render_about, render_duration, render_ping


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (11_520, "3 h 12 min"),
        (90_061, "1 d 1 h"),
        (86_400 * 400, "400 d"),
    ],
)
def test_durations_show_their_two_largest_units(seconds: float, text: str) -> None:
    assert render_duration(seconds) == text


def test_about_shortens_the_commit() -> None:
    text = render_about(version="1", commit="a" * 40, uptime_seconds=5, guild_count=1200, library="2.7.1")
    assert "`aaaaaaaaaaaa`" in text
    assert "1,200 servers" in text


@pytest.mark.parametrize(("latency", "text"), [(None, "–"), (0.0426, "43 ms"), (0.0, "0 ms")])
def test_ping(latency: float | None, text: str) -> None:
    assert render_ping(latency).endswith(text)
