"""The reference values of the notation page: mean, standard deviation, one probability."""

import pytest

from tests.dice.oracle import Distribution, at_least, engine_distribution, mean, times, variance

SUMS: dict[str, tuple[int, str]] = {
    "1d20+5": (1, "1d20+5"),
    # Alone a single die would be compared, not counted.
    "10d10>=8": (10, "1d10>=8+0"),
    "10d10>=8f1": (10, "1d10>=8f1"),
    "8d6": (8, "1d6"),
}
"""Sums of independent dice: how many, and of which."""
ROWS = [
    ("1d20+5", 15.5, 5.766281, 15, 0.55),
    ("2d20kh1", 13.825, 4.711091, 20, 0.0975),
    ("3d20kh1", 15.4875, 3.867602, 11, 0.875),
    ("4d6kh3", 12.244599, 2.846844, 15, 0.231481),
    ("4d6kh3", 12.244599, 2.846844, 18, 0.016204),
    ("10d10>=8", 3, 1.449138, 5, 0.150268),
    ("10d10>=8f1", 2, 1.897367, 1, 0.787781),
    ("4dF", 0, 1.632993, 1, 0.382716),
    ("1d6!", 4.2, 3.261901, None, 0),
    ("8d6", 28, 4.830459, 30, 0.380172),
    ("2d6ro1", 7.833333, 2.091650, 8, 0.567130),
    ("2d6r1", 8, 2, 8, 0.6),
    ("1d20mi10", 12.75, 3.418699, 15, 0.3),
    ("5d6kh1", 5.430941, 0.811989, 6, 0.598122),
    ("{1d8!,1d6!}kh1", 6.478648, 3.957664, 4, 0.8125),
    ("1d20, p1d6", 11.5, 5.965177, 15, 0.35),
]


def exact(notation: str) -> Distribution:
    count, part = SUMS.get(notation, (1, notation))
    return times(count, engine_distribution(part, least=1e-9 if "!" in part or "r1" in part else 0))


@pytest.mark.parametrize(("notation", "centre", "deviation", "target", "chance"), ROWS)
def test_reference_values(notation: str, centre: float, deviation: float, target: int | None, chance: float) -> None:
    distribution = exact(notation)
    tolerance = {"!": 2e-4, "r": 1e-5}.get("!" if "!" in notation else "r" if "r1" in notation else "", 1e-6)
    assert float(mean(distribution)) == pytest.approx(centre, abs=tolerance)
    assert float(variance(distribution)) ** 0.5 == pytest.approx(deviation, abs=5 * tolerance)
    if target is not None:
        assert float(at_least(distribution, target)) == pytest.approx(chance, abs=tolerance)
