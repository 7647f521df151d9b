"""Rolls as text: the dice, what became of them, and the total, within a given length.

Shortening is honest: what is left out is counted, and totals are never left out before dice are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from modules.dice.notation.syntax import Pool, Value
from modules.dice.rolling.prepared_roll import adds_up
from modules.dice.rolling.result import Roll, Throw
from modules.dice.rolling.story import Die, PoolStory
from modules.dice.rolling.success import is_critical
from modules.rendering import games
from modules.rendering.text import escape, harmless, shortened

MESSAGE_LENGTH = 2_000
"""Characters of one Discord message."""
DICE_SHOWN = (60, 20, 8, 3, 0)
"""Dice shown of each pool: the first that lets everything fit is taken."""
BLANK = "\N{EN DASH}"
"""A face of a symbol die that shows nothing."""
CHANGES = frozenset({"rerolled", "raised", "lowered", "instead of"})
"""What took a die's number from it, which is then shown struck through."""
TEXT_SHOWN = (400, 120, 40)
"""Characters of an expression, and of a comment, before an ellipsis."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the parts of a roll are set off.

    Args:
        markup: Whether Discord's markup is spoken, and so has to be escaped.
    """

    markup: bool = True

    def text(self, text: str) -> str:
        """Text that is not ours."""
        return escape(text) if self.markup else harmless(text)

    def strong(self, text: str) -> str:
        """What matters most."""
        return f"**{text}**" if self.markup else text

    def struck(self, text: str) -> str:
        """What does not count."""
        return f"~~{text}~~" if self.markup else f"[{text}]"

    def small(self, text: str) -> str:
        """What should not go unsaid."""
        return f"-# {text}" if self.markup else f"  ({text})"


DISCORD = Style()
PLAIN = Style(markup=False)


def render_rolls(rolls: Sequence[Roll], *, limit: int = MESSAGE_LENGTH, style: Style = DISCORD) -> str:
    """One line a roll, and a small one for each note; at most `limit` characters in all."""
    for dice_count in DICE_SHOWN:
        for text_length in TEXT_SHOWN:
            text = "\n".join(render_roll(roll, dice_count, text_length, style) for roll in rolls)
            if len(text) <= limit:
                return text
    return _summary(rolls, limit, style)


def _summary(rolls: Sequence[Roll], limit: int, style: Style) -> str:
    """As many totals as fit, and how many rolls are not shown."""
    lines: list[str] = []
    used = 0
    for position, roll in enumerate(rolls):
        line = f"{style.text(shortened(roll.expression, 40))} = {result_text(roll, style)}"
        more = style.small(f"{len(rolls) - position} more rolls do not fit here.")
        # Room for this line, for the one about the rest, and for a line break after each.
        if used + len(line) + len(more) + 2 > limit:
            lines.append(more)
            break
        lines.append(line)
        used += len(line) + 1
    return shortened("\n".join(lines), limit)


def render_roll(roll: Roll, dice_count: int = 60, text_length: int = 400, style: Style = DISCORD) -> str:
    """One roll: comment, expression with at most `dice_count` dice of each pool, total, notes."""
    lead = f"{style.text(shortened(roll.comment, text_length))}: " if roll.comment else ""
    if roll.shortcuts and (told := games.answer(roll)) is not None:
        line = lead + game_text(told, dice_count, style)
        return "\n".join((line, *(style.small(style.text(note)) for note in roll.notes)))
    # Plain dice need no story, which would be worked out by rolling them again.
    if dice_count and len(roll.expression) <= text_length and (parts := roll.plain_parts) is not None:
        dice = (_throw_text(part, dice_count, style) if isinstance(part, Throw) else style.text(part) for part in parts)
        return f"{lead}{''.join(dice)} = {style.strong(number_text(roll.total))}"
    body = expression_text(roll, dice_count, text_length, style)
    result = result_text(roll, style)
    line = lead + (f"{body} = {result}" if result else body)
    return "\n".join((line, *(style.small(style.text(note)) for note in roll.notes)))


def _throw_text(throw: Throw, dice_count: int, style: Style) -> str:
    """What `_dice_text` makes of dice that nothing happened to."""
    sides, faces = throw.sides, throw.faces[:dice_count]
    shown = [style.strong(str(face)) if is_critical(sides, face) else str(face) for face in faces]
    left_out = len(throw.faces) - len(faces)
    return f" ({', '.join(shown)}{f' … and {left_out:,} more' if left_out else ''})"


def game_text(told: games.Answer, dice_count: int, style: Style) -> str:
    """The answer of a game: the verdict, then its dice under their names."""
    parts = [f"{style.text(told.system)}: {style.strong(style.text(told.verdict))}"]
    for group in told.groups if dice_count else ():
        shown = [die_text(die, style, blank=group.blank) for die in group.dice[:dice_count]]
        left_out = len(group.dice) - len(shown)
        dice = f"{', '.join(shown)}{f' … and {left_out:,} more' if left_out else ''}"
        if dice:
            parts.append(" ".join(filter(None, (style.text(group.name), dice if group.counts else style.struck(dice)))))
    if told.modifiers:
        parts.append(style.text(told.modifiers))
    return " · ".join(parts)


def expression_text(roll: Roll, dice_count: int, text_length: int, style: Style) -> str:
    """The canonical expression with each pool's dice behind it."""
    if len(roll.expression) > text_length:
        return style.text(shortened(roll.expression, text_length))
    if not dice_count:
        return style.text(roll.expression)
    return "".join(
        style.text(part) if isinstance(part, str) else f" ({_dice_text(part, dice_count, style)})"
        for part in roll.parts
    )


def result_text(roll: Roll, style: Style = DISCORD) -> str:
    """What it came to: the total, the symbols, the check."""
    shown = [style.strong(number_text(roll.total) + _unit(roll))] if roll.has_total else []
    shown += [style.strong(style.text(f"{count} {word}")) for word, count in roll.tally.items()]
    botches = [pool.tally["botches"] for pool in roll.pools if "botches" in pool.tally]
    if botches:
        shown.append(f"{sum(botches)} {'botch' if sum(botches) == 1 else 'botches'}")
    text = ", ".join(shown)
    success, margin = roll.success, roll.margin
    if success is None or margin is None:
        return text
    verdict = "success" if success else "failure"
    return f"{text}, {style.strong(verdict)} by {number_text(max(margin, -margin))}"


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


def _unit(roll: Roll) -> str:
    pools = roll.pools
    # With anything added the total is no longer a number of successes.
    if len(pools) != 1 or pools[0].total != roll.total or "successes" not in pools[0].tally:
        return ""
    return " success" if roll.total == 1 else " successes"


def _dice_text(pool: PoolStory, dice_count: int, style: Style) -> str:
    dice = (*pool.dice[:dice_count], *pool.aside[:dice_count])
    left_out = len(pool.dice) + len(pool.aside) - len(dice)
    blank = isinstance(pool.node, Pool) and not adds_up(pool.node)
    shown = ", ".join(die_text(die, style, blank=blank) for die in dice)
    if left_out:
        shown += f" … and {left_out:,} more"
    return f"{shown or 'no dice'}{f'; +{number_text(pool.bonus)} plot' if pool.bonus else ''}"


def die_text(die: Die, style: Style = DISCORD, *, blank: bool = False) -> str:
    """One die: what it showed before, what it shows now, and whether that counts; `blank` if no face is a number."""
    value = BLANK if blank else number_text(die.value)
    if die.words:
        value = style.text("+".join(die.words))
    happened = {word for word, _ in die.steps} if die.steps else ()
    if "exploded" in happened:
        value += "!"
    if "compounded" in happened:
        value += "!!"
    if die.mark or die.score > 0:
        value = style.strong(value)
    if not die.kept:
        return style.struck(value)
    passed = [style.struck(number_text(number)) for word, number in die.steps if word in CHANGES]
    # A die can be rerolled many times over: the last numbers are enough.
    return " ".join((*passed[-3:], value)) if passed else value
