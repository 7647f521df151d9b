import discord

from modules.ui.buttons import LABEL_LENGTH, Button, Option, button_view, menu_view, question


async def test_buttons_keep_their_ids_and_fit_their_labels() -> None:
    view = button_view([Button("Roll again", "again:=1d20", "🎲"), Button("x" * 100, "b:", is_main=True)])
    first, second = view.children
    assert isinstance(first, discord.ui.Button)
    assert isinstance(second, discord.ui.Button)
    assert (first.label, first.custom_id, str(first.emoji)) == ("Roll again", "again:=1d20", "🎲")
    assert second.label == "x" * (LABEL_LENGTH - 1) + "…"
    assert second.style is discord.ButtonStyle.primary
    assert view.is_persistent()


async def test_a_menu_lists_its_options() -> None:
    (select,) = menu_view("menu:", "What next?", [Option("a", "A"), Option("b", "B", "more")]).children
    assert isinstance(select, discord.ui.Select)
    assert [(each.value, each.label, each.description) for each in select.options] == [
        ("a", "A", None),
        ("b", "B", "more"),
    ]


async def test_a_question_has_one_field() -> None:
    (field,) = question("Title", "id:", "How many?", "3", max_length=2).children
    assert isinstance(field, discord.ui.TextInput)
    assert (field.custom_id, field.max_length, field.placeholder) == ("answer", 2, "3")
