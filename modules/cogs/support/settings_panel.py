"""What the panels of a server and of a player share: show every setting, change one, show them again."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import discord
from discord.ext import commands

from modules.cogs.support.settings_fields import Field, Kind
from modules.commands.components import Components, chosen_values, custom_id, modal_fields
from modules.commands.invocation import Invocation
from modules.commands.reply import Answer, Form, Reply
from modules.discord_api.components import Component, channel_menu, role_menu, row
from modules.rendering.language import translated
from modules.ui.buttons import Option, menu, question
from modules.ui.settings import CHANNELS_AT_MOST, settings_text, value_rows


class SettingsPanel(commands.Cog):
    """A panel of settings.

    Attributes:
        name: Of its components: the menu of settings; with `set` and `unset` behind it, what changes one.
        title: Whose settings they are.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, components: Components) -> None:
        components.register(self.name, self.choose)
        components.register(f"{self.name}set", self.set)
        components.register(f"{self.name}unset", self.unset)

    @property
    @abstractmethod
    def fields(self) -> tuple[Field, ...]:
        """What can be set."""

    @abstractmethod
    async def read(self, invocation: Invocation) -> object:
        """The settings, with an attribute for each field."""

    @abstractmethod
    async def change(self, invocation: Invocation, changes: Mapping[str, object]) -> None:
        """Change some of them.

        Raises:
            Refusal: That is no value for it.
        """

    @abstractmethod
    def check(self, invocation: Invocation) -> None:
        """Let those pass who may change them.

        Raises:
            Refusal: The person may not.
        """

    async def panel(self, invocation: Invocation, *, replaces: bool = False, may_change: bool = True) -> Reply:
        """Every setting, with a menu to change one."""
        settings = await self.read(invocation)
        lines = [(each.label, each.shown(getattr(settings, each.name)), each.meaning) for each in self.fields]
        options = [Option(each.name, each.label, each.meaning) for each in self.fields]
        menus = [menu(custom_id(self.name), "What would you like to change?", options)] if may_change else []
        return Reply(settings_text(self.title, lines), components=menus, ephemeral=True, replaces=replaces)

    async def choose(self, invocation: Invocation, _payload: str) -> Answer:
        """Ask for the new value of the setting that was chosen; without a choice, go back to all of them."""
        self.check(invocation)
        chosen = next((each for each in self.fields if each.name in chosen_values(invocation)), None)
        if chosen is None:
            return await self.panel(invocation, replaces=True)
        value = getattr(await self.read(invocation), chosen.name)
        if chosen.kind is Kind.SWITCH:
            return await self._changed(invocation, {chosen.name: not chosen.is_on(value)})
        answer_id = custom_id(f"{self.name}set", chosen.name)
        if chosen.kind is Kind.TEXT:
            return Form(question(chosen.label, answer_id, chosen.label, translated(chosen.meaning), max_length=100))
        rows = value_rows(
            _menu(chosen, answer_id), custom_id(f"{self.name}unset", chosen.name), custom_id(self.name, "back")
        )
        text = settings_text(self.title, [(chosen.label, chosen.shown(value), chosen.meaning)])
        return Reply(text, components=rows, ephemeral=True, replaces=True)

    async def set(self, invocation: Invocation, payload: str) -> Answer:
        """Take the value that was chosen or typed."""
        self.check(invocation)
        field = next(each for each in self.fields if each.name == payload)
        chosen = chosen_values(invocation)
        match field.kind:
            case Kind.TEXT:
                value: object = modal_fields(invocation).get("answer", "")
            case Kind.CHOICE:
                value = chosen[0]
            case Kind.CHANNELS:
                value = tuple(map(int, chosen))
            case _:
                value = int(chosen[0])
        return await self._changed(invocation, {field.name: value})

    async def unset(self, invocation: Invocation, payload: str) -> Answer:
        """Let the default hold."""
        self.check(invocation)
        return await self._changed(invocation, {payload: None})

    async def _changed(self, invocation: Invocation, changes: Mapping[str, object]) -> Reply:
        await self.change(invocation, changes)
        return await self.panel(invocation, replaces=True)


def _menu(field: Field, answer_id: str) -> Component:
    """A row with a menu of the values of a setting."""
    if field.kind is Kind.CHOICE:
        return menu(answer_id, field.label, field.choices)
    label = translated(field.label)
    if field.kind is Kind.ROLE:
        return row(role_menu(answer_id, label))
    return row(channel_menu(answer_id, label, CHANNELS_AT_MOST if field.kind is Kind.CHANNELS else 1))


def may_write(guild: discord.Guild | None, channel_id: int) -> bool:
    """Whether the bot can write in a channel or thread of a guild, as far as is known here."""
    channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
    if guild is None or channel is None or guild.me is None:
        return False
    rights = channel.permissions_for(guild.me)
    is_thread = isinstance(channel, discord.Thread)
    return rights.view_channel and (rights.send_messages_in_threads if is_thread else rights.send_messages)
