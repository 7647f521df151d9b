"""Odds as a picture: one bar for each total, a second roll as an outline over it.

It brings its own dark ground, which stands well in Discord's dark and light theme alike. What is told apart by colour
(of a palette that colour-blind people can tell apart) is told apart by lightness or form too. Sizes are in pixels; a
phone shows the picture at about 0.4 of its size.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import ceil, floor
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from modules.dice.notation.syntax import Value
from modules.dice.odds.odds import Odds
from modules.rendering.language import translated
from modules.rendering.odds_scale import BOTTOM, LEFT, RIGHT, TOP, Column, Scale, round_step, scaled
from modules.rendering.odds_text import Aim, facts, number
from modules.rendering.text import harmless, shortened

WIDTH: Final = 760
HEIGHT: Final = 460
MARGIN: Final = 24
TITLE_SIZE: Final = 36
LABEL_SIZE: Final = 28
GAP_FROM: Final = 8
"""Columns of at least this width stand apart."""
TICKS: Final = 6
"""The most labels under the field, unless each column has one."""
TITLE_LENGTH: Final = 60
"""More characters than fit into a title."""
EXPRESSION_LENGTH: Final = 200
"""Characters of an expression that are told in words."""

GROUND: Final = "#232428"
TEXT: Final = "#f2f3f5"
FAINT: Final = "#b5bac1"
GRID: Final = "#3f4147"
BAR: Final = "#56b4e9"
DIMMED: Final = "#2d617f"
OUTLINE: Final = "#f0a830"

_FOREIGN: Final = re.compile(r"[^ -~]+")


def draw_odds(rolls: Sequence[Odds], aim: Aim | None = None) -> bytes | None:
    """The odds of one roll as PNG, or of the first two of several; None where dice of words have no total.

    Args:
        rolls: At least one.
        aim: Of one roll: sets its bars off.
    """
    shown = _shown(rolls)
    if not shown:
        return None
    scale, columns = scaled(shown)
    canvas = _Canvas(scale)
    canvas.grid()
    if len(shown) > 1:
        canvas.legend(shown)
        canvas.bars(columns[0], None)
        canvas.outline(columns[1])
    else:
        canvas.title(shown[0], aim)
        canvas.bars(columns[0], aim)
        canvas.mean(shown[0])
    return canvas.png()


def _shown(rolls: Sequence[Odds]) -> Sequence[Odds]:
    return [odds for odds in rolls if len(odds.outcomes) > 1 or not odds.tallies][:2]


def describe_chart(rolls: Sequence[Odds], aim: Aim | None = None) -> str:
    """What that picture shows, for whoever cannot see it; some 300 characters at most for each roll."""
    shown = _shown(rolls)
    if not shown:
        return ""
    told = [
        f"{shortened(harmless(odds.expression), EXPRESSION_LENGTH)}: {', '.join(facts(odds)[:2])}" for odds in shown
    ]
    if aim is not None and len(shown) == 1:
        told.append(aim.told(shown[0]))
    return f"{translated('Bar chart of odds.')} {'; '.join(told)}."


class _Canvas:
    """A picture being drawn.

    Args:
        scale: Where totals and probabilities stand in it.
    """

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
        self._draw = ImageDraw.Draw(self._picture)
        self._title_font = ImageFont.load_default(TITLE_SIZE)
        self._label_font = ImageFont.load_default(LABEL_SIZE)

    def png(self) -> bytes:
        """The file."""
        written = BytesIO()
        # Few flat colours: a palette makes it small, and quick to compress.
        self._picture.quantize(48, method=Image.Quantize.FASTOCTREE).save(written, "PNG", compress_level=3)
        return written.getvalue()

    def title(self, odds: Odds, aim: Aim | None) -> None:
        """The expression, and the chance of what is hoped for."""
        font, room = self._title_font, WIDTH - 2 * MARGIN
        if aim is not None:
            text, small = aim.told(odds), self._label_font
            self._draw.text((WIDTH - MARGIN, 28), text, BAR, small, anchor="rt")
            room -= int(self._draw.textlength(text, small)) + MARGIN
        self._draw.text((MARGIN, 24), self._fitted(odds.expression, room), TEXT, font, anchor="lt")

    def legend(self, shown: Sequence[Odds]) -> None:
        """Two expressions, each with a sample of how it is drawn."""
        font, at = self._title_font, float(MARGIN)
        for odds, colour in zip(shown, (BAR, OUTLINE), strict=True):
            if colour == BAR:
                self._draw.rectangle((at, 26, at + 26, 52), fill=colour)
            else:
                self._draw.line([(at, 52), (at, 28), (at + 26, 28), (at + 26, 52)], fill=colour, width=5)
            text = self._fitted(odds.expression, WIDTH / 2 - 80)
            self._draw.text((at + 38, 24), text, TEXT, font, anchor="lt")
            at += 38 + self._draw.textlength(text, font) + 36

    def grid(self) -> None:
        """Lines of equal probability, and totals under the field."""
        font = self._label_font
        step = round_step(self._scale.top / 4)
        for place in range(int(self._scale.top / step) + 1):
            share = step * place
            height = self._scale.height(share)
            self._draw.line([(LEFT, height), (RIGHT, height)], fill=GRID, width=2)
            self._draw.text((LEFT - 12, height), f"{100 * share:.10g} %", FAINT, font, anchor="rm")
        for value in self._ticks():
            self._draw.text((self._scale.middle(value), BOTTOM + 12), number(value), FAINT, font, anchor="mt")

    def mean(self, odds: Odds) -> None:
        """A broken line at the mean, with its value beside it."""
        if len(odds.outcomes) == 1:
            return
        at, font = self._scale.middle(odds.mean), self._label_font
        self._draw.line([(at, TOP - 14), (at, BOTTOM)], fill=GROUND, width=7)
        for above in range(TOP - 14, BOTTOM, 14):
            self._draw.line([(at, above), (at, above + 7)], fill=TEXT, width=3)
        is_left = at < (LEFT + RIGHT) / 2
        text = translated("mean {mean}", mean=number(odds.mean))
        self._draw.text((at + (10 if is_left else -10), TOP - 18), text, TEXT, font, anchor="lt" if is_left else "rt")

    def bars(self, columns: Sequence[Column], aim: Aim | None) -> None:
        """One bar for each column."""
        gap = self._scale.width / 5 if self._scale.width > GAP_FROM else 0
        for place, first, share in columns:
            left, right = self._scale.left(place) + gap / 2, self._scale.left(place + 1) - gap / 2
            colour = BAR if aim is None or aim.is_met(first) else DIMMED
            # However rare, what can come up is seen.
            top = min(self._scale.height(share), BOTTOM - 2)
            self._draw.rectangle((round(left), round(top), max(round(left), round(right) - 1), BOTTOM), fill=colour)

    def outline(self, columns: Sequence[Column]) -> None:
        """The second roll: the upper edges of its bars as one line."""
        shares = {column.place: column.share for column in columns}
        first, last = min(shares), max(shares)
        points = [(self._scale.left(first), float(BOTTOM))]
        for place in range(first, last + 1):
            height = self._scale.height(shares.get(place, 0.0))
            points += [(self._scale.left(place), height), (self._scale.left(place + 1), height)]
        points.append((self._scale.left(last + 1), float(BOTTOM)))
        for one, other in pairwise(points):
            self._draw.line([one, other], fill=OUTLINE, width=5)

    def _ticks(self) -> list[Value]:
        """Round totals to be named under the field, as many as there is room for."""
        high = self._scale.low + self._scale.step * (self._scale.columns - 1)
        widest = max(self._draw.textlength(number(value), self._label_font) for value in (self._scale.low, high)) + 24
        most = max(1, min(TICKS, int((RIGHT - LEFT) / widest)))
        if self._scale.columns * max(widest, 1) <= RIGHT - LEFT:
            return [self._scale.low + self._scale.step * place for place in range(self._scale.columns)]
        step = max(1, ceil(round_step(float(high - self._scale.low) / most)))
        return list(range(ceil(self._scale.low / step) * step, floor(high) + 1, step))

    def _fitted(self, text: str, width: float) -> str:
        """The text, or as much of it as fits, with an ellipsis; the font has no letters but those of English."""
        fitted = shortened(_FOREIGN.sub("…", text), TITLE_LENGTH)
        while self._draw.textlength(fitted, self._title_font) > width:
            fitted = f"{fitted.rstrip('…')[:-1]}…"
        return fitted
