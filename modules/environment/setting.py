"""Settings, and the errors of invalid values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

HIDDEN = "(hidden)"
"""What is shown in place of a secret."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one variable; never the value of a secret.

    Attributes:
        variable: Its name.
        problem: What is wrong, as the end of a sentence that begins with the name.
        wanted: What would be right.
    """

    variable: str
    problem: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.variable} {self.problem}; wanted: {self.wanted}"


class ConfigError(Exception):
    """The settings cannot be used.

    Attributes:
        faults: Everything that is wrong, in the order of the variables.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class RefusedError(ValueError):
    """Text that a reader cannot take; `Fault` says what the attributes mean.

    Attributes:
        variable: The variable at fault, where that is not the one being read.
    """

    def __init__(self, problem: str, wanted: str, variable: str = "") -> None:
        super().__init__(problem)
        self.problem, self.wanted, self.variable = problem, wanted, variable


class Secret(str):
    """Text whose `repr` is a mask, so that dumps, `asdict` and failing assertions do not tell it."""

    __slots__ = ()

    @classmethod
    def of(cls, text: str) -> "Secret":
        """`text` as a secret, if it is none yet."""
        return text if isinstance(text, Secret) else Secret(text)

    @property
    def masked(self) -> str:
        """What anyone may see in its place."""
        return HIDDEN

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that nobody may see: the secret itself, and what is secret within it."""
        return (str(self),)

    def __repr__(self) -> str:
        return repr(HIDDEN)


@dataclass(frozen=True, slots=True)
class Setting:
    """How one variable is read and explained.

    Attributes:
        read: Turns text into the value, or raises `RefusedError`.
        default: The text assumed when the variable is unset; "" for no value, None when the variable is required.
        explanation: One or two sentences for the operator.
        secret: Shown masked only; may also come from the file that `NAME_FILE` names.
        example: What `.env.example` shows instead of the default.
        otherwise: The default in words, where the surroundings decide it.
        empty_is_none: An empty value is a choice of its own (none), not a way of leaving the variable unset.
    """

    read: Callable[[str], object]
    default: str | None
    explanation: str
    secret: bool = False
    example: str = ""
    otherwise: str = ""
    empty_is_none: bool = False

    def is_unset(self, text: str | None) -> bool:
        """Whether `text` leaves the variable at its default."""
        return text is None or (not text.strip() and not self.empty_is_none)
