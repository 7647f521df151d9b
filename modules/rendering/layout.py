"""Lines of common rolls, laid out once for each shape: every further roll only fills in dice, numbers and total.

A layout gives what `rolls.py` gives for the same roll at full length, or None: for anything out of the ordinary the
general way is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, cast

from modules.dice.notation.syntax import Pool, Slot, Value
from modules.dice.rolling.prepared_roll import PreparedRoll
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import BYTE_SIDES, Faces
from modules.dice.rolling.success import CRITICAL, CRITICAL_SIDES
from modules.rendering.dice import DISCORD, LABELS_TOLD, labels_text

DiceText = Callable[[Faces], str]
"""The dice of a pool as text, from its faces."""
Line = Callable[[Roll], str | None]
"""The line of a roll; None if there is more to say about it than usual."""
_TEXTS: Final = tuple(map(str, range(BYTE_SIDES + 1)))
_CRITICAL_TEXTS: Final = tuple([DISCORD.strong(text) if face in CRITICAL else text for face, text in enumerate(_TEXTS)])
_CRITICALS: Final[Mapping[Value, str]] = MappingProxyType(
    {face: f", {DISCORD.strong(f'critical {word}')}" for face, word in CRITICAL.items()}
)
TEXTS_KEPT: Final = 1_024
"""Kinds of pools that are remembered."""
_SLOT_LENGTH: Final = 5
"""Digits of a number that is filled in, at most."""


def layout_of(shape: PreparedRoll, dice_count: int, text_length: int) -> Line:
    """What gives the lines of rolls of a shape.

    Args:
        shape: A roll without its numbers.
        dice_count: Dice shown of each pool.
        text_length: Characters of an expression, and of a comment.
    """
    comment, pieces = shape.syntax.comment, shape.pieces
    length = sum([len(piece) if isinstance(piece, str) else _SLOT_LENGTH for piece in pieces])
    if not shape.is_simple or shape.notes or shape.syntax.shortcuts or length > text_length:
        return _untold
    written = ""
    slots: list[tuple[int, int]] = []
    texts: list[DiceText] = []
    criticals: list[int] = []
    for piece in pieces:
        if isinstance(piece, str):
            written += piece.replace("%", "%%")
        elif isinstance(piece, Slot):
            written += "%s"
            slots.append((len(texts) + len(slots), piece.index))
        else:
            pool = cast("Pool", piece)
            # No other text has a space before a single per cent sign.
            written += " %s"
            (operator,) = pool.operators or (None,)
            name, number = (operator.name, operator.number) if operator else (None, None)
            text, kept_count = _dice_text(pool.count, pool.sides, name, number, dice_count)
            if text is None:
                return _untold
            if pool.sides == CRITICAL_SIDES and kept_count == 1:
                criticals.append(len(texts))
            texts.append(text)
    # Text that turns or joins what stands beside it has to be seen whole.
    if not written.isascii():
        return _untold
    body = DISCORD.text(written).replace(" %s", " (%s)")
    lead = f"{DISCORD.comment(comment, text_length)}: ".replace("%", "%%") if comment else ""
    is_brief = len(texts) == 1 and len(slots) < 2 and all(place for place, _ in slots)
    if is_brief and body.count("[") < LABELS_TOLD:
        index = slots[0][1] if slots else -1
        return _brief_line(f"{lead}{body} = **%s**", texts[0], _CRITICALS if criticals else {}, index)
    template = f"{lead}%s = {body}" if len(texts) > 1 else f"{lead}{body} = %s"
    return _line(template, texts, slots, criticals)


def _untold(_roll: Roll) -> None:
    """Only the general way can tell such a roll."""


def _line(template: str, texts: Sequence[DiceText], slots: Sequence[tuple[int, int]], criticals: Sequence[int]) -> Line:
    """Lines of any simple roll.

    Args:
        template: The line, with `%s` for each of the following, and for the total.
        texts: What makes a text of each pool's dice. With several pools the total stands before them.
        slots: Places between those, and the number that stands there.
        criticals: Positions of the pools whose only die that counts is a d20.
    """

    def line(roll: Roll) -> str | None:
        context = roll.context
        if context.caps or type(roll.total) is not int:
            return None
        shown: list[str | int] = [text(record[1]) for text, record in zip(texts, context, strict=True)]
        for place, index in slots:
            shown.insert(place, context.numbers[index])
        labels = labels_text(roll, DISCORD) if len(context.labels) >= LABELS_TOLD else ""
        told = f"**{roll.total}** ({labels})" if labels else f"**{roll.total}**"
        if criticals:
            found = {context[position][2] for position in criticals}
            told += "".join([words for face, words in _CRITICALS.items() if face in found])
        return template % ((told, *shown) if len(texts) > 1 else (*shown, told))

    return line


def _brief_line(template: str, text: DiceText, criticals: Mapping[Value, str], index: int) -> Line:
    """Lines of a single pool, and of a number behind it: what most rolls are.

    Args:
        template: The line, with `%s` for the dice, the number and the total.
        text: What makes a text of the dice.
        criticals: What to call critical, by what the pool comes to.
        index: Which of the roll's numbers that is; below 0 if there is none.
    """
    start, *middle, end = (template % (("\0",) * (2 if index < 0 else 3))).split("\0")
    before, behind, critical = middle[0], middle[-1], dict(criticals).get

    if index < 0:

        def line(roll: Roll) -> str | None:
            total, context = roll.total, roll.context
            if type(total) is not int or context.caps:
                return None
            _, faces, value, _ = context[0]
            return f"{start}{text(faces)}{before}{total}{end}{critical(value, '')}"

        return line

    def filled_line(roll: Roll) -> str | None:
        total, context = roll.total, roll.context
        if type(total) is not int or context.caps:
            return None
        _, faces, value, _ = context[0]
        return f"{start}{text(faces)}{before}{context.numbers[index]}{behind}{total}{end}{critical(value, '')}"

    return filled_line


@lru_cache(maxsize=TEXTS_KEPT)
def _dice_text(
    count: int, sides: int, name: str | None, number: int | None, dice_count: int
) -> tuple[DiceText | None, int]:
    """What makes a text of the dice of a simple pool, and how many of them count; None where that takes a closer look.

    `name` is that of the only operator, and `number` follows it.
    """
    texts = _texts(sides)
    if name is None and count == 1 and sides <= BYTE_SIDES:
        return _single(texts, sides), count
    if name is None:
        return _plain(texts, count, dice_count), count
    if name == "!":
        is_usual = number is None and sides != CRITICAL_SIDES
        return _exploding(texts, count, sides, dice_count) if is_usual else None, 0
    kept_count = {"kh": number, "kl": number, "dl": count - (number or 0), "dh": count - (number or 0)}.get(name) or 0
    if not 1 <= (number or 0) <= count or not kept_count or count > dice_count:
        return None, 0
    return _keeping(texts, count - kept_count, is_high=name in {"kh", "dl"}), kept_count


def _texts(sides: int) -> Callable[[int], str]:
    if sides == CRITICAL_SIDES:
        return _CRITICAL_TEXTS.__getitem__
    return _TEXTS.__getitem__ if sides <= BYTE_SIDES else str


def _single(text: Callable[[int], str], sides: int) -> DiceText:
    # Sources give bytes, scripts give tuples.
    shown: dict[Faces, str] = {key: text(face) for face in range(1, sides + 1) for key in (bytes((face,)), (face,))}
    return shown.__getitem__


def _plain(text: Callable[[int], str], count: int, dice_count: int) -> DiceText:
    if count <= dice_count:
        return lambda faces: ", ".join(map(text, faces))
    more = f" … and {count - dice_count:,} more"
    return lambda faces: ", ".join(map(text, faces[:dice_count])) + more


def _exploding(text: Callable[[int], str], count: int, highest: int, dice_count: int) -> DiceText:
    """Each extra die behind the one that earned it."""

    def shown(faces: Faces) -> str:
        if len(faces) == count:
            texts = list(map(text, faces))
        else:
            texts, further = [], iter(faces[count:])
            for face in faces[:count]:
                texts.append(f"{face}!" if face == highest else text(face))
                extra = face
                while extra == highest:
                    extra = next(further)
                    texts.append(text(extra))
        more = len(texts) - dice_count
        return ", ".join(texts) if more <= 0 else f"{', '.join(texts[:dice_count])} … and {more:,} more"

    return shown


def _keeping(text: Callable[[int], str], dropped_count: int, *, is_high: bool) -> DiceText:
    """Dice that do not count are struck through; of equal ones those to the left count."""
    worst = min if is_high else max

    def shown(faces: Faces) -> str:
        texts = list(map(text, faces))
        if dropped_count == 1:
            dropped = [len(faces) - 1 - faces[::-1].index(worst(faces))]
        else:
            dropped = sorted(range(len(faces)), key=faces.__getitem__, reverse=is_high)[len(faces) - dropped_count :]
        for position in dropped:
            # Critical is only what counts.
            texts[position] = f"~~{faces[position]}~~"
        return ", ".join(texts)

    return shown
