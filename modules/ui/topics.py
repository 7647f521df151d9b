"""Help by topic: what there is to know, which commands belong to it, and what to try."""

from typing import Final, NamedTuple


class Topic(NamedTuple):
    """One page of help.

    Attributes:
        name: What `help` is asked for.
        title: As the menu and the page show it.
        text: Markdown; `{prefix}` stands for what commands start with.
        examples: Notations to try.
        other_names: Further words that lead here.
        commands: Names of the commands that are listed under the text, each with what it does.
        is_about_odds: Whether the examples show odds; else they roll.
    """

    name: str
    title: str
    text: str = ""
    examples: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    is_about_odds: bool = False


ALL_COMMANDS: Final = "commands"
"""Name of the topic that names them all, and has no list of its own."""
TOPICS: Final = (
    Topic(
        "rolling",
        "Rolling",
        "`{prefix}roll 2d6+3`, `{prefix}r 2d6+3` or `/roll`\n"
        "`2d6+3 fire damage`: words behind the dice are the title\n"
        "`4d6kh3` keeps the 3 highest, `4d6dl1` drops the lowest\n"
        "`3d6!` rolls another die for each 6\n"
        "`2d6ro1` rerolls ones, once\n"
        "`8d10>=8` counts successes\n"
        "`(2d6+3)*2` `7/2` `7//2`: the last one rounds down",
        ("2d6+3", "4d6kh3", "3d6!", "8d10>=8"),
        ("dice", "notation"),
        ("roll", "build"),
    ),
    Topic(
        "advantage",
        "Advantage and checks",
        "`adv 1d20+5` rolls the d20 twice and keeps the higher, `dis 1d20+5` the lower\n"
        "`1d20+5 vs 15` says whether it succeeded, and by how much\n"
        "The buttons under a d20 roll it again with advantage or disadvantage.",
        ("adv 1d20+5", "dis 1d20+5", "1d20+5 vs 15"),
        ("adv", "dis", "disadvantage", "checks", "check"),
    ),
    Topic(
        "damage",
        "Damage and labels",
        "`2d6[fire] + 1d4[cold]`: a label tells dice apart\n`1d8+3 # longsword`: a comment says what a roll is for",
        ("2d6[fire]+1d4[cold]", "1d8+3 # longsword"),
        ("labels", "label", "comment", "comments"),
    ),
    Topic(
        "games",
        "Games",
        "Shortcuts roll as a game does: `dndstats`, `coc`, `sw8` and many more.\n"
        "`{prefix}help vampire` finds a game by its name.",
        ("dndstats", "sw8", "4df"),
        ("game", "shortcuts", "systems"),
    ),
    Topic(
        "several",
        "Several rolls",
        "`6#4d6kh3` rolls six times\n"
        "`1d20+5; 2d6+3` is two rolls, each with its own total\n"
        "`/roll` takes a number of `times`, and so does ⋯ under each roll.",
        ("6#4d6kh3", "1d20+5; 2d6+3"),
        ("times", "repeat", "multiple"),
    ),
    Topic(
        "secret",
        "Secret rolls",
        "`/roll` with `secret` shows the result to you alone.\n"
        "`{prefix}roll 1d20 secret` sends it as a private message, and deletes your command where I may.\n"
        "**Reveal** shows it to the table, with the time at which it was rolled.",
        other_names=("hidden", "private", "reveal"),
        commands=("gmroll",),
    ),
    Topic(
        "buttons",
        "Buttons and menus",
        "Under each roll: 🎲 rolls it again, ± adds a modifier, ⋯ has more. Anyone may press; the answer says who.\n"
        "In the menu of any message, under *Apps*: **Roll the dice in this message**, **Explain this roll** and "
        "**Verify this roll**.",
        ("1d20+5",),
        ("button", "menu", "menus"),
        ("explain",),
    ),
    Topic(
        "saving",
        "Saved rolls",
        "What was saved as `attack` is rolled by `{prefix}attack`, `{prefix}attack +2` or `{prefix}attack adv`.",
        other_names=("alias", "aliases", "macro", "macros"),
        commands=("save", "saved", "panel"),
    ),
    Topic(
        "characters",
        "Characters",
        "`{prefix}character new Mira str 3, prof 2` names values; then `1d20+str` rolls with hers.",
        other_names=("values", "sheet"),
        commands=("character",),
    ),
    Topic(
        "chances",
        "Odds",
        "`{prefix}odds 4d6kh3`: how likely each total is\n"
        "`{prefix}odds 1d20+5 vs 15`: the chance of a check\n"
        "`{prefix}odds 4d6kh3 vs 3d6`: which of two rolls is higher",
        ("4d6kh3", "1d20+5 vs 15"),
        ("probability", "chance"),
        ("odds",),
        is_about_odds=True,
    ),
    Topic(
        "records",
        "History and proof",
        "Every roll is written down with its dice, so anybody can check what was rolled.",
        other_names=("proof", "fairness", "ledger", "luck"),
        commands=("history", "verify", "stats"),
    ),
    Topic(
        "choices",
        "Settings",
        other_names=("options", "configuration"),
        commands=("settings", "prefix", "preferences", "mydata"),
    ),
    Topic("bot", "About the bot", other_names=("nazh",), commands=("about", "ping", "invite", "help")),
    Topic(ALL_COMMANDS, "All commands", other_names=("command", "all", "list")),
)
"""Every topic, in the order of the menu."""


def find_topic(word: str) -> Topic | None:
    """The topic of a name, if there is one."""
    return next((each for each in TOPICS if word == each.name or word in each.other_names), None)


def topic_of(command: str) -> Topic | None:
    """The topic that lists a command, if there is one."""
    return next((each for each in TOPICS if command in each.commands), None)
