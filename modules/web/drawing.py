"""Sparklines as SVG paths: a few hundred bytes each, in a box of `WIDTH` by `HEIGHT` that the page stretches."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 100
HEADROOM: Final = 8
"""Free space above the highest point, so that a line's thickness is not cut off."""

Value = float | None


def line_path(values: Sequence[Value], top: float) -> str:
    """A line through `values` on a scale from 0 to `top`; it breaks where a value is None, a lone value is a dot."""
    step = WIDTH / max(len(values) - 1, 1)
    top = top or 1.0
    parts = []
    for stretch in _stretches(values):
        points = [f"{index * step:.0f} {HEIGHT - value / top * (HEIGHT - HEADROOM):.0f}" for index, value in stretch]
        # A line of no length is a dot where its ends are round.
        parts.append("M" + "L".join(points) + ("h0" if len(points) == 1 else ""))
    return "".join(parts)


def area_path(line: str) -> str:
    """The area below a line drawn by `line_path`."""
    # A dot covers no area; a stretch begins with the x to which its area returns.
    return "".join(f"M{stretch}V{HEIGHT}H{stretch.partition(' ')[0]}Z" for stretch in line.split("M") if "L" in stretch)


def bars_path(heights: Sequence[Value]) -> str:
    """Upright bars side by side, each of the given share of the full height; None leaves its place free."""
    step = WIDTH / len(heights)
    drawn = ((index, height) for index, height in enumerate(heights) if height is not None)
    return "".join(
        f"M{index * step:.1f} {HEIGHT}v-{height * HEIGHT:.0f}h{step * 0.68:.1f}v{height * HEIGHT:.0f}z"
        for index, height in drawn
    )


def _stretches(values: Sequence[Value]) -> Iterator[list[tuple[int, float]]]:
    for is_known, group in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if is_known:
            yield [(index, value) for index, value in group if value is not None]
