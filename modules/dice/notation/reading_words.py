"""Words of a line: functions, repeats, shortcuts, operators, phrases, or free text."""

from functools import cache

from modules.dice.errors import NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.operators import SPELLINGS
from modules.dice.notation.phrases import NUMBERS, SLIPPED, vocabulary
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_brackets import add_bracket, closing_place
from modules.dice.notation.reading_modifiers import add_sign
from modules.dice.notation.reading_patterns import Found, rollish
from modules.dice.notation.reading_phrases import operator
from modules.dice.notation.reading_terms import next_game


def word(reader: Reader, found: Found, start: int) -> None:
    """A word: a function, a shortcut, an operator, a phrase, or free text."""
    word = found["word"]
    if reader.words is not None and word.isalpha() and word not in _known() and word[:3] not in SLIPPED:
        # In the midst of a text most words mean nothing.
        reader.say(start, found.end())
        return
    if (reader.open and _opens(reader, word, start, found.end())) or next_game(reader, start):
        return
    letters = word if word.isalpha() else _letters(word)
    if reader.phrase(start, letters) or operator(reader, word, start):
        return
    if reader.open and reader.draft.pieces:
        if word in patterns.ARTICLES and patterns.TERM_AHEAD.match(reader.text, found.end(), reader.end):
            reader.pos = found.end()
            return
        if word not in NUMBERS:
            reader.unknown(start, found.end())
        reader.term(NUMBERS[word], start, found.end(), "number")
        return
    if (
        word == "x"
        and not reader.open
        and reader.words is None
        and patterns.LEADING_DICE.match(reader.text, found.end())
    ):
        add_sign(reader, "*", start, found.end())
        return
    if reader.open and reader.words is None and reader.text.startswith("(", found.end()):
        raise suggestions.unknown_function(reader.source.typed, reader.source.span(start, found.end()))
    if word in patterns.JOINING:
        reader.bind(start, found.end())
    reader.say(start, found.end())


@cache
def _known() -> frozenset[str]:
    """Every word that may mean something in the midst of a text."""
    meant = {*vocabulary().beginnings, *shortcuts.heads(), *SPELLINGS, *NUMBERS}
    return frozenset(meant | {*suggestions.FUNCTIONS, *patterns.JOINING, "repeat", "rr", "x"})


def _opens(reader: Reader, word: str, start: int, end: int) -> bool:
    """A word that is a term, or begins one."""
    if word in suggestions.FUNCTIONS:
        bracket = patterns.CALL_BRACKET.match(reader.text, end, reader.end)
        if bracket is not None:
            reader.begin_term()
            reader.draft.add(word, start, end, "raw")
            add_bracket(reader, "(", bracket.end() - 1)
            return True
    if word in {"repeat", "rr"} and not reader.draft.pieces:
        bracket = patterns.CALL_BRACKET.match(reader.text, end, reader.end)
        if bracket is not None:
            _repeated(reader, bracket.end() - 1)
            return True
    return reader.shortcut(start)


def _repeated(reader: Reader, start: int) -> None:
    """`repeat(4d6kh3, 6)` or, as Avrae writes it, `rr(6, 4d6kh3)`."""
    close = closing_place(reader, start)
    counted = patterns.REPEATED.fullmatch(reader.text, start + 1, max(close, start + 1))
    if close < 0 or counted is None:
        raise NotationError("repeat_form", span=reader.source.span(start, start + 1), suggestion="repeat(4d6kh3, 6)")
    count, roll = ("first", "rest") if counted["first"] else ("last", "roll")
    reader.set_times(counted[count], *counted.span(count))
    end, reader.pos, reader.end = reader.end, *counted.span(roll)
    reader.tokens()
    reader.finish_words()
    reader.pos, reader.end = close + 1, end


def times(reader: Reader, found: Found, start: int) -> None:
    """`x6`."""
    if reader.open and reader.draft.pieces:
        reader.raw(found, start)
        return
    dice_follow = patterns.DICE_BEHIND.match(reader.text, found.end(), reader.end) is not None
    ahead = rollish(reader.text, found.end() + 1, reader.end) and reader.text[found.end() : found.end() + 1] == " "
    if not reader.open and dice_follow and not reader.depth:
        reader.next_roll(start)
    if reader.open and not (ahead or dice_follow):
        reader.say(start, found.end())
        return
    if not reader.open and patterns.MONEY.match(reader.text, found.end(), reader.end):
        reader.keep_words()
        add_sign(reader, "*", start, start + 1)
        return
    reader.set_times(found["times"].strip("x "), start, found.end())
    reader.keep_words()
    reader.pos = found.end()


def opaque(reader: Reader, found: Found, start: int) -> None:
    """A mention, an emoji or an address."""
    reader.say(start, found.end())


def other(reader: Reader, found: Found, start: int) -> None:
    """Any other character."""
    fraction = found["other"].isnumeric() and (
        reader.text[start - 1 : start].isdigit() or reader.text.startswith("d", start + 1)
    )
    decimal = (
        found["other"] == "."
        and reader.text[start - 1 : start].isalnum()
        and reader.text[start + 1 : start + 2].isdigit()
    )
    if (reader.open and reader.draft.pieces) or fraction or (decimal and reader.words is None):
        raise NotationError("unreadable", span=reader.source.span(start, found.end()), character=found["other"])
    reader.say(start, found.end())


def _letters(word: str) -> str:
    found = patterns.LETTERS.match(word)
    return found[0] if found else ""
