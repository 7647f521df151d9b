"""Application commands: registered by the bot, used by players."""

from collections.abc import Iterable, Mapping

from .errors import Json
from .payloads import command_payload
from .world import Guild, World

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, NUMBER = 3, 4, 5, 10

Option = str | int | float | bool


def register(world: World, sent: Iterable[Json], guild_id: int | None) -> list[Json]:
    """Replace the commands of a guild, or the global ones; those known by name and type keep their ids."""
    known = {(command["name"], command["type"]): int(command["id"]) for command in world.commands.get(guild_id, [])}
    registered = []
    for command in sent:
        command_id = known.get((command["name"], command.get("type", 1))) or world.mint()
        registered.append(command_payload(command, command_id, world, guild_id))
    world.commands[guild_id] = registered
    return registered


def find(world: World, guild: Guild | None, name: str) -> Json | None:
    """A registered command by its name, the guild's own first."""
    candidates = [*world.commands.get(guild.id if guild else None, []), *world.commands[None]]
    return next((command for command in candidates if command["name"] == name), None)


def command_data(
    world: World, guild: Guild | None, name: str, options: Mapping[str, Option], focused: str | None = None
) -> Json:
    """The `data` of a command's interaction.

    Args:
        world: where the command may be registered; an unknown one is sent all the same.
        guild: where it is used.
        name: of the command, with its subcommands after spaces, as `saved add`.
        options: values by name; their types are as registered, or else guessed from the value.
        focused: the option the user is typing in, for autocomplete.
    """
    root, *path = name.split()
    registered = find(world, guild, root)
    types = _option_types(registered, path)
    values: list[Json] = [
        {"name": option, "type": types.get(option, _guess(value)), "value": value}
        | ({"focused": True} if option == focused else {})
        for option, value in options.items()
    ]
    for depth, sub in enumerate(reversed(path)):
        values = [{"name": sub, "type": SUBCOMMAND if depth == 0 else SUBCOMMAND_GROUP, "options": values}]
    command_id = registered["id"] if registered else str(world.mint())
    data: Json = {"id": command_id, "name": root, "type": 1, "options": values}
    if registered and "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    return data


def _option_types(registered: Json | None, path: list[str]) -> dict[str, int]:
    node: Json = registered or {}
    for sub in path:
        node = next((option for option in node.get("options", []) if option["name"] == sub), {})
    return {option["name"]: option["type"] for option in node.get("options", [])}


def _guess(value: Option) -> int:
    # By the exact type, for a bool is an int as well.
    kinds: dict[type, int] = {bool: BOOLEAN, int: INTEGER, float: NUMBER}
    return kinds.get(type(value), STRING)


def filled_in(components: list[Json], fields: Mapping[str, str]) -> list[Json]:
    """A form's components with the values a person typed, by their `custom_id`."""
    filled: list[Json] = []
    for component in components:
        reply: Json = {key: component[key] for key in ("type", "id", "custom_id") if key in component}
        if "custom_id" in component:
            reply["value"] = fields.get(component["custom_id"], component.get("value", ""))
        if "components" in component:
            reply["components"] = filled_in(component["components"], fields)
        if "component" in component:
            reply["component"] = filled_in([component["component"]], fields)[0]
        filled.append(reply)
    return filled
