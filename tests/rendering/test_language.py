"""Sentences in another language."""

from contextvars import copy_context

from modules.rendering.language import NOTHING, speak, speaks_english, spoken, translated, translations_for

GERMAN = {"Nothing": "Nichts", "and {count} more": "und {count} weitere"}


def test_a_locale_falls_back_to_its_language_and_then_to_english() -> None:
    languages = {"de": GERMAN}
    assert translations_for("de", languages) is GERMAN
    assert translations_for("de-AT", languages) is GERMAN
    assert translations_for("fr", languages) is NOTHING


def test_what_is_not_translated_stays_english() -> None:
    def told() -> list[str]:
        speak(GERMAN)
        assert spoken() is GERMAN
        assert not speaks_english()
        return [translated("Nothing"), translated("and {count} more", count=3), translated("Cancel")]

    assert copy_context().run(told) == ["Nichts", "und 3 weitere", "Cancel"]
    assert speaks_english()
