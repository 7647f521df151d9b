"""What exists in this Discord: users, guilds, channels, messages, registered commands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .clock import Clock
from .errors import Json, unknown
from .snowflakes import OLD_GUILDS_MILLISECONDS, OLD_THINGS_MILLISECONDS, ClockMint, SteadyMint

EVERYDAY_PERMISSIONS = sum(1 << bit for bit in (6, 10, 11, 14, 15, 16, 18, 31))
"""React, view, send, embed, attach, read history, foreign emoji, use commands."""
GROUP = 3
"""Type of a private channel of several people."""
TEXT_DISPLAY = 10
"""Type of the component that is the text of a layout."""


# All of these are compared by identity: they refer to one another in circles, and comparing contents would never end.
@dataclass(slots=True, eq=False)
class User:
    """An account, a person's or a bot's."""

    id: int
    name: str
    bot: bool = False


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; the one named @everyone carries the guild's own id."""

    id: int
    name: str
    position: int = 0
    permissions: int = EVERYDAY_PERMISSIONS


@dataclass(slots=True, eq=False)
class Attachment:
    """A file the bot uploaded with a message."""

    id: int
    filename: str
    content: bytes
    description: str | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands now; `body` keeps what its sender posted, field by field."""

    id: int
    channel: "Channel"
    author: User
    content: str
    created_at: datetime
    body: Json = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, set[int]] = field(default_factory=dict)
    interaction_id: int | None = None
    edit_count: int = 0
    edited_at: datetime | None = None
    deleted: bool = False

    @property
    def embeds(self) -> list[Json]:
        """Its embeds, as posted."""
        return list(self.body.get("embeds") or [])

    @property
    def components(self) -> list[Json]:
        """Its buttons, selects and layouts, as posted."""
        return list(self.body.get("components") or [])

    @property
    def text(self) -> str:
        """What a person reads: its content, or the texts of its layout."""
        return self.content or "\n".join(_texts(self.components))

    @property
    def nonce(self) -> str | None:
        """What its sender calls it, so that sending twice can be noticed."""
        nonce = self.body.get("nonce")
        return None if nonce is None else str(nonce)

    @property
    def flags(self) -> int:
        """Discord's message flags."""
        return int(self.body.get("flags") or 0)

    @property
    def ephemeral(self) -> bool:
        """Whether only the user of the interaction sees it."""
        return bool(self.flags & 64)

    @property
    def reference_id(self) -> int | None:
        """Id of the message it replies to."""
        reference = self.body.get("message_reference") or {}
        return int(reference["message_id"]) if "message_id" in reference else None


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of a guild, or a private one with `recipient`; `by_nonce` has the bot's latest of each nonce.

    `kind` is Discord's number for its type, 0 for text. `people` are those of a group, in which no bot can be.
    """

    id: int
    name: str
    guild: "Guild | None" = None
    recipient: User | None = None
    kind: int = 0
    people: tuple[User, ...] = ()
    messages: dict[int, Message] = field(default_factory=dict)
    by_nonce: dict[str, Message] = field(default_factory=dict)

    def message(self, message_id: int) -> Message:
        """The message of that id.

        Raises:
            ApiError: 10008, it never was or has been deleted.
        """
        found = self.messages.get(message_id)
        if found is None or found.deleted:
            raise unknown("Message")
        return found

    def latest(self, count: int) -> list[Message]:
        """Up to `count` messages, newest first."""
        alive = [message for message in self.messages.values() if not message.deleted]
        return alive[::-1][:count]


@dataclass(slots=True, eq=False)
class Guild:
    """A server, with the bot in it."""

    id: int
    name: str
    roles: list[Role] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    members: list[User] = field(default_factory=list)
    available: bool = True

    def channel(self, name: str) -> Channel:
        """The channel of that name.

        Raises:
            LookupError: there is none.
        """
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise LookupError(f"{self.name} has no channel {name!r}")


def _texts(components: Iterable[Json]) -> Iterator[str]:
    """The texts of a layout, from top to bottom."""
    for each in components:
        if each.get("type") == TEXT_DISPLAY:
            yield str(each["content"])
        yield from _texts(each.get("components") or ())


class World:
    """The state behind the API. Adding to it tells nobody: the stand-in announces what must be announced."""

    def __init__(self, clock: Clock, bot_name: str = "nazh") -> None:
        self._clock = clock
        self._guild_mint = SteadyMint(OLD_GUILDS_MILLISECONDS)
        self._thing_mint = SteadyMint(OLD_THINGS_MILLISECONDS)
        self._event_mint = ClockMint(clock)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.emojis: list[Json] = []
        self.commands: dict[int | None, list[Json]] = {None: []}
        self.bot = self.add_user(bot_name, bot=True)
        self.owner = self.add_user("owner")
        self.player = self.add_user("player")

    def mint(self) -> int:
        """A new id that tells the present time."""
        return self._event_mint.mint()

    def now(self) -> datetime:
        """The clock's time, in UTC."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Create an account."""
        user = User(self._thing_mint.mint(), name, bot)
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str = "The Tavern",
        *,
        channels: Iterable[str] = ("general",),
        roles: Iterable[str] = (),
        members: Iterable[User] = (),
    ) -> Guild:
        """Create a guild with the bot, the owner and the player in it; `roles` come on top of @everyone."""
        guild = Guild(self._guild_mint.mint(), name)
        guild.roles.append(Role(guild.id, "@everyone"))
        guild.roles += [Role(self._thing_mint.mint(), role, position) for position, role in enumerate(roles, 1)]
        guild.members += [self.bot, self.owner, self.player, *members]
        self.guilds[guild.id] = guild
        for channel in channels:
            self.add_channel(guild, channel)
        return guild

    def add_channel(self, guild: Guild, name: str) -> Channel:
        """Create a text channel at the end of a guild's list."""
        channel = Channel(self._thing_mint.mint(), name, guild=guild)
        guild.channels.append(channel)
        self.channels[channel.id] = channel
        return channel

    def dm(self, user: User) -> Channel:
        """The private channel between the bot and `user`, created at first use."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self._thing_mint.mint(), user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def group(self, *people: User) -> Channel:
        """A private channel of several people: the bot is there only for whoever installed it."""
        return Channel(self._thing_mint.mint(), "", kind=GROUP, people=people)

    def foreign_channel(self) -> Channel:
        """A channel of a guild that the bot is not in."""
        guild = Guild(self._guild_mint.mint(), "Elsewhere", members=[self.owner, self.player])
        guild.channels.append(Channel(self._thing_mint.mint(), "table", guild=guild))
        return guild.channels[0]

    def add_message(
        self,
        channel: Channel,
        author: User,
        content: str,
        *,
        body: Json | None = None,
        attachments: Iterable[Attachment] = (),
        interaction_id: int | None = None,
    ) -> Message:
        """Put a message into a channel."""
        message = Message(
            self.mint(),
            channel,
            author,
            content,
            self.now(),
            body or {},
            list(attachments),
            interaction_id=interaction_id,
        )
        channel.messages[message.id] = message
        if author is self.bot and message.nonce is not None:
            channel.by_nonce[message.nonce] = message
        return message

    def edit_message(self, message: Message, body: Json, attachments: Iterable[Attachment] = ()) -> None:
        """Replace the fields of a message that `body` names."""
        if "content" in body:
            message.content = body["content"] or ""
        message.body = {**message.body, **body}
        if "attachments" in body:  # those that stay, by their ids, and the new ones by their places in the request
            kept = {str(each["id"]) for each in body["attachments"]}
            message.attachments = [each for each in message.attachments if str(each.id) in kept]
        message.attachments += attachments
        message.edit_count += 1
        message.edited_at = self.now()

    def messages(self) -> Iterator[Message]:
        """Every message of every channel, deleted ones too, channel by channel."""
        for channel in self.channels.values():
            yield from channel.messages.values()

    def forget_messages(self) -> None:
        """Empty all channels: for long runs that have counted what they needed."""
        for channel in self.channels.values():
            channel.messages.clear()
            channel.by_nonce.clear()
