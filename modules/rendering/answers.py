"""The answer to a roll as a player reads it: the total or verdict big and first, then the dice, then the notation.

What does not fit is left out dice first, totals last; an answer knows whether anything is missing from it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from modules.dice.rolling.result import Roll
from modules.rendering import games
from modules.rendering.dice import DISCORD, PLAIN, UNMARKED, Style, and_more, dice_text, labels_text, number_text
from modules.rendering.language import translated
from modules.rendering.rolls import (
    DICE_SHOWN,
    FIGURE_SPACE,
    MESSAGE_LENGTH,
    TEXT_SHOWN,
    criticals,
    dice_bound,
    expression_text,
    fitted,
    game_dice_text,
    game_text,
    joined,
    lead_text,
    notes_text,
    render_roll,
    render_rolls,
    repeat_lines,
    result_parts,
    rolls_one_thing,
    shown_pools,
    times_text,
)
from modules.rendering.text import shortened

CARD_LENGTH: Final = 4_000
"""Characters of all the text in one layout."""
LARGE_LENGTH: Final = 32
"""Characters of a headline that a phone shows in the largest size on at most two lines."""
LARGE_TOTALS: Final = 5
"""Different rolls of one message whose totals are each set large."""
DICE_PICTURED: Final = 10
"""Dice of the largest roll that is shown in pictures."""
NO_PICTURES: Final[Mapping[str, str]] = MappingProxyType({})
UNLIMITED: Final = 1_000_000
"""More characters or dice than a message can have."""
REST_IN_FILE: Final = "Every die is in the file."

_JOINTS: Final = re.compile(r"(\[[^\]]*\])|(?<=[\w)\]}])(//|[-+*/%])")
"""Labels, which stay as they are, and signs between terms."""
_LEADING: Final = re.compile(r"^(//|[-+*/%])")
_DOUBLED: Final = re.compile(r"\\\((\([^()]*\))\\\)")
"""Dice in brackets inside brackets of the notation."""


class Outcome(StrEnum):
    """How a roll went: for a colour, which never tells more than the words do."""

    PLAIN = "plain"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class RenderedAnswer:
    """What is said about a roll.

    Attributes:
        text: Lines in Discord's markup.
        outcome: How it went.
        is_complete: Whether every die and every total is in it.
    """

    text: str
    outcome: Outcome
    is_complete: bool


def render_card(
    rolls: Sequence[Roll],
    small: Sequence[str] = (),
    pictures: Mapping[str, str] = NO_PICTURES,
    *,
    limit: int = CARD_LENGTH,
) -> RenderedAnswer:
    """The answer as a card: headline, dice, notation.

    Args:
        rolls: At least one.
        small: Lines under it, in Discord's markup: odds, who asked for it.
        pictures: Of dice, as `Style` takes them; for small pools.
        limit: Characters in all.
    """
    tail = "".join([f"\n{DISCORD.small(line)}" for line in small])
    style = Style(pictures=pictures) if pictures and len(rolls[0].faces) <= DICE_PICTURED else DISCORD
    full = _lines(rolls, DICE_SHOWN[0], TEXT_SHOWN[0], style) if _tells_all(rolls) else None
    if full is not None and (text := joined(full, limit - len(tail))) is not None:
        return RenderedAnswer(text + tail, outcome_of(rolls), is_complete=True)
    tail = f"\n{DISCORD.small(translated(REST_IN_FILE))}{tail}"
    text = fitted(rolls, limit - len(tail), partial(_lines, rolls))
    text = _totals(rolls, limit - len(tail)) if text is None else text
    return RenderedAnswer(text + tail, outcome_of(rolls), is_complete=False)


def render_lines(
    rolls: Sequence[Roll], small: Sequence[str] = (), style: Style = DISCORD, *, limit: int = MESSAGE_LENGTH
) -> RenderedAnswer:
    """The answer as lines of text, one for each roll; arguments as for `render_card`."""
    tail = "".join([f"\n{style.small(line)}" for line in small])
    text = render_rolls(rolls, limit=UNLIMITED, style=style)
    if _tells_all(rolls) and len(text) + len(tail) <= limit:
        return RenderedAnswer(text + tail, outcome_of(rolls), is_complete=True)
    tail = f"\n{style.small(translated(REST_IN_FILE))}{tail}"
    text = render_rolls(rolls, limit=limit - len(tail), style=style)
    return RenderedAnswer(text + tail, outcome_of(rolls), is_complete=False)


def every_die(rolls: Sequence[Roll]) -> str:
    """All there is to tell, for a file: plain text of any length."""
    return "\n".join([render_roll(roll, UNLIMITED, UNLIMITED, PLAIN) for roll in rolls]) + "\n"


def outcome_of(rolls: Sequence[Roll]) -> Outcome:
    """How it went, where all of it went alike."""
    found = {_outcome(roll) for roll in rolls}
    return found.pop() if len(found) == 1 else Outcome.PLAIN


def _outcome(roll: Roll) -> Outcome:
    if roll.shortcuts and (told := games.answer(roll)) is not None:
        success = told.success
    elif (success := roll.success) is None:
        words = criticals(roll)
        success = words[0] == "success" if len(words) == 1 else None
    return Outcome.PLAIN if success is None else Outcome.SUCCESS if success else Outcome.FAILURE


def _tells_all(rolls: Sequence[Roll]) -> bool:
    """Whether at full length nothing is left out."""
    return dice_bound(rolls) <= DICE_SHOWN[0] and all(len(roll.expression) <= TEXT_SHOWN[0] for roll in rolls)


def _totals(rolls: Sequence[Roll], limit: int) -> str:
    """Nothing but totals; as many as fit."""
    told: list[str] = []
    room = limit - len(" and 1,000 more")
    for position, roll in enumerate(rolls):
        text = " ".join(result_parts(roll))
        room -= len(text) + 2
        if room < 0:
            return f"{', '.join(told)} {and_more(len(rolls) - position)}"
        told.append(text)
    return ", ".join(told)


def _lines(rolls: Sequence[Roll], dice_count: int, text_length: int, style: Style = DISCORD) -> Iterator[str]:
    if len(rolls) == 1:
        return _one(rolls[0], dice_count, text_length, style)
    if rolls_one_thing(rolls):
        return _repeats(rolls, dice_count, text_length)
    return _several(rolls, dice_count, text_length)


def _one(roll: Roll, dice_count: int, text_length: int, style: Style) -> Iterator[str]:
    """Comment, headline, sums by label, dice, notation, notes."""
    if roll.comment:
        yield _title(roll, text_length)
    notation = DISCORD.text(shortened(roll.expression, text_length))
    told = games.answer(roll) if roll.shortcuts else None
    if told is not None:
        yield _heading(DISCORD.text(told.verdict[:1].upper() + told.verdict[1:]))
        body = game_dice_text(told, dice_count, DISCORD)
        if not roll.prepared.traits.is_numbered:
            # Faces with words are long, and the dice tell theirs.
            notation = DISCORD.text(shortened("+".join(roll.shortcuts) + told.modifiers, text_length))
        notation = f"{DISCORD.text(told.system)} · {notation}"
    else:
        yield _heading(" · ".join(result_parts(roll, UNMARKED)) or translated("Nothing"))
        if labels := labels_text(roll, DISCORD):
            yield labels
        body = _dice(roll, dice_count, style) if dice_count else ""
    # A single die that is the total need not be told twice.
    if body.strip("*") not in {"", number_text(roll.total)}:
        yield body
    yield DISCORD.small(notation)
    yield from notes_text((roll,), DISCORD)


def _repeats(rolls: Sequence[Roll], dice_count: int, text_length: int) -> Iterator[str]:
    """The same roll several times: comment, how many succeeded or the sum and the best, then a line for each."""
    first = rolls[0]
    if first.comment:
        yield _title(first, text_length)
    if first.verdict:
        count = sum(bool(roll.success) for roll in rolls)
        yield _heading(translated("{count} of {all} succeeded", count=count, all=len(rolls)))
    elif first.has_total:
        totals = [roll.total for roll in rolls]
        total, best = number_text(sum(totals)), number_text(max(totals))
        yield _heading(translated("Sum {total} · best {best}", total=total, best=best))
    yield from repeat_lines(rolls, dice_count, text_length, DISCORD)
    yield DISCORD.small(times_text(first, len(rolls), text_length, DISCORD))
    yield from notes_text(rolls, DISCORD)


def _several(rolls: Sequence[Roll], dice_count: int, text_length: int) -> Iterator[str]:
    """Each total before its dice: large where there are few, else in a column."""
    width = max([len(number_text(roll.total)) for roll in rolls if roll.has_total], default=0)
    is_short = len(rolls) <= LARGE_TOTALS
    for roll in rolls:
        lead = lead_text(roll, text_length, DISCORD)
        if roll.shortcuts and (told := games.answer(roll)) is not None:
            yield lead + game_text(told, dice_count, DISCORD)
            continue
        # Set off from the result: a comment may read like one.
        body = lead + expression_text(roll, dice_count, text_length, DISCORD)
        if is_short:
            yield f"## {_result(roll, UNMARKED)}"
            yield body
        else:
            padding = FIGURE_SPACE * (width - len(number_text(roll.total))) if roll.has_total else ""
            yield f"{padding}{_result(roll, DISCORD)} = {body}"
    yield from notes_text(rolls, DISCORD)


def _result(roll: Roll, style: Style) -> str:
    told = " · ".join([part for part in (*result_parts(roll, style), labels_text(roll, style)) if part])
    return told or translated("Nothing")


def _title(roll: Roll, text_length: int) -> str:
    return DISCORD.strong(DISCORD.comment(roll.comment, text_length))


def _heading(text: str) -> str:
    return f"{'#' if len(text) <= LARGE_LENGTH else '###'} {text}"


def _dice(roll: Roll, dice_count: int, style: Style) -> str:
    """The notation with dice in place of the pools that threw them."""
    shown = shown_pools(roll)
    if len(shown) == 1 and str(shown[0].node) == roll.expression:
        return dice_text(shown[0], dice_count, style)
    text = ""
    # Each pool follows its own text, and behind the last there may be more.
    for piece, pool in zip_longest(roll.prepared.pieces[::2], roll.pools):
        own = before = str(piece)
        if pool and not (pool.is_set or pool.is_merged):
            before = own.removesuffix(str(pool.node))
        text += DISCORD.text(_spaced(before, is_first=not text))
        if pool and not pool.is_merged:
            text += f"{' ' if before == own else ''}({dice_text(pool, dice_count, style)})"
    return _DOUBLED.sub(r"\1", text) if shown else ""


def _spaced(piece: str, *, is_first: bool) -> str:
    """Room around the signs between terms."""
    spaced = _JOINTS.sub(lambda found: found[1] or f" {found[2]} ", piece)
    return spaced if is_first else _LEADING.sub(r" \1 ", spaced)
