"""Names and descriptions of slash commands in the languages of the catalogue."""

from collections.abc import Mapping

from discord import Locale, app_commands

from modules.rendering.language import Translations, translations_for


class CommandTranslator(app_commands.Translator):
    """Looks names, descriptions, options and choices up where answers are looked up too.

    Args:
        languages: By Discord's names of them.
    """

    def __init__(self, languages: Mapping[str, Translations]) -> None:
        self._languages = languages

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, _context: app_commands.TranslationContextTypes, /
    ) -> str | None:
        """The translation; None where Discord shall show the English."""
        return translations_for(locale.value, self._languages).get(string.message)
