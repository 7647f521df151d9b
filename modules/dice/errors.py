"""Every way a notation can fail, as one small tree.

    DiceError
    ├── NotationError    the text cannot be read, or asks for what a die cannot do
    ├── LimitError       readable, but more than one message may cost
    └── ArithmeticFault  known only while rolling: a division by zero, a pool of -3 dice

An error carries a code and parameters, never a sentence: `modules.rendering.catalog` has the sentences.
"""

from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple, Self

Span = tuple[int, int]
"""Where something stands in the notation: first character and the one after its last."""
Parameter = int | str | Fraction
"""What a sentence may be completed with."""


class Meaning(NamedTuple):
    """What a piece of notation does, in words that can be translated.

    Attributes:
        sentence: English; `{n}` stands for the point.
        point: English for the number it takes, such as `{number} or more`; "" where it takes none.
        number: That number.
    """

    sentence: str
    point: str = ""
    number: int | None = None


class DiceError(Exception):
    """A notation was refused.

    Args:
        code: What is wrong, in snake case: a key of the catalogue.
        span: The place it is about, in characters of the text as it was typed; None if it is no one place.
        suggestion: Notation that was probably meant; several have " or " between them; None where nothing comes close.
        meaning: What the suggestion does; None where that goes without saying.
        inside: The saved roll or shortcut in whose text it was found (`$fire`); empty if in the message itself.
        parameters: What the sentence for this code names.
    """

    def __init__(
        self,
        code: str,
        *,
        span: Span | None = None,
        suggestion: str | None = None,
        meaning: Meaning | None = None,
        inside: str = "",
        **parameters: Parameter,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = MappingProxyType(parameters)
        self.span = span
        self.suggestion = suggestion
        self.meaning = meaning
        self.inside = inside

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.inside + ': ' if self.inside else ''}{self.code}{f' ({told})' if told else ''}"

    @property
    def offers(self) -> list[str]:
        """Each suggestion by itself."""
        return self.suggestion.split(" or ") if self.suggestion else []

    def moved_to(self, span: Span | None, *, inside: str = "") -> Self:
        """The same refusal, pointing elsewhere; the innermost `inside` stays."""
        return type(self)(
            self.code,
            span=span,
            suggestion=self.suggestion,
            meaning=self.meaning,
            inside=self.inside or inside,
            **self.parameters,
        )


class NotationError(DiceError):
    """The text cannot be read as notation, or asks for something a die cannot do."""


class LimitError(DiceError):
    """The notation is fine but would cost more than one message may."""


class ArithmeticFault(DiceError):  # noqa: N818 - "fault": the notation is no error, the numbers fell so
    """A value that only rolling could reveal makes the next step impossible."""
