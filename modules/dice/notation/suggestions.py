"""What to say when a notation cannot be read: the sentence, the place, and what was probably meant."""

import re
from types import MappingProxyType

from modules.dice.errors import Meaning, NotationError, Span
from modules.dice.notation import shortcuts
from modules.dice.notation.operators import OPERATORS, SPELLINGS, Operator, Takes, meaning_of

LOOKS_LIKE_OPERATOR = re.compile(r"[a-z]{1,3}[0-9]+|[a-z]{1,2}[<>=!][<>=!0-9-]*")
"""A word no comment begins with."""
TERM = re.compile(r"[adp]*[0-9]*d *[0-9%\[(]|[0-9]|(?:adv|dis|vs|dc|tn)(?![a-z])")
"""Dice, a number or a word of a roll, where none of them can go on."""
SLIPS = MappingProxyType(
    {
        "h": "kh",
        "l": "kl",
        "keep": "kh",
        "best": "kh",
        "highest": "kh",
        "lowest": "kl",
        "worst": "kl",
        "drop": "dl",
        "reroll": "r",
        "explode": "!",
        "crit": "cs",
        "botch": "b",
        "success": "t",
    }
)
"""Words and letters that are no operators → the one they stand for."""
LONGEST_SLIP = 16
"""Letters of a word that are compared with the known ones, or shown; none of those is longer."""
FUNCTIONS = ("floor", "ceil", "round", "abs", "min", "max")


def word_end(text: str, pos: int) -> int:
    """Where the word that begins here ends."""
    # Compiled, because `re.match` takes no position; `re` remembers what it has compiled.
    found = re.compile(r"[^\s()\[\]{},;#+*/^\\]+").match(text, pos)
    return found.end() if found else pos + 1


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, left out or swapped with a neighbour to make one the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        # Three rows are held: a swap of neighbours looks back over two.
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word closest to this one, if it is close enough to be a slip of the hand; of equals the first."""
    short = word[:LONGEST_SLIP]
    # Fewer slips than letters: with as many, any word could become any other.
    most = min(max(1, len(short) // 3), len(short) - 1)
    near = [candidate for candidate in known if abs(len(candidate) - len(short)) <= most]
    best = min(near, key=lambda candidate: distance(short, candidate), default="")
    return best if best and distance(short, best) <= most else None


Suggested = tuple[str | None, Meaning | None]
"""What was probably meant, and what it does."""

SHORT_NAME = 4
"""Letters of a word after a sign that is likelier a saved roll than a slip."""


def operator_like(word: str) -> Suggested:
    """What an operator that does not exist was probably meant to be."""
    stem = re.sub(r"[^a-z].*", "", word.lower(), flags=re.DOTALL)
    relation = re.sub(r"[^<>=!].*", "", word[len(stem) :], flags=re.DOTALL)
    digits = re.sub(r"[^0-9].*", "", word[len(stem) + len(relation) :], flags=re.DOTALL)
    # Spellings of one letter are left out: every word of two with that letter in it would be close to them.
    near = nearest(stem, (*(name for name in SPELLINGS if len(name) > 1), *SLIPS))
    if near is None:
        return None, None
    spelling = SLIPS.get(near, near)
    name, implied = SPELLINGS[spelling]
    spec = OPERATORS[name]
    if spec.takes is Takes.NOTHING:
        return spelling, meaning_of(Operator(name))
    number = int(digits[:15]) if digits else spec.default
    if number is None and (spec.needed or name == ""):
        number = 6
    shown = f"{spelling}{relation}{digits or ('' if number is None else number)}"
    return shown, meaning_of(Operator(name, relation or implied or "=", number))


def _brief(word: str) -> str:
    return word if len(word) <= LONGEST_SLIP else f"{word[:LONGEST_SLIP]}…"


def unknown_operator(word: str, span: Span) -> NotationError:
    """A word where only an operator can stand."""
    stem = re.match(r"[^0-9<>=]*", word)
    shown = stem[0] if stem and stem[0] else word
    meant, meaning = operator_like(word)
    return NotationError(
        "unknown_operator",
        span=(span[0], span[0] + len(shown)),
        suggestion=meant,
        meaning=meaning,
        word=_brief(shown),
    )


def needs_number(spelling: str, name: str, span: Span) -> NotationError:
    """An operator that lacks its number, or has the wrong kind."""
    takes = OPERATORS[name].takes
    number = {Takes.COUNT: 1, Takes.NUMBER: 2}.get(takes, 6)
    sign = "=" if spelling in {"k", "p"} and takes is Takes.POINT else ""
    meaning = meaning_of(Operator(name, SPELLINGS[spelling][1] or "=", number))
    meant = f"{spelling}{sign}{number}"
    if takes is Takes.POINT:
        return NotationError("operator_needs_point", span=span, suggestion=meant, meaning=meaning, operator=spelling)
    if takes is Takes.NUMBER:
        return NotationError("operator_needs_value", span=span, suggestion=meant, meaning=meaning, operator=spelling)
    return NotationError("operator_needs_count", span=span, suggestion=meant, meaning=meaning, operator=spelling)


def missing(typed: str, text: str, pos: int) -> NotationError:
    """Nothing to roll where something has to stand."""
    if pos >= len(text):
        last = re.search(r"(?:[a-z]+|\S?) *$", text)
        start = last.start() if last else 0
        word = typed[start:].rstrip()
        return NotationError("missing_after", span=(start, start + max(1, len(word))), word=_brief(word))
    if text[pos].isascii() and text[pos].isalpha():
        return unknown_word(typed, text, pos)
    if text[pos] == "." and text[pos + 1 : pos + 2].isdigit():
        return NotationError("digit_first", span=(pos, pos + 1), suggestion=f"0{typed[pos : pos + 2]}")
    if text[pos] in ")}],;*/%^<>=!+-#|&\\":
        return NotationError("missing_before", span=(pos, pos + 1), character=typed[pos])
    return _unreadable(typed, pos)


def unexpected(typed: str, text: str, pos: int) -> NotationError:
    """Something after a complete roll that neither continues nor ends it."""
    character = text[pos]
    if character in ")}]":
        return NotationError("closes_nothing", span=(pos, pos + 1), bracket=character)
    if character in "({$" or TERM.match(text, pos):
        return unjoined(typed, (pos, pos + 1 if character in "({$" else word_end(text, pos)))
    if character == "d" and pos and text[pos - 1].isdigit():
        return NotationError("sides_missing", span=(pos, pos + 1), suggestion="d6")
    if character.isascii() and character.isalpha():
        end = word_end(text, pos)
        return unknown_operator(typed[pos:end], (pos, end))
    if character in "!<>=":
        return NotationError("relation_misplaced", span=(pos, pos + 1), character=character)
    return _unreadable(typed, pos)


def comma(typed: str, span: Span, meant: str) -> NotationError:
    """A comma inside a number: it would make two rolls of it."""
    return NotationError("comma_in_number", span=span, suggestion=typed[slice(*span)].replace(",", meant))


def crowded(typed: str, span: Span) -> NotationError:
    """Double brackets around more than one expression."""
    inside = typed[span[0] + 2 : span[1] - 2].strip()
    return NotationError(
        "double_brackets", span=span, suggestion=f"{{{inside}}}" if len(inside) <= LONGEST_SLIP else None
    )


def unjoined(typed: str, span: Span) -> NotationError:
    """A term right after a term."""
    written = typed[slice(*span)]
    fits = written[:1].isdigit() and len(written) <= LONGEST_SLIP
    return NotationError("unjoined", span=span, suggestion=f"+{written} or ; {written}" if fits else None)


def unsigned(typed: str, span: Span) -> NotationError:
    """A number close before a bracket, which multiplies or says how often."""
    number, bracket, inside = typed[slice(*span)].partition("(")
    fits = span[1] - span[0] <= LONGEST_SLIP
    either = f"{number}*{bracket}{inside} or {number}#{bracket}{inside}"
    return NotationError("unjoined", span=span, suggestion=either if fits else None)


def unknown_name(typed: str, span: Span, saved: bool) -> NotationError:
    """A word in the place of a number."""
    word = typed[slice(*span)]
    meant, meaning = (f"${word.lower()}", None) if saved else _word_like(word.lower(), joined=True)
    return NotationError("name_not_number", span=span, suggestion=meant, meaning=meaning, word=_brief(word))


def unknown_function(typed: str, span: Span) -> NotationError:
    """A word right before a bracket that is no function."""
    word = typed[slice(*span)]
    near = nearest(word.lower(), FUNCTIONS)
    return NotationError(
        "unknown_function", span=span, suggestion=near, word=_brief(word), functions=", ".join(FUNCTIONS)
    )


def unknown_word(typed: str, text: str, pos: int) -> NotationError:
    """A word where dice or a number should stand."""
    end = word_end(text, pos)
    word = text[pos:end]
    tagged = re.match(r"[adp]+(?=d[0-9]*$)|[ap]+(?=[0-9]+$)", word)
    if tagged:
        rest = word[tagged.end() :].lstrip("d")
        counted = f"{tagged[0]}{len(tagged[0])}d{rest or 20}"
        return NotationError("tags_without_count", span=(pos, end), suggestion=counted)
    if word == "d":
        return NotationError("sides_missing", span=(pos, end), suggestion="d20")
    letters = re.match("[a-z]*", word)
    shown = typed[pos : pos + len(letters[0])] if letters else word
    meant, meaning = _word_like(shown.lower(), joined=pos > 0)
    return NotationError(
        "unknown_word", span=(pos, pos + len(shown)), suggestion=meant, meaning=meaning, word=_brief(shown)
    )


def _word_like(word: str, *, joined: bool) -> Suggested:
    rows = shortcuts.shortcuts()
    if word in rows:
        return rows[word][0].example, Meaning(rows[word][0].hint)
    if word in FUNCTIONS:
        return f"{word}(1d6,3)" if word in {"min", "max"} else f"{word}(1d6/2)", None
    # A short word is close to too many others, and in a sum it is likelier the name of a number.
    near = None if joined or len(word) <= SHORT_NAME else nearest(word, (*FUNCTIONS, *rows))
    if near is not None and near in rows:
        return rows[near][0].example, Meaning(rows[near][0].hint)
    return near, None


def _unreadable(typed: str, pos: int) -> NotationError:
    shown = typed[pos] if typed[pos].isprintable() else f"U+{ord(typed[pos]):04X}"
    return NotationError("unreadable", span=(pos, pos + 1), character=shown)
