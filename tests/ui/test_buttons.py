import discord

from modules.discord_api.components import LABEL_LENGTH, is_layout
from modules.rendering.answers import Outcome
from modules.ui.answers import COLOURS, card
from modules.ui.buttons import Button, Option, button_rows, menu, question


def test_buttons_keep_their_ids_and_fit_their_labels() -> None:
    (row,) = button_rows([Button("Roll again", "again:=1d20", "🎲"), Button("x" * 100, "b:", is_main=True)])
    first, second = row["components"]
    again = {"type": 2, "style": 2, "label": "Roll again", "custom_id": "again:=1d20", "emoji": {"name": "🎲"}}
    assert first == again
    assert second == {"type": 2, "style": 1, "label": "x" * (LABEL_LENGTH - 1) + "…", "custom_id": "b:"}


def test_buttons_stand_in_rows_of_five() -> None:
    rows = button_rows([Button(str(number), str(number)) for number in range(7)])
    assert [len(row["components"]) for row in rows] == [5, 2]
    assert not is_layout(rows)


def test_a_card_has_the_colour_of_its_outcome_and_shows_its_file() -> None:
    shown = card("text", Outcome.FAILURE, "dice.txt")
    assert is_layout([shown, *button_rows([Button("a", "b:")])])
    assert shown["accent_color"] == COLOURS[Outcome.FAILURE]
    text, file = shown["components"]
    assert text["content"] == "text"
    assert file["file"] == {"url": "attachment://dice.txt"}


def test_a_menu_lists_its_options() -> None:
    (shown,) = menu("menu:", "What next?", [Option("a", "A"), Option("b", "B", "more")])["components"]
    assert (shown["type"], shown["custom_id"], shown["placeholder"]) == (3, "menu:", "What next?")
    assert shown["options"] == [{"label": "A", "value": "a"}, {"label": "B", "value": "b", "description": "more"}]


async def test_a_question_has_one_field() -> None:
    (field,) = question("Title", "id:", "How many?", "3", max_length=2).children
    assert isinstance(field, discord.ui.TextInput)
    assert (field.custom_id, field.max_length, field.placeholder) == ("answer", 2, "3")
