"""Lines of common rolls, laid out once for each shape: every further roll only fills in dice, numbers and total.

A layout gives what `rolls.py` gives for the same roll at full length, or None: for anything out of the ordinary the
general way is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Comparison, Pool, Slot, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.prepared_roll import PreparedRoll
from modules.dice.rolling.result import Roll
from modules.dice.rolling.roll_context import RollContext
from modules.dice.rolling.source import BYTE_SIDES, Faces
from modules.dice.rolling.success import CRITICAL_SIDES
from modules.rendering.dice import DISCORD

DiceText = Callable[[Faces], str]
"""The dice of a pool as text, from its faces."""
LABELS_SUMMED: Final = 2
"""Labelled terms it takes for their sums to be told."""
_TEXTS: Final = tuple(map(str, range(BYTE_SIDES + 1)))
_CRITICAL_TEXTS: Final = tuple(
    DISCORD.strong(text) if face in {1, CRITICAL_SIDES} else text for face, text in enumerate(_TEXTS)
)
_CRITICALS: Final[Mapping[Value, str]] = MappingProxyType(
    {CRITICAL_SIDES: f", {DISCORD.strong('critical success')}", 1: f", {DISCORD.strong('critical failure')}"}
)


class Layout:
    """How a line of one shape is put together.

    Args:
        template: The line, with `%s` wherever something is filled in.
        fillings: For each of those but the total the index of a number, or what makes a text of a pool's dice.
        criticals: Positions of the pools whose only die that counts is a d20.
        is_long: Whether the total stands before the dice.
    """

    __slots__ = ("criticals", "fillings", "is_long", "template")

    def __init__(
        self, template: str, fillings: Sequence[int | DiceText], criticals: Sequence[int], *, is_long: bool
    ) -> None:
        self.template = template
        self.fillings: list[tuple[int, DiceText | None]] = [
            (filling, None) if isinstance(filling, int) else (0, filling) for filling in fillings
        ]
        self.criticals = criticals
        self.is_long = is_long

    def line(self, roll: Roll) -> str | None:
        """The line of a roll; None if there is more to say about it than usual."""
        context, total = roll.context, roll.total
        if context.caps or context.bonus or len(context.labels) >= LABELS_SUMMED or type(total) is not int:
            return None
        shown: list[str | int] = []
        records = iter(context)
        for number, dice_text in self.fillings:
            if dice_text is None:
                shown.append(context.numbers[number])
                continue
            _, faces, _, state = next(records)
            # A roll read back from its record was worked out in the general way.
            if state is not None:
                return None
            shown.append(dice_text(faces))
        told = f"**{total}**{self._criticals(context)}" if self.criticals else f"**{total}**"
        if self.is_long:
            return self.template % (told, *shown)
        return self.template % (*shown, told)

    def _criticals(self, context: RollContext) -> str:
        """What to call critical."""
        if len(self.criticals) == 1:
            return _CRITICALS.get(context[self.criticals[0]][2], "")
        found = {context[position][2] for position in self.criticals}
        return "".join([told for face, told in _CRITICALS.items() if face in found])


def layout_of(shape: PreparedRoll, dice_count: int, text_length: int) -> Layout | None:
    """The layout for rolls of a shape; None where only the general way can tell what they show.

    Args:
        shape: A roll without its numbers.
        dice_count: Dice shown of each pool.
        text_length: Characters of an expression, and of a comment.
    """
    syntax, traits = shape.syntax, shape.traits
    if syntax.shortcuts or shape.notes or traits.counts or not traits.is_numbered:
        return None
    if any(isinstance(node, Comparison) for node in walk(shape.node)):
        return None
    body, length = "", 0
    fillings: list[int | DiceText] = []
    pools: list[Pool] = []
    for piece in shape.pieces:
        if isinstance(piece, str):
            # Text that turns or joins what stands beside it has to be seen whole.
            if not piece.isascii():
                return None
            body += DISCORD.text(piece).replace("%", "%%")
            length += len(piece)
        elif isinstance(piece, Slot):
            body += "%s"
            length += 5
            fillings.append(piece.index)
        else:
            text = _dice_text(piece, dice_count) if isinstance(piece, Pool) else None
            if text is None or not isinstance(piece, Pool):
                return None
            body += " (%s)"
            fillings.append(text)
            pools.append(piece)
    if length > text_length:
        return None
    lead = f"{DISCORD.comment(syntax.comment, text_length)}: ".replace("%", "%%") if syntax.comment else ""
    is_long = len(pools) > 1
    criticals = [i for i, pool in enumerate(pools) if pool.sides == CRITICAL_SIDES and _kept_count(pool) == 1]
    return Layout(f"{lead}%s = {body}" if is_long else f"{lead}{body} = %s", fillings, criticals, is_long=is_long)


def _kept_count(pool: Pool) -> int:
    """How many of its dice count; 0 if that is not plain to see."""
    count = pool.count if isinstance(pool.count, int) else 0
    if not pool.operators:
        return count
    operator = pool.operators[0]
    number = operator.number or 0
    if len(pool.operators) > 1 or not 1 <= number <= count:
        return 0
    return {"kh": number, "kl": number, "dl": count - number, "dh": count - number}.get(operator.name, 0)


def _dice_text(pool: Pool, dice_count: int) -> DiceText | None:
    """What makes a text of the dice of a pool; None for a pool that is not so simple."""
    count, sides, operators = pool.count, pool.sides, pool.operators
    if pool.tags or not isinstance(count, int) or not isinstance(sides, int) or not count:
        return None
    texts = _texts(sides)
    if not operators:
        return _plain(texts, count, dice_count)
    if operators[0] == Operator("!") and len(operators) == 1 and sides not in {1, CRITICAL_SIDES}:
        return _exploding(texts, count, sides, dice_count)
    kept_count = _kept_count(pool)
    if not kept_count or count > dice_count:
        return None
    return _keeping(texts, count - kept_count, is_high=operators[0].name in {"kh", "dl"})


def _texts(sides: int) -> Callable[[int], str]:
    if sides == CRITICAL_SIDES:
        return _CRITICAL_TEXTS.__getitem__
    return _TEXTS.__getitem__ if sides <= BYTE_SIDES else str


def _plain(text: Callable[[int], str], count: int, dice_count: int) -> DiceText:
    if count == 1:
        return lambda faces: text(faces[0])
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

    def shown(faces: Faces) -> str:
        texts = list(map(text, faces))
        order = sorted(range(len(faces)), key=faces.__getitem__, reverse=is_high)
        for position in order[len(faces) - dropped_count :]:
            # Critical is only what counts.
            texts[position] = f"~~{faces[position]}~~"
        return ", ".join(texts)

    return shown
