"""Everything that can be done to a pool, as data: names, spellings, what follows them, and what they mean in words."""

import re
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from modules.dice.errors import Meaning, Span


class Takes(Enum):
    """What may follow an operator's name."""

    NOTHING = "nothing"
    COUNT = "how many dice"
    NUMBER = "a value"
    POINT = "a compare point"


@dataclass(slots=True, unsafe_hash=True)
class Operator:
    """What is done to a pool: a name of the table, and a number or a compare point where it takes one."""

    name: str
    relation: str = ""
    number: int | None = None
    span: Span = field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        if self.number is None:
            return self.name
        if self.name == "!" and self.relation == "!=":
            # "!!=3" would be read as "!!" on a 3.
            return f"x!={self.number}"
        if not self.name and self.relation == "!=":
            # "!=2" right after dice would explode.
            return f"<>{self.number}"
        shown = "" if self.relation == "=" and self.name not in RELATION_SHOWN else self.relation
        return f"{self.name}{shown}{self.number}"


@dataclass(frozen=True, slots=True)
class Spec:
    """One row of the table.

    Args:
        meaning: What it does, for players; `{n}` is its number or compare point.
        single: What it does to one die, where that is said otherwise.
        takes: What may follow the name.
        default: The number understood where none is written; None leaves it to the die (its highest or lowest face).
        needed: Whether something must follow.
        on_sets: Whether a set can have it too.
        counting: Whether it is gathered and applied last.
    """

    meaning: str
    takes: Takes
    default: int | None = None
    needed: bool = False
    on_sets: bool = False
    counting: bool = False
    single: str = ""


OPERATORS = MappingProxyType(
    {
        "kh": Spec("keep the {n} highest", Takes.COUNT, default=1, on_sets=True, single="keep the highest"),
        "kl": Spec("keep the {n} lowest", Takes.COUNT, default=1, on_sets=True, single="keep the lowest"),
        "km": Spec("keep the {n} in the middle", Takes.COUNT, default=1, on_sets=True, single="keep the middle one"),
        "k": Spec("keep the dice that show {n}", Takes.POINT, needed=True, on_sets=True),
        "dl": Spec("drop the {n} lowest", Takes.COUNT, default=1, on_sets=True, single="drop the lowest"),
        "dh": Spec("drop the {n} highest", Takes.COUNT, default=1, on_sets=True, single="drop the highest"),
        "p": Spec("drop the dice that show {n}", Takes.POINT, needed=True, on_sets=True),
        "r": Spec("reroll while a die shows {n}", Takes.POINT),
        "ro": Spec("reroll once what shows {n}", Takes.POINT),
        "ra": Spec("roll one more die for the first that shows {n}, and add it", Takes.POINT),
        "!": Spec("explode on {n}", Takes.POINT),
        "!o": Spec("explode once on {n}", Takes.POINT),
        "!!": Spec("compound on {n}", Takes.POINT),
        "!p": Spec("penetrate on {n}", Takes.POINT),
        "!!p": Spec("compound and penetrate on {n}", Takes.POINT),
        "i": Spec("implode on {n}", Takes.POINT),
        "mi": Spec("raise every die to at least {n}", Takes.NUMBER, needed=True, on_sets=True),
        "ma": Spec("lower every die to at most {n}", Takes.NUMBER, needed=True, on_sets=True),
        "g": Spec("each further die that shows {n} adds 1 to the first", Takes.POINT),
        "u": Spec("reroll duplicates until all differ", Takes.NOTHING),
        "uo": Spec("reroll duplicates once", Takes.NOTHING),
        "": Spec("count the dice that show {n}", Takes.POINT, needed=True, on_sets=True, counting=True),
        "f": Spec("subtract the dice that show {n}", Takes.POINT, on_sets=True, counting=True),
        "b": Spec("count as botches the dice that show {n}", Takes.POINT, on_sets=True, counting=True),
        "ds": Spec("successes that show {n} count twice", Takes.POINT, on_sets=True, counting=True),
        "pr": Spec("each pair that shows {n} counts two successes more", Takes.POINT, on_sets=True, counting=True),
        "c": Spec("the lowest face cancels the highest successes", Takes.NOTHING, counting=True),
        "cs": Spec("mark {n} as a critical success", Takes.POINT, on_sets=True, counting=True),
        "cf": Spec("mark {n} as a critical failure", Takes.POINT, on_sets=True, counting=True),
        "s": Spec("show sorted, lowest first", Takes.NOTHING, on_sets=True),
        "sd": Spec("show sorted, highest first", Takes.NOTHING, on_sets=True),
    }
)
"""Canonical name → what it is."""

SPELLINGS = MappingProxyType(
    {name: (name, "") for name in OPERATORS if name}
    | {
        # Alone k is short for kh; the canonical k is what a compare point makes of it.
        "k": ("kh", ""),
        "d": ("dl", ""),
        "pl": ("dl", ""),
        "ph": ("dh", ""),
        "rr": ("r", ""),
        "x": ("!", ""),
        "e": ("!", ""),
        "ie": ("!", ">="),
        "ir": ("r", "<="),
        "rg": ("ro", ">="),
        "irg": ("r", ">="),
        "xo": ("!o", ""),
        "min": ("mi", ""),
        "max": ("ma", ""),
        "t": ("", ">="),
        "tl": ("", "<="),
        "sa": ("s", ""),
    }
)
"""What may be typed → canonical name, and the relation it stands for."""

EXPLODING = frozenset({"!", "!o", "!!", "!p", "!!p"})
"""Operators that a space ends: what follows counts."""
MATCHING = MappingProxyType({"kh": "k", "dl": "p"})
"""What a short keep or drop becomes when a compare point follows: `k=3`, `d<3`."""
ON_FACE = frozenset({"e", "ie", "ir", "rg", "irg"})
"""Spellings that need the face they speak of."""
SHORT = frozenset({"k", "d"})
"""Spellings that may turn so."""
RELATION_SHOWN = frozenset({"", "k", "p"})
"""Names after which even `=` is written."""
POINTS = MappingProxyType(
    {
        "": "{number}",
        "=": "{number}",
        ">=": "{number} or more",
        "<=": "{number} or less",
        ">": "more than {number}",
        "<": "less than {number}",
        "!=": "anything but {number}",
    }
)
"""Compare points in words."""
LOWEST_MEANT = frozenset({"r", "ro", "ra", "i", "f", "b", "cf"})
"""Operators that mean the lowest face where none is written; the others mean the highest."""
ONCE_END = re.compile("[r!]1$")
ALIASES = MappingProxyType({">=": "t", "<=": "tl"})
"""How a count is spelled where its sign would be read as the compare point of the operator before it."""


APART = MappingProxyType({"!": "x"})
"""Another spelling for what would begin a comment if it stood between spaces."""


def joined(operators: tuple[Operator, ...]) -> str:
    """Operators in canonical spelling, parted by a space only where two would read as one."""
    text, before = "", None
    for operator in operators:
        word = str(operator)
        # A number ends its operator: only a bare name can run into what follows.
        if before is not None and before.number is None:
            if not operator.name and operator.relation in ALIASES and OPERATORS[before.name].takes is Takes.POINT:
                # The name before would take the sign for its own compare point.
                word = f"{ALIASES[operator.relation]}{operator.number}"
            elif not operator.name and before.name in EXPLODING:
                word = f" {word}"
            elif any(spelling.startswith(before.name + word[0]) for spelling in SPELLINGS):
                word = f" {APART.get(word, word)}"
        elif before is not None and word[0] == "=" and ONCE_END.search(text):
            # "r1=3" is Foundry's: reroll once what shows 3.
            word = f" {word}"
        text += word
        before = operator
    return text


def meaning_of(operator: Operator) -> Meaning:
    """What this operator does: keep the 3 highest."""
    spec = OPERATORS[operator.name]
    if operator.number is None:
        return Meaning(spec.meaning, "the lowest face" if operator.name in LOWEST_MEANT else "the highest face")
    if operator.number == 1 and spec.single:
        return Meaning(spec.single)
    return Meaning(spec.meaning, POINTS.get(operator.relation, POINTS[""]), operator.number)
