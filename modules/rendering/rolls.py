"""Rolls as text: the dice, what became of them, and the total, within a given length.

Shortening is honest: what is left out is counted, and totals are never left out before dice are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from modules.dice.notation.syntax import Pool
from modules.dice.rolling.pool_result import PoolResult
from modules.dice.rolling.result import Roll
from modules.dice.rolling.success import CRITICAL, CRITICAL_SIDES
from modules.rendering import games
from modules.rendering.catalog import sentence
from modules.rendering.dice import DISCORD, Style, and_more, dice_text, die_text, labels_text, number_text
from modules.rendering.language import speaks_english, translated
from modules.rendering.layout import layout_of
from modules.rendering.text import shortened

MESSAGE_LENGTH = 2_000
"""Characters of one Discord message."""
DICE_SHOWN = (60, 20, 8, 3, 0)
"""Dice shown of each pool: the first that lets everything fit is taken."""
TEXT_SHOWN = (400, 120, 40)
"""Characters of an expression, and of a comment, before an ellipsis."""
FIGURE_SPACE = "\N{FIGURE SPACE}"
"""As wide as a digit: aligns totals."""


def render_rolls(rolls: Sequence[Roll], *, limit: int = MESSAGE_LENGTH, style: Style = DISCORD) -> str:
    """One line a roll, and a small one for each note; at most `limit` characters in all."""
    # The words of a laid out line are English.
    if style is not DISCORD or not speaks_english():
        return _in_full(rolls, limit, style)
    text, before = "", None
    for roll in rolls:
        shape = roll.prepared.shape
        if shape.layout is None:
            shape.layout = layout_of(shape, DICE_SHOWN[0], TEXT_SHOWN[0])
        line = shape.layout(roll)
        # Repeats are told otherwise.
        if line is None or shape is before:
            return _in_full(rolls, limit, style)
        text = line if before is None else f"{text}\n{line}"
        before = shape
    return text if len(text) <= limit else _in_full(rolls, limit, style)


def _in_full(rolls: Sequence[Roll], limit: int, style: Style) -> str:
    """Whatever there is to say about rolls of any kind, shortened until it fits."""
    tell = _repeated if rolls_one_thing(rolls) else _one_by_one
    text = fitted(rolls, limit, lambda dice_count, text_length: tell(rolls, dice_count, text_length, style))
    return _summary(rolls, limit, style) if text is None else text


def fitted(rolls: Sequence[Roll], limit: int, lines: Callable[[int, int], Iterable[str]]) -> str | None:
    """The fullest text of at most `limit` characters; None if there is none. Dice are left out last.

    Args:
        rolls: What is told.
        limit: Characters in all.
        lines: Makes the lines with so many dice of each pool, and so many characters of an expression or comment.
    """
    longest = max([max(len(roll.expression), len(roll.comment)) for roll in rolls], default=0)
    text_lengths = _shortening(TEXT_SHOWN, longest)
    for dice_count in _shortening(DICE_SHOWN, dice_bound(rolls)):
        for text_length in text_lengths:
            if (text := joined(lines(dice_count, text_length), limit)) is not None:
                return text
    return None


def _one_by_one(rolls: Sequence[Roll], dice_count: int, text_length: int, style: Style) -> Iterator[str]:
    return (render_roll(roll, dice_count, text_length, style) for roll in rolls)


def rolls_one_thing(rolls: Sequence[Roll]) -> bool:
    """Whether it is one roll, several times, to be told as a list."""
    is_repeat = len(rolls) > 1 and all(roll.prepared is rolls[0].prepared for roll in rolls)
    # A game has a verdict of its own to say each time.
    return is_repeat and games.answer(rolls[0]) is None


def _shortening(lengths: Sequence[int], longest: int) -> list[int]:
    """The first of these lengths, and each further one that leaves something out; no length at all always may."""
    return [lengths[0], *[length for length in lengths[1:] if length < longest or not length]]


def dice_bound(rolls: Sequence[Roll]) -> int:
    """At least as many as any pool or set has dice to show."""
    records = [record for roll in rolls for record in roll.context]
    return max([max(len(faces), len(state) if state else 0) for _, faces, _, state in records], default=0)


def joined(lines: Iterable[str], limit: int) -> str | None:
    """The lines, if they fit; no more of them are made than it takes to know."""
    found: list[str] = []
    left = limit + 1
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            return None
        found.append(line)
    return "\n".join(found)


def _summary(rolls: Sequence[Roll], limit: int, style: Style) -> str:
    """As many totals as fit, and how many rolls are not shown."""
    lines: list[str] = []
    used = 0
    for position, roll in enumerate(rolls):
        line = f"{style.text(shortened(roll.expression, 40))} = {result_text(roll, style)}"
        more = style.small(translated("{count} more rolls do not fit here.", count=len(rolls) - position))
        # Room for this line, for the one about the rest, and for a line break after each.
        if used + len(line) + len(more) + 2 > limit:
            lines.append(more)
            break
        lines.append(line)
        used += len(line) + 1
    return shortened("\n".join(lines), limit)


def _repeated(rolls: Sequence[Roll], dice_count: int, text_length: int, style: Style) -> Iterator[str]:
    """The same roll several times: what it is, the sum and the best, then a line for each with its total in front."""
    first = rolls[0]
    told = [times_text(first, len(rolls), text_length, style)]
    if first.verdict:
        told.append(translated("{count} succeeded", count=style.strong(str(sum(bool(roll.success) for roll in rolls)))))
    elif first.has_total:
        totals = [roll.total for roll in rolls]
        told.append(translated("sum {total}", total=style.strong(number_text(sum(totals)))))
        told.append(translated("best {total}", total=style.strong(number_text(max(totals)))))
    yield lead_text(first, text_length, style) + ", ".join(told)
    yield from repeat_lines(rolls, dice_count, text_length, style)
    yield from notes_text(rolls, style)


def times_text(roll: Roll, count: int, text_length: int, style: Style) -> str:
    """What was rolled several times."""
    notation = style.text(shortened(roll.expression, text_length))
    return translated("{notation}, {count} times", notation=notation, count=count)


def repeat_lines(rolls: Sequence[Roll], dice_count: int, text_length: int, style: Style) -> Iterator[str]:
    """A line for each of the same rolls, the totals in front and aligned."""
    width = max([len(number_text(roll.total)) for roll in rolls])
    is_one_pool = len(shown_pools(rolls[0])) == 1
    for roll in rolls:
        if is_one_pool and dice_count:
            dice = dice_text(shown_pools(roll)[0], dice_count, style)
            # A single die that is the total need not be told twice.
            is_told = roll.faces == (roll.total,) and not roll.prepared.traits.counts
            body = "" if is_told else f"({dice})"
        else:
            body = f"= {expression_text(roll, dice_count, text_length, style)}" if dice_count else ""
        padding = FIGURE_SPACE * (width - len(number_text(roll.total)) if roll.has_total else 0)
        yield f"{padding}{result_text(roll, style) or translated('Nothing')} {body}".rstrip(" ")


def render_roll(roll: Roll, dice_count: int = 60, text_length: int = 400, style: Style = DISCORD) -> str:
    """One roll: comment, expression with at most `dice_count` dice of each pool, total, notes.

    Where several pools make a line long, the total stands before them.
    """
    if roll.shortcuts and (told := games.answer(roll)) is not None:
        line = game_text(told, dice_count, style)
    else:
        line = _roll_text(roll, dice_count, text_length, style)
    return "\n".join([lead_text(roll, text_length, style) + line, *notes_text((roll,), style)])


def _roll_text(roll: Roll, dice_count: int, text_length: int, style: Style) -> str:
    body, result = expression_text(roll, dice_count, text_length, style), result_text(roll, style)
    if not result:
        return body
    is_long = len(roll.context) > 1 and len(shown_pools(roll)) > 1
    return f"{result} = {body}" if is_long else f"{body} = {result}"


def shown_pools(roll: Roll) -> list[PoolResult]:
    """Its pools and sets, but those whose dice a set shows."""
    return [pool for pool in roll.pools if not pool.is_merged]


def lead_text(roll: Roll, text_length: int, style: Style) -> str:
    """The comment, as it stands before the dice."""
    return f"{style.comment(roll.comment, text_length)}: " if roll.comment else ""


def notes_text(rolls: Sequence[Roll], style: Style) -> list[str]:
    """A small line for each thing that should not go unsaid."""
    notes = [sentence(note) for roll in rolls for note in roll.notes]
    return [style.small(style.text(note)) for note in dict.fromkeys(notes)]


def expression_text(roll: Roll, dice_count: int, text_length: int, style: Style) -> str:
    """The canonical expression with each pool's dice behind it."""
    if len(roll.expression) > text_length:
        return style.text(shortened(roll.expression, text_length))
    if not dice_count:
        return style.text(roll.expression)
    shown: list[str] = []
    pools = iter(roll.pools)
    for piece in roll.prepared.pieces:
        if isinstance(piece, str):
            shown.append(style.text(piece))
        elif not (pool := next(pools)).is_merged:
            shown.append(f" ({dice_text(pool, dice_count, style)})")
    return "".join(shown)


def result_text(roll: Roll, style: Style = DISCORD) -> str:
    """What it came to: the total, the sums by label, the symbols, the check, what was critical."""
    parts = result_parts(roll, style)
    if roll.has_total and roll.context.labels and (labels := labels_text(roll, style)):
        parts[0] += f" ({labels})"
    return ", ".join(parts)


def result_parts(roll: Roll, style: Style = DISCORD) -> list[str]:
    """What it came to, one thing after the other; without the sums by label."""
    traits = roll.prepared.traits
    shown = []
    if roll.has_total:
        shown.append(style.strong(number_text(roll.total) + (_unit(roll) if traits.counts else "")))
    if not traits.is_numbered:
        shown += [style.strong(style.text(f"{count} {word}")) for word, count in roll.tally.items()]
    botches = [pool.tally["botches"] for pool in roll.pools if "botches" in pool.tally] if traits.counts else ()
    if botches:
        shown.append(translated("{count} botch" if sum(botches) == 1 else "{count} botches", count=sum(botches)))
    verdict = roll.verdict
    if verdict is not None:
        told = style.strong(translated("success" if verdict.success else "failure"))
        margin = number_text(max(verdict.margin, -verdict.margin))
        shown.append(translated("{verdict} by {margin}", verdict=told, margin=margin))
    if traits.has_d20 or traits.counts:
        shown += [style.strong(translated(f"critical {word}")) for word in criticals(roll)]
    return shown


def criticals(roll: Roll) -> list[str]:
    """What to call critical: what `cs` and `cf` mark, else the extreme faces of a d20 that stands for itself."""
    found: set[str] = set()
    for pool in roll.pools:
        if pool.is_plain:
            # A pool of one: of several d20s none speaks for the roll.
            if len(pool.faces) == 1 and pool.kind.sides == CRITICAL_SIDES and pool.faces[0] in CRITICAL:
                found.add(CRITICAL[pool.faces[0]])
        elif isinstance(pool.node, Pool):
            state = pool.state
            if any(op.name in {"cs", "cf"} for op in pool.node.operators) or state.kept.count(True) == 1:
                found.update([word for i, word in state.marks.items() if state.kept[i]])
    return sorted(found, reverse=True) if found else []


def _unit(roll: Roll) -> str:
    pools = shown_pools(roll)
    # With anything added the total is no longer a number of successes.
    if len(pools) != 1 or pools[0].total != roll.total or "successes" not in pools[0].tally:
        return ""
    return f" {translated('success' if roll.total == 1 else 'successes')}"


def game_text(told: games.Answer, dice_count: int, style: Style) -> str:
    """The answer of a game: the verdict, then its dice under their names."""
    parts = [f"{style.text(told.system)}: {style.strong(style.text(told.verdict))}"]
    dice = game_dice_text(told, dice_count, style)
    return " · ".join([*parts, dice] if dice else parts)


def game_dice_text(told: games.Answer, dice_count: int, style: Style) -> str:
    """The dice of a game's roll under their names, and what was added."""
    parts = []
    for group in told.groups if dice_count else ():
        shown = [die_text(die, style, blank=group.blank) for die in group.dice[:dice_count]]
        left_out = len(group.dice) - len(shown)
        dice = ", ".join(shown) + (f" … {and_more(left_out)}" if left_out else "")
        if dice:
            name = style.text(translated(group.name))
            parts.append(" ".join(filter(None, (name, dice if group.counts else style.struck(dice)))))
    if told.modifiers:
        parts.append(style.text(told.modifiers))
    return " · ".join(parts)
