"""Signs that begin a comment, and the exclamation mark, which may explode."""

import re

from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation.draft import TWENTY
from modules.dice.notation.free_text import Words
from modules.dice.notation.phrases import OPERATOR_WORD
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_patterns import Found
from modules.dice.notation.reading_signs import command


def explicit(reader: Reader, found: Found, start: int) -> None:
    """A sign that begins a comment, or an exclamation mark that explodes."""
    sign = found["explicit"]
    # Behind an inline roll it ends a sentence.
    inline = reader.text.startswith("]]", max(0, start - 2))
    if sign == "!" and (command(reader, start) or (not inline and _bang(reader, start))):
        return
    if reader.open and (reader.draft.pieces or reader.words is None) and sign != "#":
        reader.raw(found, start)
        return
    if sign == "!" and (inline or reader.words is not None):
        reader.say(start, start + 1)
        return
    part = patterns.PART_END.search(reader.text, found.end(), reader.end)
    if part is not None and reader.depth:
        # No roll ends inside brackets.
        reader.raw(found, start)
        return
    reader.finish_words()
    end = part.start() if part else reader.end
    if end > found.end():
        reader.draft.comments.append(Words(found.end(), end, explicit=True))
    reader.pos = end
    reader.open = reader.open and not reader.draft.pieces
    if part is not None and part[0] == ",":
        reader.pos = part.end()
        reader.finish_part()
        reader.begin_part()


def _bang(reader: Reader, start: int) -> bool:
    if reader.open or reader.words is not None or reader.dialect.bang_comments:
        return False
    last = reader.draft.last
    if last is not None and last.kind == "number" and all(TWENTY.fullmatch(p.text) for p in reader.draft.pools()):
        # Excitement: nobody explodes a d20 behind what is added to it.
        return False
    found = OPERATOR_WORD.match(reader.text, start, reader.end)
    if found is None or (
        found[0].isalpha() is False
        and re.fullmatch(r"!+", found[0])
        and patterns.SPACED_TEXT.match(reader.text, found.end(), reader.end)
        and not patterns.SPACED_SIGN.match(reader.text, found.end(), reader.end)
    ):
        return False
    if not re.search("[0-9]", found[0]) and not re.fullmatch("!+[po]?", found[0]):
        return False
    reader.pos = found.end()
    reader.draft.operate(found[0].replace(" ", ""), start, found.end())
    return True
