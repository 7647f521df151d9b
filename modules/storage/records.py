"""Rows as the services know them."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

OwnerKind = Literal["user", "guild"]


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a guild chose; None (or nothing) where it chose nothing and the default holds.

    Attributes:
        prefix: What message commands start with.
        dialect: How letters that bots disagree about are read.
        style: How answers look.
        dice_emojis: Whether dice are shown as pictures.
        odds_line: Whether an answer says how likely it was.
        inline_rolls: Whether `[[2d6]]` within a message is rolled.
        direct_notation: Whether a message that is nothing but dice is rolled.
        gm_role_id: Who sees the rolls made for the game master.
        secret_channel_id: Where those appear.
        results_channel_id: Channel or thread that answers go to.
        allowed_channel_ids: Channels where the bot answers; all of them where there are none.
        locale: Language, such as `en-US`.
    """

    prefix: str | None = None
    dialect: str | None = None
    style: str | None = None
    dice_emojis: bool | None = None
    odds_line: bool | None = None
    inline_rolls: bool | None = None
    direct_notation: bool | None = None
    gm_role_id: int | None = None
    secret_channel_id: int | None = None
    results_channel_id: int | None = None
    allowed_channel_ids: tuple[int, ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class UserSettings:
    """What a player chose for themselves; None where their guild's choice holds."""

    dialect: str | None = None
    style: str | None = None
    default_roll: str | None = None


class Owner(NamedTuple):
    """Whose saved rolls.

    Attributes:
        kind: `user` or `guild`.
        id: Of that user or guild.
    """

    kind: OwnerKind
    id: int


@dataclass(frozen=True, slots=True)
class SavedRoll:
    """A notation with a name.

    Attributes:
        id: Of the row, for custom ids; it stays when the roll is edited.
        owner: Whose it is.
        name: As its owner wrote it; found without regard to case.
        notation: With `$1` and `$2=4` where parameters go.
        use_count: How often it was rolled.
    """

    id: int
    owner: Owner
    name: str
    notation: str
    use_count: int = 0


@dataclass(frozen=True, slots=True)
class Character:
    """Named numbers and notations of one player.

    Attributes:
        id: Of the row.
        user_id: Whose it is.
        name: As its player wrote it; found without regard to case.
        values: Number or notation by name, in the player's order.
    """

    id: int
    user_id: int
    name: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateValue:
    """One value that new characters of a guild are asked for.

    Attributes:
        name: Of the value.
        minimum: The least number taken; None for no bound.
        maximum: The greatest number taken; None for no bound.
        default: What is filled in beforehand; None for nothing.
    """

    name: str
    minimum: int | None = None
    maximum: int | None = None
    default: str | None = None
