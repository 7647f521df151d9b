"""Notations of shapes that do not come twice, each as the engines write it."""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from modules.dice.rolling.shapes import ADDED

SIDES = (4, 6, 8, 10, 12, 20, 100)
WORDS = ("fire", "cold", "acid", "sneak attack", "slashing", "bonus damage")


class Written(NamedTuple):
    """The same roll in three notations."""

    nazh: str
    d20: str
    javascript: str


def _pool(random: Random) -> Written:
    count, sides = random.randint(2, 12), random.choice(SIDES)
    kind = random.choice(("plain", "plain", "kh", "kl", "!"))
    if kind == "!":
        return Written(f"{count}d{sides}!", f"{count}d{sides}e{sides}", f"{count}d{sides}!")
    return Written(*[f"{count}d{sides}" + (f"{kind}{random.randint(1, count)}" if kind != "plain" else "")] * 3)


def _joined(random: Random, pools: list[Written], signs: str = "+-*", gap: str = "") -> Written:
    between = [f"{gap}{random.choice(signs)}{gap}" for _ in pools[1:]]
    end = f"{gap}{random.choice('+-')}{gap}{random.randint(1, 20)}"
    texts = [
        pools[0][at] + "".join(sign + pool[at] for sign, pool in zip(between, pools[1:], strict=True)) + end
        for at in range(3)
    ]
    return Written(*texts)


def _pools(random: Random, most: int = 3) -> list[Written]:
    return [_pool(random) for _ in range(random.randint(1, most))]


def _sum(random: Random) -> Written:
    return _joined(random, _pools(random))


def _spaced(random: Random) -> Written:
    return _joined(random, _pools(random), gap=" ")


def _commented(random: Random) -> Written:
    pools, words = _pools(random, 2), " ".join(random.sample(WORDS, 2))
    roll = _joined(random, pools)
    # There a comment stands behind dice, not behind a number.
    first = pools[0].javascript
    javascript = roll.javascript.replace(first, f"{first}[{words}]", 1)
    return Written(f"{roll.nazh} {words}", f"{roll.d20} [{words}]", javascript)


def _labelled(random: Random) -> Written:
    pools = [Written(*[f"{text}[{label}]" for text in _pool(random)]) for label in random.sample(WORDS, 2)]
    return _joined(random, pools, "+")


def _several(random: Random) -> Written:
    one, two = (_joined(random, [_pool(random)]) for _ in range(2))
    label = random.choice(WORDS)
    javascript = f"{{{one.javascript}, {two.javascript}}}"
    return Written(f"{one.nazh} to hit; {two.nazh}[{label}]", f"({one.d20})+({two.d20}) [{label}]", javascript)


def _worded(random: Random) -> Written:
    one, two = _pool(random), _pool(random)
    label, other = random.sample(WORDS, 2)
    d20, javascript = (f"{one[at]}[{label}]+{two[at]}[{other}]" for at in (1, 2))
    return Written(f"{one.nazh} {label} + {two.nazh} {other}", d20, javascript)


KINDS: dict[str, Callable[[Random], Written]] = {
    "dice, operators and a number: `4d8kh2*2d6-5`": _sum,
    "spaced: `4d8kh2 + 2d6 - 5`": _spaced,
    "with a comment: `4d8kh2-5 sneak attack`": _commented,
    "with labels: `4d8[fire]+2d6[cold]+5`": _labelled,
    "two rolls: `2d20kh1+5 to hit; 2d6-1[fire]`": _several,
    "words for labels: `4d8 fire + 2d6 cold`": _worded,
}
"""What they are like → what makes one."""


def new_shapes(kind: str) -> Iterator[Written]:
    """Notations of a kind, each of a shape of its own; the same ones whenever this is asked."""
    random, seen = Random(kind), set[str]()  # noqa: S311 - the same texts each time on purpose
    while True:
        written = KINDS[kind](random)
        shape = ADDED.sub("", written.nazh)
        if shape not in seen:
            seen.add(shape)
            yield written
