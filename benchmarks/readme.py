"""The tables of README.md that benchmarks write, each between marks of its own."""

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def write_section(name: str, text: str) -> None:
    """Put a text between `<!-- name -->` and `<!-- /name -->`.

    Raises:
        ValueError: There are no such marks.
    """
    before, mark, rest = README.read_text().partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not mark or not end:
        raise ValueError(f"README.md has no place for {name!r}")
    README.write_text(f"{before}{mark}{text}\n{end}{after}")
