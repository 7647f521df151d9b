"""The stand-in as tests use it: speak as a player, listen to the bot, break things."""

import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from .clock import Clock, SystemClock
from .commands import Option, command_data, filled_in
from .core import Core, Settings
from .errors import Json
from .gateway import GatewaySocket
from .gateway_faults import ABNORMAL_CLOSURE, GatewayFault
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction
from .journal import Connection, RestRequest
from .payloads import guild_payload
from .server import GATEWAY, REST, Server
from .sessions import GUILDS, Session
from .world import Channel, Guild, Message, User

BUTTON = 2


class DiscordStandin:
    """A Discord of one's own on loopback: REST and gateway, obedient and breakable.

    Use as `async with DiscordStandin() as discord:`.

    Args:
        settings: token, heartbeat interval, intents and so on.
        clock: time for everything inside; real by default.
        port: of the REST API; 0 picks a free one.
        gateway_port: of the gateway; 0 picks a free one.
        tls: speaks https and wss if given; see `certificates`.

    Attributes:
        world: users, guilds, channels, messages, registered commands.
        faults: what goes wrong, and when.
        limits: buckets and the global limit.
        budget: the session start limit.
        journal: everything seen on the wire.
        settings: what may be changed while it runs.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        port: int = 0,
        gateway_port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._core = core = Core(settings or Settings(), clock or SystemClock())
        self._server = Server(core, port, gateway_port, tls)
        self.world = core.world
        self.faults = core.faults
        self.limits = core.limits
        self.budget = core.budget
        self.journal = core.journal
        self.settings = core.settings

    async def start(self, extra_routes: list[web.RouteDef] | None = None) -> None:
        """Listen.

        Raises:
            OSError: a port is taken.
        """
        await self._server.start(extra_routes or [])

    async def stop(self) -> None:
        """Hang up on everybody and stop listening."""
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        """For DISCORD_API_URL."""
        return self._core.addresses.api_url

    @property
    def gateway_url(self) -> str:
        """For DISCORD_GATEWAY_URL."""
        return self._core.addresses.gateway_url

    @property
    def token(self) -> str:
        """For DISCORD_TOKEN: the only one accepted."""
        return self.settings.token

    @property
    def requests(self) -> list[RestRequest]:
        """Every REST request so far."""
        return self.journal.requests

    @property
    def connections(self) -> list[Connection]:
        """Every websocket so far, refused ones too."""
        return self.journal.connections

    @property
    def sessions(self) -> list[Session]:
        """The sessions that hear events or can be resumed."""
        return list(self._core.sessions)

    @property
    def interactions(self) -> list[Interaction]:
        """Every interaction so far."""
        return list(self._core.interactions.by_token.values())

    async def until(
        self, condition: Callable[[], bool], timeout_seconds: float = 5.0, what: str = "a condition"
    ) -> None:
        """Wait for something to be true of the journal or the world, looking again after every request or frame.

        Raises:
            TimeoutError: it did not come true; the message tells what was seen.
        """
        await self.journal.pulse.until(
            condition, timeout_seconds, lambda: self._seen(f"{what} in {timeout_seconds:g} s")
        )

    async def ready(self, sessions: int = 1, timeout_seconds: float = 30.0) -> None:
        """Wait until that many sessions are on a websocket and have been told of their guilds.

        Raises:
            TimeoutError: they were not.
        """
        await self.until(lambda: len(self._core.sessions.listening()) >= sessions, timeout_seconds, "a ready session")

    def _seen(self, what: str) -> str:
        return f"waited in vain for {what}; seen was\n{self.journal.describe()}"

    async def say(self, channel: Channel, content: str, author: User | None = None, **fields: object) -> Message:
        """Post a message as a person; the sessions that may hear it do, now or when they resume.

        Args:
            channel: where.
            content: what.
            author: who; the player unless given. A private channel's own recipient there.
            fields: more of the message object, as `message_reference={"message_id": "1"}`.
        """
        speaker = author or channel.recipient or self.world.player
        message = self.world.add_message(channel, speaker, content, body=dict(fields))
        self._core.sessions.dispatch_message(message)
        return message

    async def edit(self, message: Message, content: str) -> None:
        """Change a message as its author; the sessions that may hear it do."""
        self.world.edit_message(message, {"content": content})
        self._core.sessions.dispatch_message(message, "MESSAGE_UPDATE")

    async def reply_to(self, message: Message, timeout_seconds: float = 5.0) -> Message:
        """The bot's next message in that channel that answers this one: refers to it, or refers to nothing.

        Each of the bot's messages is returned once.

        Raises:
            TimeoutError: none came.
        """
        return await self._core.inbox.reply_to(message, timeout_seconds, self.journal.describe)

    def replies_to(self, message: Message) -> list[Message]:
        """Every message of the bot that could answer this one, for asserting there is just one."""
        return self._core.inbox.replies_to(message)

    async def slash(
        self, channel: Channel, name: str, options: Mapping[str, Option] | None = None, author: User | None = None
    ) -> Interaction:
        """Use a command, subcommands after spaces; it need not have been registered."""
        data = command_data(self.world, channel.guild, name, options or {})
        return self._interact(COMMAND, channel, author, data)

    async def autocomplete(
        self, channel: Channel, name: str, options: Mapping[str, Option], focused: str, author: User | None = None
    ) -> Interaction:
        """Type in an option of a command; the choices offered are in the interaction's `callback_data`."""
        data = command_data(self.world, channel.guild, name, options, focused)
        return self._interact(AUTOCOMPLETE, channel, author, data)

    async def press(
        self, message: Message, custom_id: str, author: User | None = None, *, values: list[str] | None = None
    ) -> Interaction:
        """Press a button of a message, or choose `values` of a select."""
        data: Json = {"custom_id": custom_id, "component_type": BUTTON if values is None else 3, "values": values or []}
        return self._interact(COMPONENT, message.channel, author, data, message)

    async def submit(
        self, opened_by: Interaction, fields: Mapping[str, str], author: User | None = None
    ) -> Interaction:
        """Fill in the form an interaction was answered with."""
        modal = opened_by.callback_data
        data: Json = {"custom_id": modal["custom_id"], "components": filled_in(modal["components"], fields)}
        return self._interact(MODAL, opened_by.channel, author or opened_by.author, data, opened_by.original)

    def _interact(
        self, kind: int, channel: Channel, author: User | None, data: Json, message: Message | None = None
    ) -> Interaction:
        user = author or channel.recipient or self.world.player
        interaction = self._core.interactions.open(kind, channel, user, data, message)
        self._core.sessions.dispatch("INTERACTION_CREATE", interaction.payload, channel.guild)
        return interaction

    async def announce_guild(self, guild: Guild) -> None:
        """Tell the bot of a guild added while it is connected."""
        payload = guild_payload(guild, self.world.bot, self.world.owner, all_members=False)
        # discord.py takes a guild for a new one only if this field is missing.
        payload.pop("unavailable")
        self._core.sessions.dispatch("GUILD_CREATE", payload, guild, GUILDS)

    async def remove_guild(self, guild: Guild) -> None:
        """Throw the bot out of a guild."""
        self.world.guilds.pop(guild.id)
        self._core.sessions.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild, GUILDS)

    async def send_event(self, name: str, payload: Json, guild: Guild | None = None) -> None:
        """Send an event of any kind and shape to the sessions of the guild's shard."""
        self._core.sessions.dispatch(name, payload, guild)

    def disturb(self, fault: GatewayFault, shard_id: int | None = None) -> int:
        """Let a fault strike the websockets that stand, or those of one shard, now; how many there were."""
        struck = [each for each in self._standing() if shard_id is None or _shard_of(each) == shard_id]
        for gateway_socket in struck:
            fault.strike(gateway_socket)
        return len(struck)

    def _standing(self) -> list[GatewaySocket]:
        return [
            each for each in self._server.gateway.sockets if each.session is not None and each.seen.closed_by is None
        ]

    def heal(self) -> None:
        """Withdraw all faults; silent connections speak again; only RESUME brings what they held back."""
        self.faults.clear()
        for gateway_socket in self._server.gateway.sockets:
            gateway_socket.silent = gateway_socket.withholds_acks = False

    async def gateway_down(self) -> None:
        """Drop every websocket and refuse new connections to the gateway (ECONNREFUSED)."""
        # Refuse first: a client that is dropped may come back at once.
        await self._server.hush(GATEWAY)
        for gateway_socket in list(self._server.gateway.sockets):
            gateway_socket.close(ABNORMAL_CLOSURE)

    async def gateway_up(self) -> None:
        """Accept websockets again, at the same address."""
        await self._server.listen(GATEWAY)

    async def api_down(self) -> None:
        """Refuse new connections to the REST API (ECONNREFUSED)."""
        await self._server.hush(REST)

    async def api_up(self) -> None:
        """Accept REST connections again, at the same address."""
        await self._server.listen(REST)

    def revoke_token(self) -> None:
        """Make the token worthless: 401 everywhere, every websocket closed with 4004."""
        self._core.revoke_token()

    def forget(self) -> None:
        """Empty the journal, the channels and the answered interactions: for long runs that have counted already."""
        self.journal.requests.clear()
        self.world.forget_messages()
        self._core.inbox.forget()
        self._core.interactions.by_token.clear()


def _shard_of(gateway_socket: GatewaySocket) -> int | None:
    return None if gateway_socket.session is None else gateway_socket.session.shard[0]
