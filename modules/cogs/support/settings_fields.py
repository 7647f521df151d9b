"""What can be set: by whom it is shown, how it is chosen, and what a choice has to look like."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, NamedTuple

import discord

from modules.commands.refusal import Refusal
from modules.rendering.language import translated
from modules.services.answer_look import AnswerStyle
from modules.ui.buttons import Option

PREFIX_LENGTH: Final = 5
"""Characters of the longest prefix."""
NOTATION_LENGTH: Final = 100
"""Characters of the longest default roll."""


class Kind(Enum):
    """How a setting is chosen."""

    TEXT = auto()
    CHOICE = auto()
    SWITCH = auto()
    CHANNEL = auto()
    CHANNELS = auto()
    ROLE = auto()


class Field(NamedTuple):
    """One setting.

    Attributes:
        name: Of the field in `GuildSettings` or `UserSettings`.
        label: As the panel calls it.
        meaning: What it is for, in at most 100 characters.
        kind: How it is chosen.
        choices: Of a `CHOICE`.
        default: What holds where nothing was chosen: `on`, or words for the panel.
    """

    name: str
    label: str
    meaning: str
    kind: Kind
    choices: tuple[Option, ...] = ()
    default: str = ""

    def shown(self, value: object) -> str:
        """A value as the panel shows it."""
        match value:
            case None | () | "":
                return translated(self.default)
            case bool():
                return translated("on" if value else "off")
            case tuple():
                return " ".join(f"<#{each}>" for each in value)
            case int():
                return f"<@&{value}>" if self.kind is Kind.ROLE else f"<#{value}>"
            case _ if self.kind is Kind.CHOICE:
                return next((translated(each.label) for each in self.choices if each.value == value), f"`{value}`")
        return f"`{value}`"

    def is_on(self, value: object) -> bool:
        """Whether a `SWITCH` is on."""
        return self.default == "on" if value is None else bool(value)


def valid_prefix(typed: str) -> str:
    """A prefix as it is kept.

    Raises:
        Refusal: Nobody could use it.
    """
    prefix = typed.strip()
    is_usable = 1 <= len(prefix) <= PREFIX_LENGTH and prefix.isprintable() and len(prefix.split()) == 1
    # Discord keeps these for itself: a slash opens its own menu, `<` begins a mention.
    if not is_usable or prefix.startswith(("/", "<", "@", "#", "`")):
        raise Refusal(
            translated(
                "A prefix has 1 to {most} characters, without spaces, and does not begin with `/`, `<`, `@` or `#`: "
                "`!`, `?` and `nz!` will do.",
                most=PREFIX_LENGTH,
            )
        )
    return prefix


_DIALECTS: Final = (
    Option("nazh", "Nazh", "Our own"),
    Option("roll20", "Roll20", "> and < in dice include the number itself"),
    Option("avrae", "Avrae", "k3 keeps threes, and d% rolls tens"),
    Option("maiden", "Dice Maiden", "e6 explodes, ! begins a comment, left to right"),
)
_STYLES: Final = (
    Option(AnswerStyle.RICH, "Rich", "A card: the total large, a colour for how it went"),
    Option(AnswerStyle.COMPACT, "Compact", "One line of text"),
    Option(AnswerStyle.PLAIN, "Plain", "One line without markup, for screen readers"),
)

DIALECT: Final = Field(
    "dialect", "Dialect", "How notation is read: our way, or another bot's", Kind.CHOICE, _DIALECTS, "Nazh"
)
STYLE: Final = Field("style", "Answers", "How answers look: a card, or a line of text", Kind.CHOICE, _STYLES, "Rich")
DEFAULT_ROLL: Final = Field(
    "default_roll", "Default roll", "What a bare roll command rolls, like 1d20+5", Kind.TEXT, default="`1d20`"
)
GUILD_FIELDS: Final = (
    Field("prefix", "Prefix", "What message commands start with; a mention works as well", Kind.TEXT),
    DIALECT,
    STYLE,
    Field("dice_emojis", "Dice emojis", "Show dice as small pictures", Kind.SWITCH, default="on"),
    Field("odds_line", "Odds line", "Say under a roll how likely its result was", Kind.SWITCH, default="on"),
    Field("inline_rolls", "Inline rolls", "Roll [[1d20+7]] in any message", Kind.SWITCH, default="off"),
    Field("direct_notation", "Direct dice", "Roll a message that is only dice", Kind.SWITCH, default="off"),
    Field("allowed_channel_ids", "Channels", "The channels in which I answer", Kind.CHANNELS, default="everywhere"),
    Field("results_channel_id", "Results", "Where all rolls are posted", Kind.CHANNEL, default="where asked"),
    Field("gm_role_id", "GM role", "May change the server's saved rolls and template", Kind.ROLE, default="none"),
    Field("secret_channel_id", "GM channel", "The channel in which /gmroll posts", Kind.CHANNEL, default="none"),
)
"""What a server can set, in the order of its panel."""

ENGLISH: Final = "en-US"


def language_field(languages: Iterable[str]) -> tuple[Field, ...]:
    """The choice of a language, where there is more than English.

    Args:
        languages: Discord's names of those that there are translations for.
    """
    further = [each for each in languages if each != ENGLISH]
    if not further:
        return ()
    choices = (Option(ENGLISH, "English"), *(Option(each, _language_name(each)) for each in further))
    meaning = "Of answers to messages; slash commands answer in each player's own"
    return (Field("locale", "Language", meaning, Kind.CHOICE, choices, "that of the server"),)


def _language_name(locale: str) -> str:
    """In English, as Discord's list of languages has it: `pt-BR` is Brazil Portuguese."""
    return discord.Locale(locale).name.replace("_", " ").title()


USER_FIELDS: Final = (
    DIALECT._replace(default="the server's"),
    STYLE._replace(default="the server's"),
    DEFAULT_ROLL,
)
"""What players set for themselves."""
