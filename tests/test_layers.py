"""The house's walls: a file imports only from its own package or from a lower layer."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LAYERS = {
    "modules.environment": -1,
    "config": 0,
    "modules.dice": 0,
    "modules.rendering": 1,
    "modules.storage": 1,
    "modules.telemetry": 1,
    "modules.log": 2,
    "modules.dice_roll": 2,
    "modules.lifecycle": 3,
    "modules.services": 4,
    "modules.discord_api": 4,
    "modules.commands": 5,
    "modules.ui": 5,
    "modules.cogs": 6,
    "modules.bot": 7,
    "modules.web": 7,
    "web_server": 8,
    "modules.app": 9,
    "demo": 10,
    "main": 10,
}
"""Every room of the house and the floor it stands on."""

PURE = ("modules.dice",)
"""Rooms where only the standard library and the room itself may be imported."""

WITHOUT_DISCORD = (
    "modules.environment",
    "config",
    "modules.dice",
    "modules.dice_roll",
    "modules.rendering",
    "modules.storage",
    "modules.telemetry",
    "modules.log",
    "modules.lifecycle",
    "modules.services",
    "modules.web",
    "web_server",
)
"""Rooms that must not know discord.py: they can be used, and tested, without it."""


def sources() -> list[Path]:
    """All files of the product: the modules and the four at the root."""
    return sorted([*ROOT.glob("*.py"), *ROOT.glob("modules/**/*.py")])


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """The longest entry of the table that `module` lives in; None for a library or the bare `modules` package."""
    homes = [room for room in LAYERS if module == room or module.startswith(room + ".")]
    return max(homes, key=len, default=None)


def imports_of(source: str, package: str) -> set[str]:
    """Absolute names of everything imported anywhere in the file, inside functions and `if TYPE_CHECKING` too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def climbs(importer: str, imported: str) -> bool:
    """Whether this import goes sideways or up."""
    home, target = room_of(importer), room_of(imported)
    if home is None or target is None or home == target:
        return False
    return LAYERS[target] >= LAYERS[home]


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_no_import_climbs(path: Path) -> None:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    bad = sorted(imported for imported in imports_of(path.read_text(), package) if climbs(name, imported))
    assert not bad, f"{name} (layer {LAYERS[room_of(name) or 'main']}) must not import {bad}"


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_every_file_has_a_room(path: Path) -> None:
    name = module_name(path)
    assert name == "modules" or room_of(name), f"{name} stands outside the table: give it a layer"


@pytest.mark.parametrize("path", [p for p in sources() if room_of(module_name(p)) in PURE], ids=module_name)
def test_pure_rooms_use_the_standard_library_only(path: Path) -> None:
    import sys

    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    foreign = {
        imported
        for imported in imports_of(path.read_text(), package)
        if imported.partition(".")[0] not in sys.stdlib_module_names and room_of(imported) not in PURE
    }
    assert not foreign


@pytest.mark.parametrize("path", [p for p in sources() if room_of(module_name(p)) in WITHOUT_DISCORD], ids=module_name)
def test_rooms_without_discord_stay_so(path: Path) -> None:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    assert not [i for i in imports_of(path.read_text(), package) if i.partition(".")[0] == "discord"]


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_files_stay_small(path: Path) -> None:
    limit = 160 if room_of(module_name(path)) == "modules.cogs" else 300
    assert len(path.read_text().splitlines()) <= limit


def test_the_guard_sees_a_climb() -> None:
    assert climbs("modules.dice.notation.parser", "modules.rendering.text")
    assert climbs("modules.telemetry.latest", "modules.rendering.text"), "sideways between rooms is a climb too"
    assert not climbs("modules.cogs.roll", "modules.services.rolls")
    assert imports_of("from ..dice import parser\nfrom . import b", "modules.rendering") == {
        "modules.dice.parser",
        "modules.rendering.b",
    }
