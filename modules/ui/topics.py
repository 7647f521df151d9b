"""Help by topic: what there is to know, and what to try."""

from typing import Final, NamedTuple


class Topic(NamedTuple):
    """One page of help.

    Attributes:
        name: What `help` is asked for.
        title: As its button and its page show it.
        text: Markdown; `{prefix}` stands for what commands start with.
        examples: Notations to try.
        other_names: Further words that lead here.
    """

    name: str
    title: str
    text: str
    examples: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


TOPICS: Final = (
    Topic(
        "rolling",
        "Rolling",
        "`{prefix}roll 2d6+3`, `{prefix}r 2d6+3` or `/roll`. Type as you speak: `2d6+3 fire damage`.\n"
        "Keep and drop: `4d6kh3` keeps the 3 highest, `4d6dl1` drops the lowest.\n"
        "Explode and reroll: `3d6!` rolls another die for each 6, `2d6ro1` rerolls ones once.\n"
        "Count successes: `8d10>=8`. Numbers: `(2d6+3)*2`, `7/2` stays exact, `7//2` rounds down.",
        ("2d6+3", "4d6kh3", "3d6!", "8d10>=8"),
        ("roll", "dice", "notation"),
    ),
    Topic(
        "advantage",
        "Advantage and checks",
        "`adv 1d20+5` rolls twice and keeps the higher die, `dis 1d20+5` the lower.\n"
        "`1d20+5 vs 15` says whether it succeeded, and by how much.\n"
        "Under a roll of a d20, the buttons roll it again with advantage or disadvantage.",
        ("adv 1d20+5", "dis 1d20+5", "1d20+5 vs 15"),
        ("adv", "dis", "disadvantage", "checks", "check"),
    ),
    Topic(
        "damage",
        "Damage and labels",
        "A label in brackets tells dice apart, and a comment says what a roll is for:\n"
        "`2d6[fire] + 1d4[cold]` · `1d8+3 # longsword`",
        ("2d6[fire]+1d4[cold]", "1d8+3 # longsword"),
        ("labels", "label", "comment", "comments"),
    ),
    Topic(
        "games",
        "Games",
        "Shortcuts roll as a game does: `dndstats`, `coc`, `sw8` and many more.\n"
        "`{prefix}help vampire` finds a game by name, and `{prefix}help kh` tells of an operator.",
        ("dndstats", "sw8", "4df"),
        ("game", "shortcuts", "systems"),
    ),
    Topic(
        "several",
        "Several rolls",
        "`6#4d6kh3` rolls six times; `1d20+5; 2d6+3` is two rolls, each with its own total.\n"
        "`/roll` takes a number of `times`, and so does ⋯ under each roll.",
        ("6#4d6kh3", "1d20+5; 2d6+3"),
        ("times", "repeat", "multiple"),
    ),
    Topic(
        "secret",
        "Secret rolls",
        "`/roll` with `secret` shows the result to you alone. `{prefix}roll 1d20 secret` sends it as a private "
        "message, and deletes your command where I may.\n"
        "**Reveal** shows it to the table, with the time at which it was rolled.",
        (),
        ("hidden", "private", "reveal"),
    ),
    Topic(
        "buttons",
        "Buttons and menus",
        "Under each roll: 🎲 rolls it again, ± adds a modifier, ⋯ repeats, explains and copies. Anyone may press; the "
        "answer says who did.\n"
        "`{prefix}explain` takes your latest roll apart, step by step; as a reply, the roll that it replies to.\n"
        "In the menu of any message, under *Apps*: **Roll the dice in this message** and **Explain this roll**.",
        ("1d20+5",),
        ("button", "menu", "menus", "explain"),
    ),
)
"""Every topic, in the order of the overview."""


def find_topic(word: str) -> Topic | None:
    """The topic of a name, if there is one."""
    return next((each for each in TOPICS if word == each.name or word in each.other_names), None)
