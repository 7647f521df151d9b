"""Dice as pictures, for Discord's custom emojis: one for each face of the common dice and of the Fate die."""

from collections.abc import Sequence
from io import BytesIO
from math import cos, pi, sin
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = 128
"""Pixels of a side; Discord shows them at 22, and at 48 where they stand alone."""
SCALE: Final = 4
"""Drawn so much larger, for smooth edges."""
COLOURS: Final = MappingProxyType(
    {
        "d4": "#2a9d8f",
        "d6": "#c8453b",
        "d8": "#7b5cc4",
        "d10": "#2f74c0",
        "d12": "#b0702a",
        "d20": "#4c5bd4",
        "df": "#5d6b2f",
    }
)
FATE: Final = ("-", "", "+")
TEXT: Final = "#ffffff"
EDGE: Final = "#ffffff"

_TEXT_HEIGHTS: Final = MappingProxyType({"d4": 0.44, "d10": 0.5, "df": 0.9})
_SHAPES: Final = MappingProxyType({"d4": (3, 1.0), "d8": (4, 0.86), "d10": (4, 1.0), "d12": (5, 1.0), "d20": (6, 1.0)})
"""Corners, and how wide for its height."""

Point = tuple[float, float]


def picture_names() -> Sequence[str]:
    """The name of every picture: die and face, such as `d20_17`; the faces of the Fate die count from 1."""
    return [f"{die}_{face}" for die in COLOURS for face in range(1, _sides(die) + 1)]


def draw_die(name: str) -> bytes:
    """A picture as PNG.

    Args:
        name: One of `picture_names`.
    """
    die, _, face = name.partition("_")
    side = SIZE * SCALE
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)
    if die in {"d6", "df"}:
        inset = side * 0.06
        box = (inset, inset, side - inset, side - inset)
        pen.rounded_rectangle(box, side * 0.18, fill=COLOURS[die], outline=EDGE, width=side // 32)
    else:
        corners = _corners(die, side)
        pen.polygon(corners, fill=COLOURS[die])
        pen.line([*corners, corners[0], corners[1]], fill=EDGE, width=side // 32, joint="curve")
    text = FATE[int(face) - 1] if die == "df" else face
    # The middle of a triangle lies lower than that of its square.
    middle = (side / 2, side * (0.62 if die == "d4" else 0.52))
    height = side * _TEXT_HEIGHTS.get(die, 0.52 if len(text) > 1 else 0.62)
    pen.text(
        middle,
        text,
        fill=TEXT,
        font=ImageFont.load_default(height),
        anchor="mm",
        stroke_width=side // 96,
        stroke_fill=TEXT,
    )
    small = BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(small, "PNG", optimize=True)
    return small.getvalue()


def _sides(die: str) -> int:
    return len(FATE) if die == "df" else int(die[1:])


def _corners(die: str, side: float) -> list[Point]:
    count, squeeze = _SHAPES[die]
    middle = side * (0.58 if die == "d4" else 0.5)
    radius = side * (0.53 if die == "d4" else 0.47)
    angles = [-pi / 2 + 2 * pi * number / count for number in range(count)]
    corners = [(side / 2 + squeeze * radius * cos(angle), middle + radius * sin(angle)) for angle in angles]
    if die == "d10":
        # A kite: its widest place lies below the middle.
        corners[1] = (corners[1][0], side * 0.58)
        corners[3] = (corners[3][0], side * 0.58)
    return corners
