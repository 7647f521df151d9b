"""A refused notation, drawn: the sentence, and a caret under the place it is about."""

from modules.dice.errors import DiceError, Meaning, Span
from modules.rendering.catalog import sentence
from modules.rendering.language import translated
from modules.rendering.text import columns, escape, fixed, harmless

WINDOW = 60
"""Characters of the notation shown around the place."""
ELLIPSIS = "…"


def render_error(error: DiceError, notation: str) -> str:
    """The refusal as a Discord message: a sentence, and the caret in a code block if it points anywhere."""
    drawing = caret(notation, error.span)
    told = escape(_told(error))
    return f"{told}\n```\n{drawing}\n```" if drawing else told


def plain_error(error: DiceError, notation: str) -> str:
    """The refusal for a terminal: the caret first, then the sentence."""
    drawing = caret(notation, error.span)
    told = harmless(_told(error))
    return f"{drawing}\n{told}" if drawing else told


def _told(error: DiceError) -> str:
    told = sentence(error)
    if not error.offers:
        return told
    meant = f" {translated('or')} ".join(error.offers)
    if error.meaning is not None:
        meant += f" ({meaning_text(error.meaning)})"
    return f"{told} {translated('Did you mean {suggestion}?', suggestion=meant)}"


def meaning_text(meaning: Meaning) -> str:
    """What a piece of notation does, in words: `keep the 3 highest`."""
    return translated(meaning.sentence, n=translated(meaning.point, number=meaning.number))


def caret(notation: str, span: Span | None) -> str:
    """Two lines: the notation (a window of it, if it is long) and carets under the span. Empty without a span."""
    if span is None or not notation:
        return ""
    start = min(span[0], len(notation))
    end = max(start, min(span[1], len(notation)))
    # The place stands in the middle of the window, except near either end.
    left = max(0, min(start, len(notation) - WINDOW // 2) - WINDOW // 2) if len(notation) > WINDOW else 0
    right = min(len(notation), left + WINDOW)
    end = min(end, right)
    before = (ELLIPSIS if left else "") + _fixed(notation[left:start])
    marked = _fixed(notation[start:end])
    after = _fixed(notation[end:right]) + (ELLIPSIS if right < len(notation) else "")
    line = f"{before}{marked}{after}".rstrip()
    # Even an empty span, or one of characters without width, has a caret.
    return f"{line}\n{' ' * _width(before)}{'^' * max(1, _width(marked))}"


def _fixed(text: str) -> str:
    return "".join(map(fixed, text))


def _width(text: str) -> int:
    return sum(map(columns, text))
