import pytest

from modules.services.found_dice import FOUND_AT_MOST, find_dice
from modules.services.readings import Reader


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I attack with 1d20+7, then 2d6 + 4 damage.", ["1d20+7", "2d6 + 4"]),
        ("!roll 4d6kh3", ["4d6kh3"]),
        ("**8** = 2d6 (5, 3)", ["2d6"]),
        ("6#4d6kh3 or 10d10>=8 or d%", ["6#4d6kh3", "10d10>=8", "d%"]),
        ("2d6 and again 2d6", ["2d6"]),
        ("3+1d4!", ["3+1d4!"]),
        ("the d20 system", ["d20"]),
        ("add 2 dogs, day 3d, https://x.org/2d6/a, $1d6, id2d6, 2d6x", []),
        ("d0 and 4d6hk3 and 99999d6", []),
        ("", []),
    ],
)
def test_dice_are_found_where_they_stand_as_words(text: str, found: list[str]) -> None:
    assert find_dice(text, Reader()) == found


def test_no_more_are_found_than_a_menu_takes() -> None:
    text = " ".join(f"{number}d6" for number in range(1, 60))
    assert len(find_dice(text, Reader())) == FOUND_AT_MOST


@pytest.mark.parametrize(
    "text", ["1d6" * 1_300, "1d6+" * 1_000, "1" * 4_000, "1d6kh" * 800, "d" * 4_000, "1d6 + " * 600]
)
def test_no_text_takes_long_or_fails(text: str) -> None:
    assert len(find_dice(text, Reader())) <= FOUND_AT_MOST
