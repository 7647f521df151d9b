"""Brackets in a line: terms, sets, labels, or free text."""

from modules.dice.errors import LimitError, NotationError
from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import suggestions
from modules.dice.notation.free_text import Words
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_modifiers import bracketed_modifier
from modules.dice.notation.reading_patterns import Found, rollish


def opening(reader: Reader, found: Found, start: int) -> None:
    """A bracket: terms, a label, advantage or a check, or free text."""
    bracket = found["opening"]
    inline = bracket == "[[" and rollish(reader.text, start + 2, reader.end)
    is_label = not reader.open and bracket[0] == "[" and reader.words is None and not inline
    if not reader.open and bracket == "[" and reader.text[start - 1 : start] == " " and _holds_dice(reader, start):
        reader.next_roll(start)
        is_label = False
    # Glued to a term even [disadvantage] is its label: that is how the canonical form writes one.
    if is_label and reader.text[start - 1 : start].strip() and _label(reader, start):
        return
    if bracket in {"(", "["} and reader.phrase(start, "("):
        return
    if bracket == "(" and bracketed_modifier(reader, start):
        return
    if is_label and _label(reader, start):
        return
    if _aside(reader, bracket, start):
        return
    if _inside(reader, bracket, start):
        return
    begins = reader.open and rollish(reader.text, start + len(bracket), reader.end)
    if (
        reader.open
        and bracket == "("
        and not begins
        and (named := patterns.NAMED_DICE.match(reader.text, start, reader.end))
    ):
        reader.begin_term()
        reader.draft.comments.append(Words(*named.span("name")))
        add_bracket(reader, bracket, start, named.end())
    elif reader.open and (_is_sum(reader) or begins or bracket == "{"):
        reader.begin_term()
        add_bracket(reader, bracket, start)
    elif not reader.open and reader.words is None and bracket != "[[" and _is_term(reader, start):
        if reader.depth or not patterns.DICE_AHEAD.search(reader.text, start, reader.end):
            raise suggestions.unjoined(reader.source.typed, reader.source.span(start, start + 1))
        last = reader.draft.last
        if last is not None and last.kind == "number" and last.end == start and len(reader.draft.pieces) == 1:
            raise suggestions.unsigned(
                reader.source.typed, reader.source.span(last.start, closing_place(reader, start) + 1)
            )
        reader.next_roll(start)
    elif not reader.open and bracket == "[[":
        reader.next_roll(start)
    else:
        reader.say(start, start + 1)


def _aside(reader: Reader, bracket: str, start: int) -> bool:
    """Read dice in brackets behind a roll as a roll of their own: `1d20+5 (guidance 1d4)`."""
    if reader.open or reader.depth or bracket != "(" or reader.text[start - 1 : start] != " ":
        return False
    inside = patterns.ASIDE.match(reader.text, start, reader.end)
    if inside is None or not patterns.DICE_AHEAD.search(reader.text, start, inside.end()):
        return False
    close = inside.end() - 1
    if reader.words is None and patterns.SUM_OF_DICE.fullmatch(reader.text, start, close):
        return False
    if patterns.NAMED_DICE.match(reader.text, start, reader.end):
        # Read as such once more, where a roll begins.
        reader.next_roll(start)
        return True
    if not patterns.AFTER_ASIDE.match(reader.text, close + 1, reader.end):
        return False
    if not patterns.SUM_OF_DICE.fullmatch(reader.text, start + 1, close):
        reader.finish_words()
    reader.next_roll(start + 1)
    end, reader.end = reader.end, close
    reader.tokens()
    reader.pos, reader.end = close + 1, end
    return True


def _inside(reader: Reader, bracket: str, start: int) -> bool:
    """Read a roll in brackets with words of its own, as RPBot's `I swing (roll: d20)` or `[2d6 fire]`."""
    draft, close = reader.draft, closing_place(reader, start)
    if not reader.open or draft.pieces or len(bracket) > 1 or not _holds_dice(reader, start):
        return False
    spoken = any(found["word"] for found in patterns.WORD_IN.finditer(reader.text, start + 1, close))
    if not spoken or not patterns.AFTER_ASIDE.match(reader.text, close + 1, reader.end):
        return False
    before, reader.words = reader.words, None
    end, reader.pos, reader.end = reader.end, start + 1, close
    reader.tokens()
    reader.finish_words()
    if before is not None:
        draft.comments[:0] = [draft.lead] if draft.lead else []
        draft.lead = before
    reader.pos, reader.end = close + 1, end
    return True


def _is_sum(reader: Reader) -> bool:
    return bool(reader.draft.pieces) and reader.draft.pieces[-1].kind in {"sign", "raw", "open"}


def _holds_dice(reader: Reader, start: int) -> bool:
    """Whether there are dice in a bracket: Rollem's `[d6] [2d4]`."""
    close = closing_place(reader, start)
    return close > 0 and patterns.DICE_AHEAD.search(reader.text, start, close) is not None


def _label(reader: Reader, start: int) -> bool:
    close = reader.text.find("]", start, reader.end)
    if close < 0:
        raise NotationError("not_closed", span=reader.source.span(start, start + 1), bracket="[")
    reader.draft.add(reader.source.slice(start, close + 1), start, close + 1, "label")
    reader.pos = close + 1
    return True


def closing_place(reader: Reader, start: int) -> int:
    """Where the bracket ends that begins here; -1 if it never does."""
    if not reader.pairs:
        opened: list[int] = []
        for found in patterns.BRACKETS.finditer(reader.text):
            if found[0] in "([{":
                opened.append(found.start())
            elif opened:
                reader.pairs[opened.pop()] = found.start()
        # Looked for once, even where none is closed.
        reader.pairs.setdefault(-1, -1)
    close = reader.pairs.get(start, -1)
    return close if close < reader.end else -1


def add_bracket(reader: Reader, bracket: str, start: int, inside: int = 0) -> None:
    """Read what stands in a bracket, from `inside` on if that is given."""
    close = closing_place(reader, start)
    if close < 0:
        raise NotationError("not_closed", span=reader.source.span(start, start + len(bracket)), bracket=bracket)
    reader.depth += 1
    if reader.depth > reader.limits.nesting:
        raise LimitError("nesting", span=reader.source.span(start, start + 1), limit=reader.limits.nesting)
    opened = len(reader.draft.pieces)
    opening = reader.draft.add("(" if bracket in {"[", "[["} else bracket, start, start + len(bracket), "open")
    closing = ")" if opening.text == "(" else "}"
    end, reader.end, reader.open = reader.end, close - (len(bracket) - 1), True
    reader.pos = inside or start + len(bracket)
    reader.tokens()
    reader.finish_words()
    if reader.open and reader.draft.pieces[-1].text == ",":
        reader.draft.pieces.pop()
    reader.depth -= 1
    reader.pos, reader.end, reader.open = close + 1, end, False
    if bracket == "[[" and any(piece.text == "," for piece in reader.draft.pieces[opened:]):
        raise suggestions.crowded(reader.source.typed, reader.source.span(start, close + 1))
    reader.draft.add(closing, close - (len(bracket) - 1), close + 1, "close").opened = opened
    waiting, reader.draft.pending = ([], reader.draft.pending) if reader.depth else (reader.draft.pending, [])
    for piece in waiting:
        reader.draft.operate(piece.text, piece.start, piece.end)
    if bracket == "[" and len(reader.draft.pieces) == opened + 3:
        del reader.draft.pieces[-1], reader.draft.pieces[opened]


def closing(reader: Reader, found: Found, start: int) -> None:
    """A bracket that closes nothing here."""
    if reader.words is not None or (reader.draft.comments and not reader.open):
        reader.say(start, start + 1)
    else:
        reader.raw(found, start)


def _is_term(reader: Reader, start: int) -> bool:
    """Whether a bracket right after a term holds something to roll rather than a remark."""
    if not patterns.ROLLISH.match(reader.text, start + 1, reader.end):
        return False
    close = closing_place(reader, start)
    inside = reader.text[start + 1 : close if close > 0 else reader.end]
    return patterns.SUM_ONLY.fullmatch(inside) is not None or patterns.DICE_AHEAD.search(inside) is not None
