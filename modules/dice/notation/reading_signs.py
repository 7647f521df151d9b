"""Signs between terms, between rolls and before comments."""

from copy import copy

from modules.dice.errors import NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.expression_parser import SUMS
from modules.dice.notation.free_text import BONUS_WORDS
from modules.dice.notation.phrases import LEXER
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_modifiers import add_modifier, add_sign, next_check, open_sign
from modules.dice.notation.reading_patterns import Found


def symbol(reader: Reader, found: Found, start: int) -> None:
    """A sign."""
    sign, end = found["symbol"], found.end()
    if sign == "/" and (command(reader, start) or _parts(reader, start, end) or _iterates(reader, end)):
        return
    if reader.open:
        open_sign(reader, sign, start, end)
    elif reader.words is None:
        if sign == "%" and reader.text[start - 1 : start].isdigit() and _percent(reader, start, end):
            return
        if sign == "-" and reader.phrase(start, "-"):
            return
        if reader.text[start - 1 : start] == " " and _begins_comment(reader, sign, end):
            reader.say(start, end)
        else:
            add_sign(reader, sign, start, end)
    elif sign in SUMS and next_check(reader, end):
        reader.next_roll(start)
        add_modifier(reader, sign, start, end)
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
