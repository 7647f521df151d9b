"""Interactions: answered within three seconds, once, and then through their webhook for a quarter of an hour."""

from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .errors import ApiError, Json, unknown
from .journal import Pulse
from .payloads import channel_payload, invoker_payload, message_payload
from .snowflakes import interaction_token
from .validation import check_message
from .world import Attachment, Channel, Message, User, World

ACKNOWLEDGE_WITHIN_SECONDS = 3.0
TOKEN_LIVES_SECONDS = 15 * 60.0

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 4, 5, 6, 7, 8, 9
LOADING_FLAG = 1 << 7
EPHEMERAL_FLAG = 1 << 6


@dataclass(slots=True, eq=False)
class Interaction:
    """One use of a command, button or form, and what the bot made of it.

    Attributes:
        created_at: Unix time at which the bot was told.
        callback_type: how it was acknowledged, or None yet: 4 message, 5 deferred, 6 deferred update, 7 update,
            8 choices, 9 modal.
        callback_data: what came with that.
        original: the message it was answered with, or whose button it was; None before that.
        loading: whether "thinking ..." still stands where the answer will be.
        followups: further messages.
        refused_codes: Discord's codes of refused answers: 10062 too late, 40060 twice.
    """

    id: int
    type: int
    channel: Channel
    author: User
    payload: Json
    created_at: float
    token: str
    callback_type: int | None = None
    callback_data: Json = field(default_factory=dict)
    acknowledged_at: float | None = None
    original: Message | None = None
    loading: bool = False
    followups: list[Message] = field(default_factory=list)
    refused_codes: list[int] = field(default_factory=list)
    pulse: Pulse = field(default_factory=Pulse)

    async def acknowledged(self, timeout_seconds: float = 5.0) -> int:
        """The type of the first callback.

        Raises:
            TimeoutError: none came.
        """
        await self.pulse.until(lambda: self.callback_type is not None, timeout_seconds, self._describe)
        assert self.callback_type is not None
        return self.callback_type

    async def response(self, timeout_seconds: float = 5.0) -> Message:
        """The message the user gets to see: at once, or in place of "thinking ...".

        Raises:
            TimeoutError: none came.
        """
        await self.pulse.until(lambda: self.original is not None and self._answered, timeout_seconds, self._describe)
        assert self.original is not None
        return self.original

    @property
    def _answered(self) -> bool:
        return self.callback_type is not None and not self.loading

    def _describe(self) -> str:
        kind = self.callback_type
        state = "never acknowledged" if kind is None else f"acknowledged with type {kind}"
        return f"interaction {self.id} was {state}, loading={self.loading}, refused={self.refused_codes}"


class Interactions:
    """All interactions, by their tokens, and the rules of answering them."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self.by_token: dict[str, Interaction] = {}

    def open(
        self, kind: int, channel: Channel, author: User, data: Json, message: Message | None = None
    ) -> Interaction:
        """Make an interaction; its `payload` is what INTERACTION_CREATE carries."""
        interaction_id = self._world.mint()
        token = interaction_token(interaction_id)
        interaction = Interaction(interaction_id, kind, channel, author, {}, self._clock.now(), token)
        interaction.payload = self._payload(interaction, data, message)
        if kind == COMPONENT or (kind == MODAL and message is not None):
            interaction.original = message
        self.by_token[interaction.token] = interaction
        return interaction

    def _payload(self, interaction: Interaction, data: Json, message: Message | None) -> Json:
        channel = interaction.channel
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self._world.bot.id),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": channel_payload(channel),
            "locale": "en-US",
            "app_permissions": str((1 << 50) - 1),
            "entitlements": [],
            "authorizing_integration_owners": self._owners(interaction),
            "context": 0 if channel.guild else 2 if channel.people else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
            **invoker_payload(channel, interaction.author),
        }
        if channel.guild is not None:
            payload |= {
                "guild_locale": "en-US",
                "guild": {"id": str(channel.guild.id), "locale": "en-US", "features": []},
            }
        if message is not None:
            payload["message"] = message_payload(message, self._world)
        return payload

    def _owners(self, interaction: Interaction) -> Json:
        """Who installed the app: the guild or, where the bot itself is not, the person."""
        channel = interaction.channel
        if channel.id not in self._world.channels:
            return {"1": str(interaction.author.id)}
        return {"0": str(channel.guild.id) if channel.guild else "0"}

    def acknowledge(self, interaction_id: int, token: str, body: Json, attachments: list[Attachment]) -> Interaction:
        """Take the first answer, within three seconds.

        Raises:
            ApiError: 10062 for an unknown or late one, 40060 for a second one, or what is wrong with the message.
        """
        interaction = self.by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown("interaction")
        if interaction.callback_type is not None:
            raise self._refuse(interaction, ApiError(400, 40060, "Interaction has already been acknowledged."))
        if self._clock.now() - interaction.created_at > ACKNOWLEDGE_WITHIN_SECONDS:
            raise self._refuse(interaction, unknown("interaction"))
        kind, data = int(body["type"]), body.get("data") or {}
        # Before it counts as answered: a message that is refused leaves it open.
        self._take_effect(interaction, kind, data, attachments)
        interaction.callback_type, interaction.callback_data = kind, data
        interaction.acknowledged_at = self._clock.now()
        interaction.pulse.beat()
        return interaction

    def _take_effect(self, interaction: Interaction, kind: int, data: Json, attachments: list[Attachment]) -> None:
        if kind == MESSAGE:
            check_message(data, has_files=bool(attachments))
            interaction.original = self._add(interaction, data, attachments)
        elif kind == DEFERRED_MESSAGE:
            interaction.loading = True
            interaction.original = self._add(interaction, {"flags": (data.get("flags") or 0) | LOADING_FLAG}, [])
        elif kind == UPDATE and interaction.original is not None:
            check_message(data, is_edit=True)
            self._world.edit_message(interaction.original, data, attachments)

    def _add(self, interaction: Interaction, data: Json, attachments: list[Attachment]) -> Message:
        return self._world.add_message(
            interaction.channel,
            self._world.bot,
            data.get("content") or "",
            body=data,
            attachments=attachments,
            interaction_id=interaction.id,
        )

    def by_webhook(self, token: str) -> Interaction:
        """The interaction whose webhook this is.

        Raises:
            ApiError: 10015 for an unknown or unacknowledged one, 50027 after a quarter of an hour.
        """
        interaction = self.by_token.get(token)
        if interaction is None or interaction.callback_type is None:
            raise unknown("Webhook")
        if self._clock.now() - interaction.created_at > TOKEN_LIVES_SECONDS:
            raise self._refuse(interaction, ApiError(401, 50027, "Invalid Webhook Token"))
        return interaction

    def follow_up(self, interaction: Interaction, body: Json, attachments: list[Attachment]) -> tuple[Message, bool]:
        """Post a further message; the first after a deferral takes the place of "thinking ...".

        Returns:
            The message, and whether it is a new one.
        """
        check_message(body, has_files=bool(attachments))
        if interaction.loading and interaction.original is not None:
            self.edit(interaction, interaction.original, body, attachments)
            return interaction.original, False
        message = self._add(interaction, body, attachments)
        interaction.followups.append(message)
        interaction.pulse.beat()
        return message, True

    def edit(self, interaction: Interaction, message: Message, body: Json, attachments: list[Attachment]) -> None:
        """Change a message of the interaction, which ends a deferral."""
        check_message(body, is_edit=True, has_files=bool(attachments))
        if message is interaction.original and interaction.loading:
            interaction.loading = False
            # Who sees it was settled by the deferral; the answer cannot change that.
            body = {**body, "flags": (message.flags & EPHEMERAL_FLAG) | (int(body.get("flags") or 0) & ~EPHEMERAL_FLAG)}
        self._world.edit_message(message, body, attachments)
        interaction.pulse.beat()

    def message(self, interaction: Interaction, name: str) -> Message:
        """A message of the interaction by its id, or `@original`.

        Raises:
            ApiError: 10008, there is none of that name.
        """
        known = [*interaction.followups, *([interaction.original] if interaction.original else [])]
        for message in known:
            if not message.deleted and (
                name == str(message.id) or (name == "@original" and message is interaction.original)
            ):
                return message
        raise unknown("Message")

    def callback_payload(self, interaction: Interaction) -> Json:
        """What a callback with `with_response` is answered with."""
        about: Json = {"id": str(interaction.id), "type": interaction.type}
        original = interaction.original
        if original is None or interaction.callback_type in (CHOICES, OPEN_MODAL):
            return {"interaction": about}
        about |= {
            "response_message_id": str(original.id),
            "response_message_loading": interaction.loading,
            "response_message_ephemeral": original.ephemeral,
        }
        resource: dict[str, Any] = {
            "type": interaction.callback_type,
            "message": message_payload(original, self._world),
        }
        return {"interaction": about, "resource": resource}

    def _refuse(self, interaction: Interaction, error: ApiError) -> ApiError:
        interaction.refused_codes.append(error.code)
        interaction.pulse.beat()
        return error
