"""`/preferences`: what players choose for themselves."""

from collections.abc import Mapping

from modules.cogs.support.checking import checked
from modules.cogs.support.roller import Roller
from modules.cogs.support.settings_fields import NOTATION_LENGTH, USER_FIELDS, Field
from modules.cogs.support.settings_panel import SettingsPanel
from modules.commands.command import command
from modules.commands.components import Components
from modules.commands.invocation import Invocation
from modules.commands.reply import Reply
from modules.services.guild_settings import SettingsService


class PreferencesCog(SettingsPanel):
    """A player's own dialect, style and default roll; they go before the server's."""

    name = "preferences"
    title = "Your preferences"

    def __init__(self, components: Components, settings: SettingsService, roller: Roller) -> None:
        super().__init__(components)
        self._settings, self._roller = settings, roller

    @property
    def fields(self) -> tuple[Field, ...]:
        """What can be set."""
        return USER_FIELDS

    @command(
        "preferences", usage="preferences", description="Your own settings: dialect, style of answers, default roll"
    )
    async def preferences(self, invocation: Invocation) -> Reply:
        """Your own settings: dialect, style of answers, default roll."""
        return await self.panel(invocation)

    async def read(self, invocation: Invocation) -> object:
        """The player's settings."""
        return await self._settings.of_user(invocation.actor.id)

    def check(self, invocation: Invocation) -> None:
        """Everybody may change their own."""

    async def change(self, invocation: Invocation, changes: Mapping[str, object]) -> None:
        """Change some of them; a default roll has to be one."""
        kept = dict(changes)
        if isinstance(typed := kept.get("default_roll"), str):
            kept["default_roll"] = await checked(invocation, typed.strip()[:NOTATION_LENGTH], self._roller) or None
        await self._settings.change_user(invocation.actor.id, kept)
