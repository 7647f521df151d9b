"""Signs between terms, between rolls and before comments."""

import re
from copy import copy

from modules.dice.errors import NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.expression_parser import SUMS
from modules.dice.notation.free_text import BONUS_WORDS
from modules.dice.notation.phrases import LEXER, NUMBERS
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_patterns import Found


def symbol(reader: Reader, found: Found, start: int) -> None:
    """A sign."""
    sign, end = found["symbol"], found.end()
    if sign == "/" and (command(reader, start) or _parts(reader, start, end) or _iterates(reader, end)):
        return
    if reader.open:
        _open_sign(reader, sign, start, end)
    elif reader.words is None:
        if sign == "%" and reader.text[start - 1 : start].isdigit() and _percent(reader, start, end):
            return
        if sign == "-" and reader.phrase(start, "-"):
            return
        if reader.text[start - 1 : start] == " " and _begins_comment(reader, sign, end):
            reader.say(start, end)
        else:
            add_sign(reader, sign, start, end)
    elif sign in {"+", "-", "*"} and _adds(reader, start, end):
        reader.label_last()
        add_sign(reader, sign, start, end)
    else:
        reader.say(start, end)


def _parts(reader: Reader, start: int, end: int) -> bool:
    """Read a stroke between rolls: what stands behind it is one of its own."""
    if reader.open or reader.depth or reader.text[start - 1 : end + 1] != " / ":
        return False
    if (
        patterns.SLASHED.match(reader.text, reader.drafts[0].start if reader.drafts else reader.draft.start, reader.end)
        is None
    ):
        return False
    reader.pos = end
    reader.finish_part()
    reader.begin_part()
    return True


def _iterates(reader: Reader, end: int) -> bool:
    """Read the bonus of one more attack with the same dice."""
    pieces, biases = reader.draft.pieces, reader.draft.biases
    if reader.open or reader.depth or reader.words is not None or not patterns.ITERATIVE.match(reader.text, end):
        return False
    if len(pieces) < 3 or (pieces[0].kind, pieces[-2].kind, pieces[-1].kind) != ("pool", "sign", "number"):
        return False
    reader.pos = end
    reader.finish_part()
    reader.draft.pieces = [copy(piece) for piece in pieces[:-2]]
    reader.draft.biases = biases
    reader.open = False
    return True


def command(reader: Reader, start: int) -> bool:
    """The command once more: it begins a roll of its own, or goes on with a sum."""
    found = patterns.COMMAND_AGAIN.match(reader.text, start, reader.end)
    if found is None or reader.text[start - 1 : start] not in {" ", ",", "+", "-"} or reader.depth:
        return False
    if reader.open and reader.draft.pieces:
        reader.pos = found.end()
    else:
        reader.next_roll(start)
        reader.begin_part()
    return True


def _percent(reader: Reader, start: int, end: int) -> bool:
    """Whether a sign is the percent of the number before it; with dice behind it nobody knows what of them it is."""
    if not patterns.TERM_AHEAD.match(reader.text, end, reader.end):
        reader.pos = end
        return True
    if reader.text.startswith(" ", end):
        raise suggestions.unjoined(reader.source.typed, reader.source.span(start, end))
    return False


def _begins_comment(reader: Reader, sign: str, end: int) -> bool:
    """Whether a sign behind a space stands before words that are nothing to roll."""
    if sign == "/":
        return patterns.SLASH_LABEL.match(reader.text, end, reader.end) is not None and not _term_word(reader, end)
    letter = patterns.LETTER_AHEAD.match(reader.text, end, reader.end) if sign in {"-", "*"} else None
    return letter is not None and not _term_word(reader, letter.end())


def _term_word(reader: Reader, pos: int) -> bool:
    """Whether letters here are something to roll."""
    found = LEXER.match(reader.text, pos, reader.end)
    if found is None or found.lastgroup in {"dice", "mixed"}:
        return True
    if found.lastgroup != "word":
        return False
    bracket = found["word"] in suggestions.FUNCTIONS and reader.text[found.end() :].lstrip(" ")[:1] == "("
    return bracket or shortcuts.find(reader.text, found.start("word")) is not None


def add_sign(reader: Reader, sign: str, start: int, end: int) -> None:
    """Add a sign: a term has to follow."""
    reader.draft.add(sign, start, end, "sign")
    reader.pos = end
    reader.open = True


def _open_sign(reader: Reader, sign: str, start: int, end: int) -> None:
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
        _add_modifier(reader, sign, start, end)
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


def _add_modifier(reader: Reader, sign: str, start: int, end: int) -> None:
    reader.begin_term()
    reader.draft.add("1d20", start, start, "pool")
    add_sign(reader, sign, start, end)


def open_modifier(reader: Reader, sign: str, start: int, end: int) -> bool:
    """Read a word for a sign behind a label, or advantage, with a number after it."""
    number = patterns.SPOKEN_MODIFIER.match(reader.text, end, reader.end)
    words = reader.words
    if reader.draft.pieces or sign not in SUMS or number is None or not _led(reader, start, number.end()):
        return False
    if words is not None and reader.text[words.start : words.end].strip() in NUMBERS:
        return False
    _add_modifier(reader, sign, start, end)
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


def _adds(reader: Reader, start: int, end: int) -> bool:
    """Whether a sign behind words goes on with the sum."""
    term = patterns.TERM_AHEAD.match(reader.text, end, reader.end)
    words = reader.words
    if (
        term is None
        or words is None
        or reader.draft.check is not None
        or " vs " in {p.text for p in reader.draft.pieces}
    ):
        return False
    if (
        reader.text[start - 1 : start] not in {" ", ")"}
        and reader.text[start] == "-"
        and not reader.text[end : end + 1].isdigit()
    ):
        return False
    if reader.text[start - 1 : start].isdigit():
        # A range in the text: "crits on 19-20".
        return False
    following = patterns.DIGITS.match(reader.text, end, reader.end)
    after = following.end() if following else end
    if patterns.NOUN_LEAD.search(reader.text[words.start : words.end].rstrip(" ")) and patterns.STORY.match(
        reader.text, after, reader.end
    ):
        return BONUS_WORDS.match(reader.text, after, reader.end) is not None
    return True


def relation(reader: Reader, found: Found, start: int) -> None:
    """A relation: it counts dice or compares a total."""
    sign, end = found["relation"], found.end()
    named = patterns.TARGET_NAME.match(reader.text, end, reader.end)
    end = named.end() if named else end
    target = patterns.RELATION_TARGET.match(reader.text, end, reader.end)
    talks = sign == "=" and not reader.open and patterns.STORY.match(reader.text, end, reader.end)
    begins = reader.open and not reader.draft.pieces and reader.text[end : end + 1].isalpha()
    if (reader.words is not None and (reader.open or target is None)) or (talks and target is None) or begins:
        reader.say(start, end)
        return
    if reader.words is not None:
        reader.keep_words()
    last = reader.draft.last
    if last is None or reader.open:
        reader.raw(found, start)
        return
    if len(sign) > 2 or sign in {">>", "<<"}:
        raise NotationError(
            "relation_misplaced", span=reader.source.span(start, end), suggestion=f"{sign[0]}=", character=sign
        )
    number_after = patterns.POINT.match(reader.text, end, reader.end)
    if (last.kind == "pool" or last.text.startswith("}")) and number_after is not None:
        last.text += reader.text[found.start() : found.end()] + number_after[0]
        reader.pos = number_after.end()
        return
    reader.draft.add(
        reader.text[found.start() : found.end()] + (" " if reader.text.startswith(" ", end) else ""), start, end, "raw"
    )
    reader.pos = end
    reader.open = True


def soft(reader: Reader, found: Found, start: int) -> None:
    """A comma, a bar or an ampersand between rolls, or in free text."""
    mark = found["soft"]
    begins = reader.drafts or reader.draft.pieces or reader.text[found.end() : found.end() + 1] in {"+", "-", "*", "/"}
    if mark == "&" and reader.open and begins:
        reader.term("&", start, found.end(), "name")
    elif reader.depth and mark == ",":
        reader.label_last()
        reader.draft.add(",", start, found.end(), "raw")
        reader.pos, reader.open = found.end(), True
    elif reader.open and reader.draft.pieces:
        reader.raw(found, start)
    else:
        _thousands(reader, start)
        if not reader.open:
            reader.bind(start, found.end())
        reader.say(start, found.end())


def arrow(reader: Reader, found: Found, start: int) -> None:
    """An arrow before more dice."""
    reader.bind(start, found.end())
    reader.say(start, found.end())


def _thousands(reader: Reader, start: int) -> None:
    factor = patterns.FACTOR.search(reader.text, 0, start)
    decimals = patterns.DECIMALS.match(reader.text, start, reader.end)
    if factor and decimals and reader.words is None:
        raise suggestions.comma(reader.source.typed, reader.source.span(factor.start(1), decimals.end()), ".")
    large = patterns.THOUSANDS.match(reader.text, start, reader.end)
    if large is not None and reader.words is None and not reader.open and reader.text[start - 1 : start].isdigit():
        first = len(reader.text[:start].rstrip("0123456789"))
        raise suggestions.comma(reader.source.typed, reader.source.span(first, large.end()), "")
