"""Every way a notation can fail, as one small tree.

    DiceError
    ├── NotationError    the text cannot be read, or asks for what a die cannot do
    ├── LimitError       readable, but more than one message may cost
    └── ArithmeticFault  known only while rolling: a division by zero, a pool of -3 dice

Messages are sentences for players. They never name a Python type, a line of code or an exception.
"""

Span = tuple[int, int]
"""Where something stands in the notation: first character and the one after its last."""


class DiceError(Exception):
    """A notation was refused.

    Args:
        message: One or two sentences for the player.
        span: What the sentence is about, in characters of the text as it was typed; None if it is no one place.
        suggestion: What was probably meant, fit to stand in "Did you mean …?"; None where nothing comes close.
    """

    def __init__(self, message: str, *, span: Span | None = None, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.suggestion = suggestion

    def moved_to(self, span: Span | None) -> "DiceError":
        """The same refusal, pointing elsewhere."""
        return type(self)(self.message, span=span, suggestion=self.suggestion)


class NotationError(DiceError):
    """The text cannot be read as notation, or asks for something a die cannot do."""


class LimitError(DiceError):
    """The notation is fine but would cost more than one message may."""


class ArithmeticFault(DiceError):  # noqa: N818 - "fault": the notation is no error, the numbers fell so
    """A value that only rolling could reveal makes the next step impossible."""
