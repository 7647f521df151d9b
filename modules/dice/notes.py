"""What has to be said of a roll besides its result, without sentences: `modules.rendering.catalog` has those."""

from types import MappingProxyType

from modules.dice.errors import Parameter


class Note:
    """One remark: what was not rolled, what was read in an unexpected way, a limit that was reached.

    Notes are equal when they say the same.

    Args:
        code: A key of the catalogue.
        parameters: What its sentence names; texts that are quoted stand in a tuple.
    """

    __slots__ = ("code", "parameters")

    def __init__(self, code: str, **parameters: Parameter | tuple[str, ...]) -> None:
        self.code = code
        self.parameters = MappingProxyType(parameters)

    def as_dict(self) -> dict[str, object]:
        """The note as plain values: its code beside its parameters."""
        return {"code": self.code} | self.parameters

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((self.code, tuple(self.parameters.items())))

    def __repr__(self) -> str:
        return f"<Note {self.as_dict()}>"
