"""Where bots disagree about the same letters: each dialect says only how it differs from ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from modules.dice.notation.syntax import Custom, Face

Spelling = tuple[str, str]
"""An operator's canonical name, and the relation its spelling stands for."""
_NO_SPELLINGS: Mapping[str, Spelling] = MappingProxyType({})
_NO_RELATIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How some letters are read. The canonical form of a roll is always in our own dialect.

    Args:
        name: What a guild chooses it by.
        spellings: Operators whose spelling means another one.
        relations: Relations of compare points that mean another one.
        percent: The sides of `d%`.
        counts_dice: Whether a relation right after dice counts them; else it compares their total.
        bang_comments: Whether `!` begins a comment wherever it stands.
        left_to_right: Whether `*` and `/` bind no tighter than `+` and `-`.
    """

    name: str
    # By factories: a dataclass takes no default without a hash, and in Python 3.11 a mapping proxy has none.
    spellings: Mapping[str, Spelling] = field(default_factory=lambda: _NO_SPELLINGS)
    relations: Mapping[str, str] = field(default_factory=lambda: _NO_RELATIONS)
    percent: int | Custom = 100
    counts_dice: bool = True
    bang_comments: bool = False
    left_to_right: bool = False


NAZH = Dialect("nazh")
DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (
            NAZH,
            Dialect("roll20", relations=MappingProxyType({">": ">=", "<": "<="})),
            Dialect(
                "avrae",
                spellings=MappingProxyType({"k": ("k", "=")}),
                percent=Custom(tuple(Face(tens) for tens in range(0, 100, 10))),
                counts_dice=False,
            ),
            Dialect(
                "maiden",
                spellings=MappingProxyType({"e": ("!o", ">="), "r": ("ro", "<=")}),
                bang_comments=True,
                left_to_right=True,
            ),
        )
    }
)
"""Every dialect by its name."""
