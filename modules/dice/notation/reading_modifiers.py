"""Signs before the first term: modifiers without dice, signs of terms, or text."""

import re

from modules.dice.errors import NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import shortcuts
from modules.dice.notation.expression_parser import SUMS
from modules.dice.notation.phrases import NUMBERS
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_patterns import Found


def add_sign(reader: Reader, sign: str, start: int, end: int) -> None:
    """Add a sign: a term has to follow."""
    reader.draft.add(sign, start, end, "sign")
    reader.pos = end
    reader.open = True


def open_sign(reader: Reader, sign: str, start: int, end: int) -> None:
    """A sign where a term is expected."""
    draft = reader.draft
    if draft.pieces:
        add_sign(reader, sign, start, end)
        return
    said = patterns.ADVANTAGE_SIGN.match(reader.text, start, reader.end)
    if said is not None:
        _advantage_sign(reader, "adv" if sign == "+" else "dis", start, said)
        return
    signed, term = sign in SUMS, patterns.TERM_AHEAD.match(reader.text, end, reader.end)
    spoken = reader.words is None and draft.lead is None
    modifier = patterns.MODIFIER.match(reader.text, end, reader.end) if signed else None
    labelled = spoken and modifier is not None and _has_label(reader, modifier.end())
    bonus = spoken and not labelled and patterns.BONUS_THEN_DICE.match(reader.text, end, reader.end)
    if bonus or (not signed and term is None):
        reader.say(start, end)
        return
    if modifier is not None:
        _refuse_game(reader, start, modifier.end())
    if modifier is not None and (labelled or _led(reader, start, modifier.end())):
        add_modifier(reader, sign, start, end)
    elif not spoken and (modifier is not None or term is None or reader.text.startswith(" ", end)):
        _refuse_sum(reader, end)
        reader.say(start, end)
    else:
        reader.begin_term()
        add_sign(reader, sign, start, end)


def _led(reader: Reader, start: int, end: int) -> bool:
    """Whether a modifier without dice stands behind a label or advantage: then it is that of a d20."""
    if reader.words is None:
        return bool(reader.draft.lead or reader.draft.biases)
    before = reader.text[start - 1 : start]
    # Close to a word, as in "level-3 fireball 8d6", it may be part of that.
    return before in {" ", ":"} or (before.isalpha() and not _dice_ahead(reader, end))


def add_modifier(reader: Reader, sign: str, start: int, end: int) -> None:
    """Add a d20 that nobody wrote, and the sign of what is added to it."""
    reader.begin_term()
    reader.draft.add("1d20", start, start, "pool")
    reader.draft.implied = True
    add_sign(reader, sign, start, end)


def next_check(reader: Reader, end: int) -> bool:
    """Whether a modifier behind a separator and a label is that of one more d20: `stealth +5, perception +3`."""
    words, implied = reader.words, any(draft.implied for draft in (*reader.drafts, reader.draft))
    if words is None or reader.bound < 0 or not implied or not patterns.MODIFIER.match(reader.text, end, reader.end):
        return False
    joiner = patterns.JOINER.match(reader.text, reader.bound, words.end)
    return joiner is not None and joiner.end() < words.end


def bracketed_modifier(reader: Reader, start: int) -> bool:
    """Read a modifier in brackets behind a label: `stealth (+7)`."""
    found = patterns.BRACKETED_MODIFIER.match(reader.text, start, reader.end)
    if found is None or reader.words is None or reader.draft.pieces:
        return False
    add_modifier(reader, found[1], start, found.start(2))
    reader.term(found[2], *found.span(2), "number")
    reader.pos = found.end()
    return True


def open_modifier(reader: Reader, sign: str, start: int, end: int) -> bool:
    """Read a word for a sign behind a label, or advantage, with a number after it."""
    number = patterns.SPOKEN_MODIFIER.match(reader.text, end, reader.end)
    words = reader.words
    if reader.draft.pieces or sign not in SUMS or number is None or not _led(reader, start, number.end()):
        return False
    if words is not None and reader.text[words.start : words.end].strip() in NUMBERS:
        return False
    add_modifier(reader, sign, start, end)
    return True


def _advantage_sign(reader: Reader, kind: str, start: int, said: Found) -> None:
    """Dice Maiden's `+d20` is advantage; in other dialects nobody can tell it from a sign."""
    span = reader.source.span(start, said.end(1))
    if reader.dialect.name != "maiden":
        plain = said[1] if kind == "adv" else f"0-{said[1]}"
        raise NotationError("signed_d20", span=span, suggestion=f"{kind} {said[1]} or {plain}", die=said[1])
    reader.draft.biases.append((kind, span))
    reader.pos = said.end()


def _refuse_game(reader: Reader, start: int, end: int) -> None:
    """A game that is a check by itself, and a modifier behind it: nobody knows of what."""
    words = reader.words
    text = reader.text[:start].rstrip(" ")
    game = shortcuts.find(text, words.start) if words is not None else None
    if game is not None and game[1].end() == len(text):
        modifier = reader.text[start:end].replace(" ", "")
        raise NotationError(
            "modified_target",
            span=reader.source.span(start, end),
            suggestion=f"({game[1][0]}){modifier}",
            game=game[1][0],
        )


def _has_label(reader: Reader, end: int) -> bool:
    if patterns.TO_HIT.match(reader.text, end, reader.end):
        return True
    return patterns.STORY.match(reader.text, end, reader.end) is not None and not _dice_ahead(reader, end)


def _dice_ahead(reader: Reader, pos: int) -> bool:
    """Whether there are dice before the next separator."""
    part = patterns.SEPARATOR.search(reader.text, pos, reader.end)
    return patterns.DICE_AHEAD.search(reader.text, pos, part.start() if part else reader.end) is not None


def _refuse_sum(reader: Reader, end: int) -> None:
    """One word and a number with a sign between them: the word was meant to be a number."""
    words = reader.words
    if words is None or not re.fullmatch(r"[a-z]+", reader.text[words.start : words.end]):
        return
    if patterns.LAST_NUMBER.match(reader.text, end, reader.end):
        reader.unknown(words.start, words.end)
