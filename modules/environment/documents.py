"""`.env.example` and the table of settings in docs/operations.md, written from the settings themselves."""

from collections.abc import Mapping
from pathlib import Path

from modules.environment.setting import Setting

_FIRST, _LAST = "<!-- configuration -->", "<!-- /configuration -->"
_PREAMBLE = """\
# The settings of Nazh Engine. Copy this file to .env and put in your token; the rest may stay as it is.
# What is really set in the environment wins over .env. An empty value means the default.
"""


def env_example(table: Mapping[str, Setting]) -> str:
    """The text of `.env.example`: with the token put in, it means the same as the token alone."""
    return _PREAMBLE + "".join(
        f"\n# {setting.explanation}{_note(setting)}\n{name}={setting.example or setting.default or ''}\n"
        for name, setting in table.items()
    )


def markdown_table(table: Mapping[str, Setting]) -> str:
    """The table of docs/operations.md, one row a variable."""
    rows = [f"| `{name}` | {_default(setting)} | {setting.explanation} |" for name, setting in table.items()]
    return "\n".join(["| Variable | Default | What it does |", "|---|---|---|", *rows])


def with_table(document: str, table: Mapping[str, Setting]) -> str:
    """`document` with the table between its two markers.

    Raises:
        ValueError: A marker is missing.
    """
    before, _, rest = document.partition(_FIRST)
    _, found, after = rest.partition(_LAST)
    if not found:
        raise ValueError(f"the document lacks {_FIRST} or {_LAST}")
    return f"{before}{_FIRST}\n{markdown_table(table)}\n{_LAST}{after}"


def write_documents(root: Path, table: Mapping[str, Setting]) -> None:
    """Bring `root`/.env.example and the table in `root`/docs/operations.md up to date."""
    manual = root / "docs" / "operations.md"
    (root / ".env.example").write_text(env_example(table), encoding="utf-8")
    manual.write_text(with_table(manual.read_text(encoding="utf-8"), table), encoding="utf-8")


def _note(setting: Setting) -> str:
    if setting.default is None:
        return " Required."
    return f" Default: {setting.otherwise}." if setting.otherwise else ""


def _default(setting: Setting) -> str:
    if setting.default is None:
        return "**required**"
    return setting.otherwise or (f"`{setting.default}`" if setting.default else "none")
