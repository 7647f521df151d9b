import pytest

from modules.ui.pages import render_about, render_ping


def test_about_tells_the_uptime_as_the_dashboard_does() -> None:
    assert "Up 1 d 0 h " in render_about(version="1", commit="a", uptime_seconds=86_405, guild_count=1, library="2.7.1")


def test_about_shortens_the_commit() -> None:
    text = render_about(version="1", commit="a" * 40, uptime_seconds=5, guild_count=1200, library="2.7.1")
    assert "`aaaaaaaaaaaa`" in text
    assert "1,200 servers" in text


@pytest.mark.parametrize(("latency", "text"), [(None, "–"), (0.0426, "43 ms"), (0.0, "0 ms")])
def test_ping(latency: float | None, text: str) -> None:
    assert render_ping(latency).endswith(text)
