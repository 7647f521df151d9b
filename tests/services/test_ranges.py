import pytest

from modules.dice.rolling.source import Faces, RandomSource
from modules.dice_roll import DiceEngine
from modules.services.ranges import total_range


class Extreme(RandomSource):
    """Always the same end of the die."""

    def __init__(self, *, highest: bool) -> None:
        self._highest = highest

    def roll(self, sides: int, count: int) -> Faces:
        return (sides if self._highest else 1,) * count


@pytest.mark.parametrize(
    "notation", ["7", "1d20", "3d6", "1d20+5", "4d6kh3", "4d6dl1+2", "2d20kl1-1", "2d6[a]+1d4[b c]"]
)
def test_without_subtracted_dice_the_ends_are_those_of_the_dice(notation: str) -> None:
    ends = []
    for highest in (False, True):
        (roll,) = DiceEngine(source=Extreme(highest=highest)).roll(notation)
        ends.append(roll.total)
    assert total_range(roll.expression) == tuple(ends)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1d20-1d6", (-5, 19)),
        ("-1d6+2", (-4, 1)),
        ("2d6dh3", (0, 0)),
        ("2d6*2", None),
        ("1d6!", None),
        ("10d10>=8", None),
        ("1d20 vs 15", None),
        ("dF", None),
        ("2d%", None),
        ("(1d6)d6", None),
        ("4d6kh3dl1", None),
        ("", None),
    ],
)
def test_only_sums_have_a_range(expression: str, expected: tuple[int, int] | None) -> None:
    assert total_range(expression) == expected
