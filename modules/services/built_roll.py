"""A roll put together step by step, such as with buttons. Its steps are all its state, so that each can be undone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

DICE: Final = (4, 6, 8, 10, 12, 20, 100)
MOST_DICE: Final = 100
"""Dice of one pool."""
STEPS_LENGTH: Final = 60
"""Characters that the steps may have, packed: what a custom id has room for."""

ADVANTAGE: Final = "a"
DISADVANTAGE: Final = "v"
EXPLODE: Final = "e"
REROLL: Final = "r"

_STEP: Final = re.compile(r"[dnhlx]\d{1,3}|[-+]\d{1,4}|[aver]")
"""d6: one more six-sided die. n3: three of the last ones. h2, l1: keep the 2 highest, the lowest; x1: drop the lowest.
e: explode. r: reroll ones. a, v: advantage, disadvantage. +2, -1: change the modifier."""
_KEEPS: Final = {"h": "kh", "l": "kl", "x": "dl"}


@dataclass(slots=True)
class Pool:
    """Dice of one kind.

    Attributes:
        sides: Of each.
        count: How many.
        keep: The operator that keeps or drops some.
        explodes: Whether the highest face rolls another die.
        rerolls: Whether ones are rolled again, once.
    """

    sides: int
    count: int = 1
    keep: str = ""
    explodes: bool = False
    rerolls: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing but dice was chosen."""
        return not (self.keep or self.explodes or self.rerolls)

    @property
    def notation(self) -> str:
        """As players write it."""
        return f"{self.count}d{self.sides}{'!' * self.explodes}{'ro1' * self.rerolls}{self.keep}"

    def change(self, kind: str, number: int) -> None:
        """Carry out a step that is about the dice of this pool."""
        match kind:
            case "n":
                self.count = number
            case "a" | "v":
                self.count, self.keep = 2, "kh1" if kind == ADVANTAGE else "kl1"
            case "e":
                self.explodes = not self.explodes
            case "r":
                self.rerolls = not self.rerolls
            case _:
                self.keep = f"{_KEEPS[kind]}{number}"


@dataclass(frozen=True, slots=True)
class BuiltRoll:
    """What has been put together so far.

    Attributes:
        steps: In the order they were taken.
    """

    steps: tuple[str, ...] = ()

    @classmethod
    def unpack(cls, packed: str) -> Self:
        """The roll of a custom id; whatever is no step in it is left out."""
        return cls(tuple(_STEP.findall(packed)))

    @property
    def packed(self) -> str:
        """All steps, for a custom id."""
        return "".join(self.steps)

    def with_step(self, step: str) -> Self | None:
        """The roll after one more step; None where it would be too long to remember."""
        longer = replace(self, steps=(*self.steps, step))
        return longer if _STEP.fullmatch(step) and len(longer.packed) <= STEPS_LENGTH else None

    def undone(self) -> Self:
        """The roll before its last step."""
        return replace(self, steps=self.steps[:-1])

    @property
    def pools(self) -> list[Pool]:
        """The dice, in the order they were added."""
        pools: list[Pool] = []
        for step in self.steps:
            kind, number = step[0], int(step[1:] or 0)
            if kind == "d":
                if pools and pools[-1].sides == number and pools[-1].is_plain and pools[-1].count < MOST_DICE:
                    pools[-1].count += 1
                else:
                    pools.append(Pool(number))
            elif kind not in "+-" and pools:
                pools[-1].change(kind, number)
        return pools

    @property
    def notation(self) -> str:
        """As players write it; "" while there are no dice."""
        pools = self.pools
        modifier = sum(int(step) for step in self.steps if step[0] in "+-")
        total = f"{modifier:+d}" if modifier else ""
        return "+".join(each.notation for each in pools) + total if pools else ""


def count_steps(pool: Pool) -> Iterable[int]:
    """Numbers of dice to choose from, the present one among them."""
    return sorted({*range(1, 13), 15, 20, 30, pool.count})
