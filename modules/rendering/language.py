"""Sentences in the language of whoever reads them. English is the key, and what is shown where there is no other.

A language is one entry of `LANGUAGES`; slash commands, answers and errors all look there. What is untranslated stays
English, so a language can grow sentence by sentence.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

Translations = Mapping[str, str]
"""English → translation, with the same names in braces."""

NOTHING: Final[Translations] = MappingProxyType({})

LANGUAGES: Final[Mapping[str, Translations]] = MappingProxyType({})
"""Discord's name of a language (`de`, `pt-BR`) → its translations; English needs none."""

_SPOKEN: ContextVar[Translations] = ContextVar("translations", default=NOTHING)


def translations_for(locale: str, languages: Mapping[str, Translations] = LANGUAGES) -> Translations:
    """The translations for a locale, else those for its language, else none."""
    return languages.get(locale) or languages.get(locale.partition("-")[0]) or NOTHING


def speak(translations: Translations) -> None:
    """Let this task, and the tasks that it starts, answer in a language from now on."""
    _SPOKEN.set(translations)


def spoken() -> Translations:
    """The language that is spoken; always the same object for the same language."""
    return _SPOKEN.get()


def speaks_english() -> bool:
    """Whether sentences stay as they are."""
    return not _SPOKEN.get()


def translated(english: str, **parameters: object) -> str:
    """A sentence in the language that is spoken.

    Args:
        english: The sentence, with names in braces; letter for letter as in the catalogue.
        **parameters: What the names stand for.
    """
    template = _SPOKEN.get().get(english, english)
    return template.format_map(parameters) if parameters else template
