import pytest

from modules.telemetry.durations import duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3600, "1 h 0 min"),
        (11_520, "3 h 12 min"),
        (86_405, "1 d 0 h"),
        (90_061, "1 d 1 h"),
        (864_000, "10 d 0 h"),
        (86_400 * 400, "400 d 0 h"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
