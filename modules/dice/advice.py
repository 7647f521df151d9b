"""What to say when a notation cannot be read: the sentence, the place, and what was probably meant."""

import re
from collections.abc import Iterable
from types import MappingProxyType

from modules.dice.errors import NotationError, Span
from modules.dice.operators import OPERATORS, SPELLINGS, Operator, Takes, meaning_of

LOOKS_LIKE_OPERATOR = re.compile(r"[a-z]{1,3}[0-9]+|[a-z]{1,2}[<>=!][<>=!0-9-]*")
"""A word no comment begins with."""
WORDS = re.compile(
    r"(?:(?:keep|take|drop|reroll|rerolling|explode|exploding|best|worst|highest|lowest|top|bottom)"
    r"(?: +the)? *(?:best|highest|high|worst|lowest|low|on|[0-9]+)|(?:with +)?(?:dis)?advantage|min(?:imum)? +[0-9])"
)
"""Plain words for operators: refused rather than taken for a comment."""
DICE = re.compile(r"[adp]*[0-9]*d *[0-9%\[(]|[0-9]")
PLAIN = MappingProxyType(
    {
        "disadvantage": "dis (after or before a 1d20)",
        "advantage": "adv (after or before a 1d20)",
        "drop the highest": "dh1 (drop the 1 highest)",
        "drop highest": "dh1 (drop the 1 highest)",
        "drop": "dl1 (drop the 1 lowest)",
        "reroll": "r1 (reroll while a die shows 1) or ro1 (reroll once)",
        "explod": "! (explode on the highest face)",
        "low": "kl1 (keep the 1 lowest)",
        "worst": "kl1 (keep the 1 lowest)",
        "bottom": "kl1 (keep the 1 lowest)",
        "min": "mi2 (raise every die to at least 2)",
    }
)
"""What a phrase with these words probably meant, most telling first; anything else keeps the highest."""
FUNCTIONS = ("floor", "ceil", "round", "abs", "min", "max", "adv", "dis", "vs", "dc", "tn")


def begins_comment(text: str, pos: int) -> bool:
    """Whether what stands here, after a space, reads as words rather than as a mistake."""
    if WORDS.match(text, pos) or DICE.match(text, pos):
        return False
    word = text[pos : word_end(text, pos)]
    if LOOKS_LIKE_OPERATOR.fullmatch(word):
        return False
    return text[pos].isalpha() or text[pos] in "\"'" or ord(text[pos]) > 127


def word_end(text: str, pos: int) -> int:
    """Where the word that begins here ends."""
    found = re.compile(r"[^\s()\[\]{},;#+*/^\\]+").match(text, pos)
    return found.end() if found else pos + 1


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, left out or swapped with a neighbour to make one the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to this one, if it is close enough to be a slip of the hand."""
    scored = sorted((distance(word, candidate), candidate) for candidate in known)
    best, candidate = scored[0]
    return candidate if best <= max(1, len(word) // 3) and best < len(word) else None


def operator_like(word: str) -> str | None:
    """What an operator that does not exist was probably meant to be, with its meaning."""
    split = re.match(r"([a-z]+|!+[a-z]*)([<>=!]*)(-?[0-9]*)", word.lower())
    if split is None:
        return None
    stem, relation, digits = split[1], split[2], split[3]
    spelling = nearest(stem, (name for name in SPELLINGS if len(name) > 1 or distance(name, stem) == 0))
    if spelling is None:
        return None
    name, implied = SPELLINGS[spelling]
    number = int(digits[:15]) if digits.lstrip("-") else OPERATORS[name].default
    operator = Operator(name, relation or implied or "=", number)
    takes_nothing = OPERATORS[name].takes is Takes.NOTHING
    shown = spelling + (relation + digits if digits and not takes_nothing else "")
    return f"{shown} ({meaning_of(operator)})"


def unknown_operator(word: str, span: Span) -> NotationError:
    """A word where only an operator can stand."""
    stem = re.match(r"[^0-9<>=]*", word)
    shown = stem[0] if stem and stem[0] else word
    return NotationError(
        f'I don\'t know "{shown}" here.', span=(span[0], span[0] + len(shown)), suggestion=operator_like(word)
    )


def needs_number(spelling: str, name: str, span: Span) -> NotationError:
    """An operator that lacks its number, or has the wrong kind."""
    takes = OPERATORS[name].takes
    examples = {"k": "k=3", "p": "p=1", "e": "e6"}
    example = examples.get(spelling, f"{spelling}{ {Takes.COUNT: 1, Takes.NUMBER: 2}.get(takes, 6) }")
    operator = Operator(name, SPELLINGS[spelling][1] or "=", int(example.lstrip("abcdefghijklmnopqrstuvwxyz=!")))
    return NotationError(
        f'"{spelling}" needs {takes.value} after it.', span=span, suggestion=f"{example} ({meaning_of(operator)})"
    )


def missing(typed: str, text: str, pos: int) -> NotationError:
    """Nothing to roll where something has to stand."""
    if pos >= len(text):
        before = len(text.rstrip())
        last = typed[before - 1 : before]
        return NotationError(f'Something is missing after "{last}".', span=(max(before - 1, 0), max(before, 1)))
    if text[pos].isascii() and text[pos].isalpha():
        return _unknown_word(typed, text, pos)
    if text[pos] in ")}],;*/%^<>=!+-#":
        return NotationError(f'Dice or a number should stand before this "{typed[pos]}".', span=(pos, pos + 1))
    return _unreadable(typed, pos)


def unexpected(typed: str, text: str, pos: int) -> NotationError:
    """Something after a complete roll that neither continues nor ends it."""
    character = text[pos]
    phrase = WORDS.match(text, pos)
    if phrase:
        meant = next((told for word, told in PLAIN.items() if word in phrase[0]), "kh3 (keep the 3 highest)")
        return NotationError(
            f'"{typed[pos : phrase.end()]}" has a short form here.', span=phrase.span(), suggestion=meant
        )
    if character in ")}]":
        return NotationError(f'This "{character}" closes nothing.', span=(pos, pos + 1))
    if character in "({$" or DICE.match(text, pos):
        end = word_end(text, pos) if character not in "({" else pos + 1
        return NotationError(
            "Something is missing before this: a sign such as +, or ; for a roll of its own.",
            span=(pos, max(end, pos + 1)),
            suggestion=f"+{typed[pos:end]}" if character not in "({" else None,
        )
    if character == "d" and pos and text[pos - 1].isdigit():
        return NotationError("How many sides has this die?", span=(pos, pos + 1), suggestion="d6")
    if character.isascii() and character.isalpha():
        end = word_end(text, pos)
        return unknown_operator(typed[pos:end], (pos, end))
    if character in "!<>=":
        return NotationError(
            f'"{character}" works right after dice, or before a number to compare with.', span=(pos, pos + 1)
        )
    return _unreadable(typed, pos)


def _unknown_word(typed: str, text: str, pos: int) -> NotationError:
    """A word where dice or a number should stand."""
    end = word_end(text, pos)
    word = text[pos:end]
    tagged = re.match(r"[adp]+(?=d[0-9]*$)|[ap]+(?=[0-9]+$)", word)
    if tagged:
        rest = word[tagged.end() :].lstrip("d")
        return NotationError(
            "Tags need the number of dice after them.",
            span=(pos, end),
            suggestion=f"{tagged[0]}{len(tagged[0])}d{rest or 20}",
        )
    letters = re.match("[a-z]*", word)
    close = nearest(letters[0], FUNCTIONS) if letters else None
    shown = typed[pos : pos + len(letters[0])] if letters else word
    if word == "d":
        return NotationError("How many sides has this die?", span=(pos, end), suggestion="d20")
    return NotationError(
        f'I don\'t know "{shown}" here: dice or a number should stand in its place.',
        span=(pos, pos + len(shown)),
        suggestion=close,
    )


def _unreadable(typed: str, pos: int) -> NotationError:
    shown = typed[pos] if typed[pos].isprintable() else f"U+{ord(typed[pos]):04X}"
    return NotationError(f'I cannot read "{shown}" here.', span=(pos, pos + 1))
