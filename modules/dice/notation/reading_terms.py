"""Terms of a line: dice, numbers, names, and the words that are neither."""

import re

from modules.dice.errors import NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.phrases import OPERATOR_WORD
from modules.dice.notation.phrases import number as digits_of
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_brackets import closing_place
from modules.dice.notation.reading_patterns import Found

SHORTEST_LABEL = 3
"""Letters of a word close behind dice that can be a label."""


def dice(reader: Reader, found: Found, start: int) -> None:
    """Dice."""
    if found["spaced"] and reader.open and reader.draft.pieces and patterns.GLUED_SIGN.search(reader.text, 0, start):
        reader.pos = start
        reader.term(found["spaced"], start, found.end("spaced"), "number")
        return
    if not reader.open:
        if _counted(reader, found):
            _add_pool(reader, found, start, "")
            return
        if _drops(reader, found):
            reader.draft.operate(f"dl{found['sides']}", start, found.end())
            reader.pos = found.end()
            return
        if not reader.depth:
            reader.next_roll(start)
        elif reader.words is None and patterns.CHOSEN.match(reader.text, reader.end):
            reader.draft.add(",", start, start, "raw")
        else:
            raise suggestions.unjoined(reader.source.typed, reader.source.span(start, found.end()))
    reader.begin_term()
    if found["count"] and found["sign"] is None and _roll_and_keep(found) and reader.shortcut(start):
        return
    _add_pool(reader, found, start, _count_of(found))


def _counted(reader: Reader, found: Found) -> bool:
    """Whether brackets right before these dice say how many there are."""
    last = reader.draft.last
    return (
        reader.words is None
        and last is not None
        and last.kind == "close"
        and last.text in {")", "]]"}
        and not (found["count"] or found["tags"] or found["spaced"] or found["sided"])
    )


def _drops(reader: Reader, found: Found) -> bool:
    """Whether `d1` is what happens to dice rather than dice."""
    last, pools = reader.draft.last, reader.draft.pools()
    if reader.words is not None or last is None or found["count"] or found["spaced"]:
        return False
    # Nobody throws a die of one side: behind what is added to the dice it is said of them as well.
    if last.kind != "pool" and not (last.kind == "number" and found["sides"] == "1" and len(pools) == 1):
        return False
    count = re.match("[0-9]+", pools[-1].text)
    return found["sides"] in {"1", "2", "3"} and count is not None and int(count[0][:9]) > int(found["sides"])


def _count_of(found: Found) -> str:
    written = found["count"] or found["spaced"] or found["many"] or ""
    return digits_of(written)


def _add_pool(reader: Reader, found: Found, start: int, count: str) -> None:
    sides = found["sides"] or found["width"] or digits_of(found["sided"] or "")
    if sides[:1] == "f" and sides != "f.1":
        sides = "f"
    piece = reader.draft.add(f"{found['tags'] or ''}{count}d{sides}", start, found.end(), "pool")
    reader.pos = found.end()
    reader.open = False
    if not sides:
        _faces(reader)
    _glue(reader)
    # What was said before a bracket is done to all of it.
    if not reader.depth:
        piece.text += "".join(waiting.text for waiting in reader.draft.pending)
        reader.draft.pending = []


def _roll_and_keep(found: Found) -> bool:
    """Whether `5k3` can be a roll that keeps three; in `2k6` the letter can only stand for dice."""
    return found["sides"].isdigit() and int(found["sides"]) <= int(found["count"])


def _faces(reader: Reader) -> None:
    """Sides in brackets: faces of its own, or an expression."""
    start = reader.pos + len(reader.text[reader.pos :]) - len(reader.text[reader.pos :].lstrip(" "))
    close = closing_place(reader, start)
    end = reader.end if close < 0 else close + 1
    inside = reader.text[start:end] if reader.text[start] == "(" else reader.source.slice(start, end)
    reader.draft.add(inside, start, end, "raw")
    reader.pos = end
    if close >= 0:
        reader.draft.add("", end, end, "pool")


def _glue(reader: Reader) -> None:
    """Operators close behind dice."""
    target = reader.draft.pieces[-1]
    glue = patterns.GLUE.match(reader.text, reader.pos, reader.end)
    if glue is None or not glue[0]:
        return
    text, start = glue[0], reader.pos
    if _is_label(text):
        return
    reader.pos = glue.end()
    if reader.dialect.bang_comments and "!" in text:
        reader.pos = start + text.index("!")
        text = text[: text.index("!")]
    times = patterns.GLUED_TIMES.search(text)
    if times is not None:
        reader.set_times(times[1], reader.pos - len(times[1]), reader.pos)
        text = text[: times.start()]
    words = patterns.GLUED_WORD.search(text)
    if words is not None and words[0] and text[: words.start()] not in {"ra"}:
        text = text[: words.start()]
        if words[1]:
            reader.draft.biases.append((words[1][:3], (start, reader.pos)))
        if words[2]:
            reader.set_check(words[2], reader.pos - len(words[2]), reader.pos)
    point = patterns.BRACKETED_POINT.match(reader.text, reader.pos, reader.end) if text[-1:].isalpha() else None
    # DiceParser's "c" counts, and so does the relation alone.
    target.text += text.removesuffix("c") + point[1] if point else text
    reader.pos = point.end() if point else reader.pos
    target.end = reader.pos
    if point is not None:
        _glue(reader)


def _is_label(text: str) -> bool:
    """Whether letters close behind dice are a word, as in `2d6slashing`, and no slip of an operator either."""
    if len(text) < SHORTEST_LABEL or not text.isalpha() or patterns.GLUED_WORD.fullmatch(text) or _operates(text):
        return False
    return suggestions.operator_like(text)[0] is None


def number(reader: Reader, found: Found, start: int) -> None:
    """A number."""
    begins = reader.spoken() or patterns.TIMES_AHEAD.match(reader.text, start, reader.end)
    speaks = not reader.open or (begins and not reader.draft.pieces)
    if (speaks and reader.phrase(start, "0")) or _counted_game(reader, start):
        return
    if reader.open:
        if not reader.draft.pieces and patterns.DICE_WORD.match(reader.text, found.end(), reader.end):
            span = reader.source.span(start, found.end())
            raise NotationError("sides_missing", span=span, suggestion=f"{found['number']}d6")
        if not reader.draft.pieces and _is_story(reader, found):
            reader.say(start, found.end())
        else:
            reader.term(found[0].strip(), start, found.end(), "number")
    elif reader.words is None and not patterns.TEXT_AFTER.match(reader.text, found.end(), reader.end):
        raise suggestions.unjoined(reader.source.typed, reader.source.span(start, found.end()))
    elif (
        reader.words is not None
        and reader.words.end - reader.words.start == 1
        and reader.bound >= 0
        and not patterns.STORY.match(reader.text, found.end())
    ):
        reader.words = None
        reader.pos = start
        reader.finish_part()
    else:
        reader.say(start, found.end())


def _counted_game(reader: Reader, start: int) -> bool:
    """Read a game with its number before it and a space between them, if nothing else stands here."""
    if reader.draft.pieces or reader.words is not None:
        return False
    found = patterns.COUNTED_GAME.match(reader.text, start, reader.end)
    if found is None:
        return False
    joined = found[1] + reader.text[found.start(2) : reader.end]
    game = shortcuts.find(joined, 0)
    if game is None or game[1].end() < len(found[1] + found[2]):
        return False
    end = found.start(2) + game[1].end() - len(found[1])
    if not patterns.NOTHING_AFTER.match(reader.text, end, reader.end):
        part = patterns.PART_END.search(reader.text, end, reader.end)
        # Of "2 force users 1d20" the word is one of the text.
        if game[0].plain or patterns.DICE_AHEAD.search(reader.text, end, part.start() if part else reader.end):
            return False
    reader.term(game[1][0], start, end, "name")
    return True


def _is_story(reader: Reader, found: Found) -> bool:
    """Whether a number at the start of a roll counts people rather than anything to roll."""
    if patterns.COMPARED_WITH.match(reader.text, found.end(), reader.end):
        return False
    if not patterns.STORY.match(reader.text, found.end(), reader.end):
        return reader.words is not None and not reader.spoken()
    part = patterns.PART_END.search(reader.text, found.end(), reader.end)
    ahead = patterns.DICE_AHEAD.search(reader.text, found.end(), part.start() if part else reader.end)
    after_comment = bool(reader.drafts and reader.drafts[-1].comments)
    return ahead is not None or after_comment or reader.words is not None


def next_game(reader: Reader, start: int) -> bool:
    """Read a game shortcut behind a separator as a roll of its own."""
    words, bound = reader.words, reader.bound
    if (
        reader.open
        or reader.depth
        or words is None
        or bound < 0
        or not patterns.JOINER.fullmatch(reader.text, bound, words.end)
    ):
        return False
    game = shortcuts.find(reader.text, start)
    if game is None or not re.search("[0-9]", game[1][0]):
        return False
    reader.next_roll(start)
    return reader.shortcut(start)


def mixed(reader: Reader, found: Found, start: int) -> None:
    """Digits with letters behind them, or the name of a saved roll."""
    if not reader.open and reader.phrase(start, "0"):
        return
    if reader.text[start] == "$" and reader.open:
        reader.term(reader.source.slice(start, found.end()), start, found.end(), "name")
    elif patterns.ORDINAL.match(reader.text, start, reader.end) and not (reader.open and reader.draft.pieces):
        reader.say(start, found.end())
    elif not (reader.shortcut(start) or next_game(reader, start)):
        glued = patterns.GLUED_NUMBER.match(reader.text, start, reader.end)
        digits = patterns.DIGITS.match(reader.text, start, reader.end)
        if digits and reader.open and reader.draft.pools() and OPERATOR_WORD.match(reader.text, digits.end()):
            reader.term(digits[0], start, digits.end(), "number")
            return
        if reader.open and reader.draft.pieces and glued and not _operates(glued[2] or ""):
            reader.term(glued[1], start, glued.end(1), "number")
            return
        if reader.open and (reader.draft.pieces or reader.words is None):
            reader.raw(found, start)
            return
        reader.say(start, found.end())


def _operates(letters: str) -> bool:
    """Whether letters close behind a number are an operator."""
    return bool(letters) and OPERATOR_WORD.fullmatch(letters) is not None
