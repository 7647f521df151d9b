"""The picture of odds: what stands where, and that nothing leaves its field. How it looks, people judge."""

from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine
from modules.rendering import odds_chart as chart
from modules.rendering.odds_scale import BOTTOM, LEFT, RIGHT, TOP, round_step, scaled
from modules.rendering.odds_text import Aim
from tests.dice.strategies import CHECKED

ENGINE = DiceEngine()


def picture(notation: str, aim: Aim | None = None) -> Image.Image:
    content = chart.draw_odds(ENGINE.odds(notation), aim)
    assert content is not None
    return Image.open(BytesIO(content)).convert("RGB")


def near(pixel: object, colour: str) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 12 for one, other in zip(pixel, ImageColor.getrgb(colour), strict=True))


def row(image: Image.Image, colour: str, y: int) -> list[int]:
    """Where this colour stands in a line of the field."""
    return [x for x in range(LEFT, RIGHT) if near(image.getpixel((x, y)), colour)]


def bar_count(image: Image.Image, colour: str, y: int) -> int:
    places = row(image, colour, y)
    return sum(after - before > 1 for before, after in pairwise(places)) + bool(places)


def test_one_bar_for_each_total_as_high_as_it_is_likely() -> None:
    image = picture("2d6")
    assert image.size == (chart.WIDTH, chart.HEIGHT)
    # The mean's line stands in the middle of the seventh bar.
    assert bar_count(image, chart.BAR, BOTTOM - 6) == 12
    heights = [
        BOTTOM - min(y for y in range(TOP, BOTTOM) if near(image.getpixel((x, y)), chart.BAR)) for x in (135, 190)
    ]
    assert heights[1] == pytest.approx(2 * heights[0], abs=2)


def test_bars_that_reach_the_target_are_set_off() -> None:
    image = picture("1d20", Aim(">=", 15))
    assert bar_count(image, chart.BAR, BOTTOM - 20) == 6
    assert bar_count(image, chart.DIMMED, BOTTOM - 20) >= 14
    below = picture("1d100 <= 50", Aim("<=", 50))
    assert max(row(below, chart.BAR, BOTTOM - 20)) < min(row(below, chart.DIMMED, BOTTOM - 20))


def test_two_rolls_differ_by_form_and_colour() -> None:
    image = picture("4d6kh3; 3d6", Aim(">=", 3))
    colours = image.getcolors(100_000)
    assert colours is not None
    assert sum(count for count, colour in colours if near(colour, chart.BAR)) > 10_000
    assert sum(count for count, colour in colours if near(colour, chart.OUTLINE)) > 1_000
    assert not any(near(colour, chart.DIMMED) for _, colour in colours)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_colours_can_be_told_apart_without_seeing_colour() -> None:
    assert min(contrast(colour, chart.GROUND) for colour in (chart.TEXT, chart.FAINT)) >= 7
    assert min(contrast(colour, chart.GROUND) for colour in (chart.BAR, chart.OUTLINE)) >= 4.5
    assert contrast(chart.BAR, chart.DIMMED) >= 2.5
    assert contrast(chart.DIMMED, chart.GROUND) >= 2


def test_letters_are_readable_on_a_phone() -> None:
    # 390 pixels wide, of which a message has some 310.
    assert chart.LABEL_SIZE * 310 / chart.WIDTH >= 11


def test_words_have_no_picture() -> None:
    assert chart.draw_odds(ENGINE.odds("2proficiency")) is None
    assert chart.draw_odds(ENGINE.odds("1d[hit,3]")) is not None


def test_the_picture_is_told_in_words() -> None:
    told = chart.describe_chart(ENGINE.odds("4d6kh3"), Aim(">=", 15))
    assert told == (
        "Bar chart of odds. 4d6kh3: mean 12.2446, standard deviation 2.847, 3 to 18, most likely 13 (13.3 %), "
        "quartiles 10, 12, 14; 15 or more: 23.1 %."
    )
    assert len(chart.describe_chart(ENGINE.odds("; ".join(["+".join(["1d6"] * 60)] * 2)))) < 1_024


@pytest.mark.parametrize(
    "notation", ["7", "1d6*10^12", "1d6/7", "1d20-10", "d[0,1000000]", "1d1000*1d10", "-5d6", "100d6!"]
)
def test_odd_totals_have_a_scale(notation: str) -> None:
    odds = ENGINE.odds(notation.replace("100d6!", "3d6!"))
    scale, (columns,) = scaled(odds)
    assert all(0 <= column.place < scale.columns for column in columns)
    assert sum(column.share for column in columns) > 0.998
    assert scale.left(0) >= LEFT
    assert scale.left(scale.columns) <= RIGHT + 0.001
    assert max(column.share for column in columns) < scale.top
    picture(str(odds[0].expression))


@pytest.mark.parametrize(("least", "step"), [(3, 5), (0.03, 0.05), (1, 1), (11, 20), (0.7, 1), (0, 1)])
def test_steps_are_round(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


@settings(max_examples=40)
@given(CHECKED, st.integers(-5, 30))
def test_whatever_has_odds_has_a_picture(notation: str, target: int) -> None:
    try:
        odds = ENGINE.odds(notation, steps=5_000)
    except DiceError:
        return
    content = chart.draw_odds(odds, Aim(">=", target))
    assert content is None or content.startswith(b"\x89PNG")
    assert content is None or len(content) < 40_000
