"""Dice and numbers as text, and how their parts are set off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from modules.dice.notation.syntax import Labelled, Number, Pool, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.die_types import PLOT
from modules.dice.rolling.pool_result import Die, PoolResult
from modules.dice.rolling.prepared_roll import adds_up
from modules.dice.rolling.result import Roll
from modules.dice.rolling.success import CRITICAL, CRITICAL_SIDES
from modules.rendering.language import translated
from modules.rendering.text import comment_text, escape, harmless, shortened

_ORDINAL = re.compile(r"^(\s*[0-9]+)\.")
BLANK = "\N{EN DASH}"
"""A face of a symbol die that shows nothing."""
CHANGES = frozenset({"rerolled", "raised", "lowered", "instead of"})
"""What took a die's number from it, which is then shown struck through."""
LABELS_TOLD = 2
"""Labels it takes for their sums to be told."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the parts of a roll are set off.

    Args:
        markup: Whether Discord's markup is spoken, and so has to be escaped.
        strong_mark: A format for what matters most.
        struck_mark: A format for what does not count.
        small_mark: A format for what should not go unsaid.
        pictures: Dice that count and are not changed are shown by these: name of die and face (`d20_17`) → emoji.
    """

    markup: bool = True
    strong_mark: str = "**{}**"
    struck_mark: str = "~~{}~~"
    small_mark: str = "-# {}"
    pictures: Mapping[str, str] = field(default_factory=dict)

    def die(self, node: object, face: int, value: Value, text: str) -> str:
        """A die that counts: the picture of its face if there is one and the face is its value, else the text."""
        if not self.pictures or not isinstance(node, Pool) or (isinstance(node.sides, int) and face != value):
            return text
        return self.pictures.get(f"d{node.sides}_{face}".lower(), text)

    def text(self, text: str) -> str:
        """Text that is not ours."""
        return escape(text) if self.markup else harmless(text)

    def comment(self, text: str, length: int) -> str:
        """A comment of at most about `length` characters; mentions, emoji and code in it stay what they are."""
        if not self.markup:
            return harmless(shortened(text, length))
        # At the beginning of a line "1. " would begin a list.
        return _ORDINAL.sub(r"\1\.", comment_text(text, length))

    def strong(self, text: str) -> str:
        """What matters most."""
        return self.strong_mark.format(text)

    def struck(self, text: str) -> str:
        """What does not count."""
        return self.struck_mark.format(text)

    def small(self, text: str) -> str:
        """What should not go unsaid."""
        return self.small_mark.format(text)


DISCORD = Style()
UNMARKED = Style(strong_mark="{}", struck_mark="[{}]", small_mark="({})")
"""For Discord, but with no markup of ours: for headings, which are bold already, and for screen readers."""
PLAIN = Style(markup=False, strong_mark="{}", struck_mark="[{}]", small_mark="  ({})")
TERMINAL = replace(PLAIN, strong_mark="\x1b[1m{}\x1b[0m", struck_mark="\x1b[2;9m{}\x1b[0m")
"""Bold for what matters, dim and struck through for what does not count."""


def number_text(value: Value) -> str:
    """A number; one that is not whole exactly, and rounded down beside it: `7.5 → 7`."""
    if isinstance(value, int):
        return str(value)
    return f"{_exact_text(value)} → {value // 1}"


def _exact_text(value: Fraction) -> str:
    for places in range(1, 7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    # Longer than that or endless: a fraction is exact.
    return str(value)


def labels_text(roll: Roll, style: Style) -> str:
    """The sums by label; nothing where a single label's sum is the roll, or where labels only name numbers."""
    sums = roll.label_sums
    if len(sums) < LABELS_TOLD or _only_names(roll):
        return ""
    rest = roll.total - sum(sums.values())
    told = [f"{style.text(label)} {number_text(value)}" for label, value in sums.items()]
    if rest:
        told.append(translated("unlabelled {total}", total=number_text(rest)))
    return " · ".join(told)


def _only_names(roll: Roll) -> bool:
    """Whether labels say what numbers are, as in `1d20+3[str]+2[prof]`: those are nothing to sum."""
    labelled = (node.inner for node in walk(roll.prepared.shape.node) if isinstance(node, Labelled))
    return all(isinstance(inner, Number) for inner in labelled)


def and_more(count: int) -> str:
    """What stands for dice or rolls that are left out."""
    return translated("and {count} more", count=f"{count:,}")


def dice_text(pool: PoolResult, dice_count: int, style: Style) -> str:
    """The dice of a pool or the members of a set, at most `dice_count` of them."""
    if pool.is_plain:
        faces = pool.faces
        texts, count = list(map(str, faces[:dice_count])), len(faces)
        if pool.kind.sides == CRITICAL_SIDES:
            texts = [style.strong(text) if face in CRITICAL else text for face, text in zip(faces, texts, strict=False)]
        if style.pictures:
            texts = [style.die(pool.node, face, face, text) for face, text in zip(faces, texts, strict=False)]
    else:
        state, node = pool.state, pool.node
        blank = isinstance(node, Pool) and not adds_up(node)
        texts = [die_text(pool.die(i), style, node, blank=blank) for i in range(min(dice_count, len(state)))]
        count = len(state) + len(state.aside)
        texts += [_symbols_text(PLOT.words(face), style) for face, _, _ in state.aside[:dice_count]]
    shown = ", ".join(texts) if count == len(texts) else f"{', '.join(texts)} … {and_more(count - len(texts))}"
    shown = shown or translated("no dice")
    return translated("{dice}; +{bonus} plot", dice=shown, bonus=number_text(pool.bonus)) if pool.bonus else shown


def die_text(die: Die, style: Style = DISCORD, node: object = None, *, blank: bool = False) -> str:
    """One die: what it showed before, what it shows now, and whether that counts.

    Args:
        die: The die.
        style: How it is set off.
        node: The pool it was thrown with, for pictures.
        blank: Whether no face of it is a number.
    """
    text = _symbols_text(die.words, style, number="" if blank else number_text(die.value))
    if die.kept:
        text = style.die(node, die.face, die.value, text)
    happened = {word for word, _ in die.steps}
    if "exploded" in happened:
        text += "!"
    if "compounded" in happened:
        text += "!!"
    if die.mark or die.score > 0:
        text = style.strong(text)
    if not die.kept:
        return style.struck(text)
    passed = [style.struck(number_text(number)) for word, number in die.steps if word in CHANGES]
    # A die can be rerolled many times over: the last numbers are enough.
    return " ".join((*passed[-3:], text))


def _symbols_text(words: tuple[str, ...], style: Style, number: str = "") -> str:
    return style.text("+".join(words)) if words else number or BLANK
