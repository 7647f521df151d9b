"""What to say when a notation cannot be read: the sentence, the place, and what was probably meant."""

import re
from types import MappingProxyType

from modules.dice.errors import NotationError, Span
from modules.dice.notation import shortcuts
from modules.dice.notation.operators import OPERATORS, SPELLINGS, Operator, Takes, meaning_of

LOOKS_LIKE_OPERATOR = re.compile(r"[a-z]{1,3}[0-9]+|[a-z]{1,2}[<>=!][<>=!0-9-]*")
"""A word no comment begins with."""
PHRASE = re.compile(
    r"(?:(?:keep|take|drop|reroll|rerolling|explode|exploding|best|worst|highest|lowest|top|bottom)"
    r"(?: +the)? *(?:best|highest|high|worst|lowest|low|on(?: +[0-9]+)?|[0-9]+)"
    r"|(?:with +)?(?:dis)?advantage|(?:plus|minus|times|and|add) +[0-9]*d?[0-9]+)"
)
"""Plain words for operators: refused rather than taken for a comment."""
DICE = re.compile(r"[adp]*[0-9]*d *[0-9%\[(]|[0-9]|(?:adv|dis|vs|dc|tn)(?![a-z])")
COMMAND = re.compile(r" *[/!.]?(?:roll|r|dice|throw) +(?=[0-9a-z({])")
SPEECH = re.compile(r"(?:(?:please|pls|roll|throw|give|add|me|us|a|an|the|my|some|for) +)+(?=[0-9]*d[0-9%\[f])")
"""What people say to a person before the dice."""
PLAIN = MappingProxyType(
    {
        "disadvantage": "dis (before or after a 1d20)",
        "advantage": "adv (before or after a 1d20)",
        "highest drop": "dh{n}",
        "drop": "dl{n}",
        "reroll": "r{n} (reroll while a die shows {n}) or ro{n} (reroll once)",
        "explod": "! (explode on the highest face)",
        "plus": "+",
        "and": "+",
        "add": "+",
        "minus": "-",
        "times": "*",
        "low": "kl{n}",
        "worst": "kl{n}",
        "bottom": "kl{n}",
        # Every phrase holds the empty text: what is left can only mean a keep.
        "": "kh{n}",
    }
)
"""What a phrase with this word probably meant, most telling first."""
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
FUNCTIONS = ("floor", "ceil", "round", "abs", "min", "max", "adv", "dis")


def begins_comment(text: str, pos: int) -> bool:
    """Whether what stands here, after a space, reads as words rather than as a mistake."""
    if PHRASE.match(text, pos) or DICE.match(text, pos):
        return False
    word = text[pos : word_end(text, pos)]
    if LOOKS_LIKE_OPERATOR.fullmatch(word):
        return False
    # An emoji is no letter, but may begin a comment too.
    return text[pos].isalpha() or text[pos] in "\"'" or ord(text[pos]) > 127


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
    best = min(known, key=lambda candidate: distance(short, candidate))
    slips = distance(short, best)
    # Fewer slips than letters: with as many, any word could become any other.
    return best if slips <= max(1, len(short) // 3) and slips < len(short) else None


SHORT_NAME = 4
"""Letters of a word after a sign that is likelier a saved roll than a slip."""


def operator_like(word: str) -> str | None:
    """What an operator that does not exist was probably meant to be, with its meaning."""
    stem = re.sub(r"[^a-z].*", "", word.lower(), flags=re.DOTALL)
    relation = re.sub(r"[^<>=!].*", "", word[len(stem) :], flags=re.DOTALL)
    digits = re.sub(r"[^0-9].*", "", word[len(stem) + len(relation) :], flags=re.DOTALL)
    # Spellings of one letter are left out: every word of two with that letter in it would be close to them.
    near = nearest(stem, (*(name for name in SPELLINGS if len(name) > 1), *SLIPS))
    if near is None:
        return None
    spelling = SLIPS.get(near, near)
    name, implied = SPELLINGS[spelling]
    spec = OPERATORS[name]
    if spec.takes is Takes.NOTHING:
        return f"{spelling} ({meaning_of(Operator(name))})"
    number = int(digits[:15]) if digits else spec.default
    if number is None and (spec.needed or name == ""):
        number = 6
    shown = f"{spelling}{relation}{digits or ('' if number is None else number)}"
    return f"{shown} ({meaning_of(Operator(name, relation or implied or '=', number))})"


def _brief(word: str) -> str:
    return word if len(word) <= LONGEST_SLIP else f"{word[:LONGEST_SLIP]}…"


def unknown_operator(word: str, span: Span) -> NotationError:
    """A word where only an operator can stand."""
    stem = re.match(r"[^0-9<>=]*", word)
    shown = stem[0] if stem and stem[0] else word
    return NotationError(
        f'I don\'t know "{_brief(shown)}" here.', span=(span[0], span[0] + len(shown)), suggestion=operator_like(word)
    )


def needs_number(spelling: str, name: str, span: Span) -> NotationError:
    """An operator that lacks its number, or has the wrong kind."""
    takes = OPERATORS[name].takes
    number = {Takes.COUNT: 1, Takes.NUMBER: 2}.get(takes, 6)
    sign = "=" if spelling in {"k", "p"} and takes is Takes.POINT else ""
    meaning = meaning_of(Operator(name, SPELLINGS[spelling][1] or "=", number))
    return NotationError(
        f'"{spelling}" needs {takes.value} after it.', span=span, suggestion=f"{spelling}{sign}{number} ({meaning})"
    )


def missing(typed: str, text: str, pos: int) -> NotationError:
    """Nothing to roll where something has to stand."""
    if pos >= len(text):
        last = re.search(r"(?:[a-z]+|\S?) *$", text)
        start = last.start() if last else 0
        word = typed[start:].rstrip()
        return NotationError(f'Something is missing after "{word}".', span=(start, start + max(1, len(word))))
    if text[pos].isascii() and text[pos].isalpha():
        return _unknown_word(typed, text, pos)
    if text[pos] == "." and text[pos + 1 : pos + 2].isdigit():
        return NotationError(
            "A number begins with a digit.", span=(pos, pos + 1), suggestion=f"0{typed[pos : pos + 2]}"
        )
    command = COMMAND.match(text)
    if command and command.end() > pos:
        return _command(typed, command)
    if text[pos] in ")}],;*/%^<>=!+-#":
        return NotationError(f'Dice or a number should stand before this "{typed[pos]}".', span=(pos, pos + 1))
    return _unreadable(typed, pos)


def unexpected(typed: str, text: str, pos: int) -> NotationError:
    """Something after a complete roll that neither continues nor ends it."""
    character = text[pos]
    phrase = PHRASE.match(text, pos)
    if phrase:
        return _phrase(typed, phrase)
    if character in ")}]":
        return NotationError(f'This "{character}" closes nothing.', span=(pos, pos + 1))
    if character in "({$" or DICE.match(text, pos):
        return _unjoined(typed, text, pos)
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


def thousands(typed: str, span: Span) -> NotationError:
    """A comma inside a number: it would make two rolls of it."""
    return NotationError(
        "Numbers are written without commas; rolls are parted by ; or by a comma and a space.",
        span=span,
        suggestion=typed[slice(*span)].replace(",", ""),
    )


def crowded(typed: str, span: Span) -> NotationError:
    """Double brackets around more than one expression."""
    inside = typed[span[0] + 2 : span[1] - 2].strip()
    return NotationError(
        "Double brackets hold one expression; several totals to choose from stand in braces.",
        span=span,
        suggestion=f"{{{inside}}}" if len(inside) <= LONGEST_SLIP else None,
    )


def _phrase(typed: str, phrase: re.Match[str]) -> NotationError:
    words = phrase[0]
    # "drop the highest" holds the plain "drop" as well, which means the lowest: it goes by a name of its own.
    ordered = f"highest drop {words}" if "drop" in words and ("highest" in words or "best" in words) else words
    meant = next(told for word, told in PLAIN.items() if word in ordered)
    number = re.search(r"[0-9d]+$", words)
    told = meant.format(n=number[0] if number else 1)
    if meant in {"+", "-", "*"} and number:
        told += number[0]
    return NotationError(
        f'"{typed[slice(*phrase.span())]}" has a short form here.', span=phrase.span(), suggestion=told
    )


def _unjoined(typed: str, text: str, pos: int) -> NotationError:
    if re.compile("adv|dis").match(text, pos):
        return NotationError("adv and dis stand once, before or after the whole roll.", span=(pos, pos + 3))
    end = pos + 1 if text[pos] in "({" else word_end(text, pos)
    return NotationError(
        "Something is missing before this: a sign such as +, or ; for a roll of its own.",
        span=(pos, end),
        suggestion=None if text[pos] in "({" or end - pos > LONGEST_SLIP else f"+{typed[pos:end]}",
    )


def _unknown_word(typed: str, text: str, pos: int) -> NotationError:
    """A word where dice or a number should stand."""
    end = word_end(text, pos)
    word = text[pos:end]
    command = SPEECH.match(text, pos) or COMMAND.match(text, pos)
    if command:
        return _command(typed, command)
    tagged = re.match(r"[adp]+(?=d[0-9]*$)|[ap]+(?=[0-9]+$)", word)
    if tagged:
        rest = word[tagged.end() :].lstrip("d")
        meant = f"{tagged[0]}{len(tagged[0])}d{rest or 20}"
        return NotationError("Tags need the number of dice after them.", span=(pos, end), suggestion=meant)
    if word == "d":
        return NotationError("How many sides has this die?", span=(pos, end), suggestion="d20")
    letters = re.match("[a-z]*", word)
    shown = typed[pos : pos + len(letters[0])] if letters else word
    return NotationError(
        f'I don\'t know "{_brief(shown)}" here: dice or a number should stand in its place.',
        span=(pos, pos + len(shown)),
        suggestion=_word_like(shown.lower(), joined=pos > 0),
    )


def _word_like(word: str, *, joined: bool) -> str | None:
    rows = shortcuts.shortcuts()
    if word in rows:
        return f"{rows[word][0].example} ({rows[word][0].hint})"
    if word in FUNCTIONS:
        return f"{word}(1d6,3)" if word in {"min", "max"} else f"{word}(1d6/2)"
    near = None if joined and len(word) <= SHORT_NAME else nearest(word, (*FUNCTIONS, *rows))
    if near is not None and near in rows:
        # Among so many names, one of three letters is close to any other.
        return f"{rows[near][0].example} ({rows[near][0].hint})" if len(word) >= SHORT_NAME else None
    return near or (f"${word}, if that is a saved roll" if joined else None)


def _command(typed: str, command: re.Match[str]) -> NotationError:
    rest = typed[command.end() :]
    return NotationError(
        "Only what is to be rolled belongs here.",
        span=(command.start(), command.end()),
        suggestion=rest if len(rest) <= LONGEST_SLIP else None,
    )


def _unreadable(typed: str, pos: int) -> NotationError:
    shown = typed[pos] if typed[pos].isprintable() else f"U+{ord(typed[pos]):04X}"
    return NotationError(f'I cannot read "{shown}" here.', span=(pos, pos + 1))
