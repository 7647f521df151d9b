"""Gateway sessions: what outlives a websocket, and how an event finds the sessions it concerns."""

import json
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from .clock import Clock
from .errors import Json
from .payloads import message_payload
from .snowflakes import shard_of
from .world import Guild, Message, World

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
GUILD_MESSAGE_REACTIONS = 1 << 10
DIRECT_MESSAGES = 1 << 12
MESSAGE_CONTENT = 1 << 15

SESSION_LIVES_SECONDS = 180.0

WITHOUT_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What is left of a message for a bot without the content intent."""


def encode(payload: object) -> str:
    """JSON without spaces, as Discord sends it."""
    return json.dumps(payload, separators=(",", ":"))


class Listener(Protocol):
    """The websocket a session is heard on at present."""

    def push(self, frame: str) -> None:
        """Send a frame after those before it."""
        ...

    def close(self, code: int) -> None:
        """End the websocket."""
        ...


@dataclass(slots=True, eq=False)
class Session:
    """One IDENTIFY and its events, numbered; the last `replay_limit` of them can be had again.

    Attributes:
        shard: its own number and the number of all.
        sequence: number of the last event.
        listener: the websocket it is on, or None while it is apart.
        left_at: Unix time since which it has been apart, or None.
    """

    shard: tuple[int, int]
    intents: int
    replay_limit: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    listener: Listener | None = None
    left_at: float | None = None
    replay: deque[tuple[int, str]] = field(default_factory=deque)

    def dispatch(self, name: str, body: str) -> None:
        """Number an event, keep it, and send it if somebody listens."""
        self.sequence += 1
        # Put together by hand: the body was encoded once for all sessions.
        frame = f'{{"op":0,"s":{self.sequence},"t":"{name}","d":{body}}}'
        self.replay.append((self.sequence, frame))
        if len(self.replay) > self.replay_limit:
            self.replay.popleft()
        if self.listener is not None:
            self.listener.push(frame)

    def since(self, sequence: int) -> list[str] | None:
        """The frames after that number; None if some of them are gone."""
        if self.replay and self.replay[0][0] > sequence + 1:
            return None
        return [frame for number, frame in self.replay if number > sequence]

    def sees(self, guild_id: int | None) -> bool:
        """Whether the guild is on its shard; private channels are on shard 0."""
        shard_id, shard_count = self.shard
        return shard_id == (0 if guild_id is None else shard_of(guild_id, shard_count))


class Sessions:
    """All sessions of the bot. Two processes with one token have two, and both hear everything.

    Attributes:
        by_id: the sessions, dead ones still among them.
        lives_seconds: how long a session without a websocket can be resumed.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self.by_id: dict[str, Session] = {}
        self.lives_seconds = SESSION_LIVES_SECONDS

    def __iter__(self) -> Iterator[Session]:
        self._bury()
        # A copy: whoever goes through them may end some on the way.
        return iter(list(self.by_id.values()))

    def find(self, session_id: str) -> Session | None:
        """The session of that id, if it can still be had."""
        self._bury()
        return self.by_id.get(session_id)

    def leave(self, session: Session) -> None:
        """The session's websocket is gone: it can be taken up again for a while."""
        session.listener = None
        session.left_at = self._clock.now()

    def _bury(self) -> None:
        """End the sessions that were left alone too long."""
        deadline = self._clock.now() - self.lives_seconds
        for session in list(self.by_id.values()):
            if session.listener is None and session.left_at is not None and session.left_at < deadline:
                self.end(session)

    def open(self, session: Session) -> None:
        """Let a session hear events."""
        self.by_id[session.id] = session

    def end(self, session: Session) -> None:
        """Forget a session: it hears nothing more and cannot be resumed."""
        self.by_id.pop(session.id, None)

    def listening(self) -> list[Session]:
        """The sessions that are on a websocket."""
        return [session for session in self if session.listener is not None]

    def dispatch(self, name: str, payload: Json, guild: Guild | None, intent: int = 0) -> None:
        """Send an event to the sessions of the guild's shard that asked for its kind."""
        body = encode(payload)
        for session in self._concerned(guild, intent):
            session.dispatch(name, body)

    def dispatch_message(self, message: Message, name: str = "MESSAGE_CREATE") -> None:
        """Send a message; without the content intent only private, own and mentioning ones keep their content."""
        guild = message.channel.guild
        payload = message_payload(message, self._world, event=True)
        whole = encode(payload)
        open_to_all = (
            guild is None or message.author is self._world.bot or f"<@{self._world.bot.id}>" in message.content
        )
        for session in self._concerned(guild, DIRECT_MESSAGES if guild is None else GUILD_MESSAGES):
            readable = open_to_all or session.intents & MESSAGE_CONTENT
            session.dispatch(name, whole if readable else encode(payload | WITHOUT_CONTENT))

    def _concerned(self, guild: Guild | None, intent: int) -> list[Session]:
        guild_id = None if guild is None else guild.id
        return [session for session in self if session.sees(guild_id) and (not intent or session.intents & intent)]
