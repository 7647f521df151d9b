"""Everything a player reads comes out of the catalogue: a language in which each letter of it has an accent shows it.

What a player typed, notation and proper names have none, so any other plain word is a sentence that was forgotten.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from discord import Locale
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult, ResponseMessage

from modules.bot import NazhBot
from modules.dice.rolling.source import Faces, RandomSource
from modules.rendering.language import speak, translated, translations_for
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.ui.topics import TOPICS
from tests.bots import make_bot

ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀćđéƒǵĥíĵķĺɱńóƥɋŕśţúṽŵẋýźÁƁĆĐÉƑǴĤÍĴĶĹṀŃÓƤɊŔŚŢÚṼŴẊÝŹ"
)
UNTOUCHED = re.compile(r"(\{[^{}]*\}|`[^`]*`|<[^<>]*>)")
"""Parameters, code and mentions within a sentence."""
CHOICE = re.compile(r"(?<=:)[^{}:]*\|[^{}]*(?=\}$)")
"""One word or another, by the number of a parameter."""
PLAIN = re.compile(
    r"```\n(?P<typed>[^\n]*)\n *\^*\n```|```\n[^\n]*```|`[^`]*`|<[^<>]*>|\(https?:[^)]*\)|Nazh Engine|discord\.py",
    re.DOTALL,
)
"""What has no language: code, what an operator means, mentions, links and names."""


def _accented(words: re.Match[str]) -> str:
    return words[0].translate(ACCENTS)


class Accented(Mapping[str, str]):
    """Every sentence there is, in a language of its own."""

    def __getitem__(self, english: str) -> str:
        return "".join(
            CHOICE.sub(_accented, part) if place % 2 else part.translate(ACCENTS)
            for place, part in enumerate(UNTOUCHED.split(english))
        )

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


ACCENTED = Accented()


class Ends(RandomSource):
    """Every die shows the same end."""

    def __init__(self, *, highest: bool) -> None:
        self._highest = highest

    def roll(self, sides: int, count: int) -> Faces:
        return (sides if self._highest else 1,) * count


@pytest.fixture(params=["highest", "lowest"])
def new_bot(
    recorder: Recorder, latest: LatestSnapshot, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], NazhBot]:
    def make() -> NazhBot:
        bot = make_bot(tmp_path, recorder, latest, Ends(highest=request.param == "highest"))
        bot.handling.languages = {"en-US": ACCENTED, "de": ACCENTED}
        return bot

    return make


def forgotten(text: str) -> list[str]:
    """Plain words that came from no catalogue."""
    return re.findall(r"(?<![\w])[A-Za-z]{3,}", PLAIN.sub(" ", text))


def read(message: ResponseMessage) -> str:
    """All that a player reads of a message: its text, and what its buttons and menus say."""
    return "\n".join([message.content, *words(message.components)])


def words(components: list[dict[str, Any]]) -> Iterator[str]:
    for each in components:
        yield from (
            str(each[name]) for name in ("content", "label", "placeholder", "description", "title") if each.get(name)
        )
        yield from words([*each.get("components", []), *each.get("options", [])])


def answer(result: InteractionResult) -> str:
    assert result.response is not None
    return read(result.response)


async def said(player: MemberActor, channel: ChannelHandle, text: str) -> str:
    """Everything the bot answers to a message."""
    question = await player.send(channel, text)
    answers = [each for each in channel.history() if each.author.bot and each.id > question.id]
    assert answers
    return "\n".join(
        "\n".join([each.content, *words([part.to_dict() for part in each.components])])  # type: ignore[misc]
        for each in answers
    )


def test_a_language_stands_in_for_its_countries_and_english_for_the_rest() -> None:
    german, brazilian = {"Roll": "Würfeln"}, {"Roll": "Rolar"}
    languages = {"de": german, "pt-BR": brazilian}
    assert translations_for("de", languages) == german
    assert translations_for("de-AT", languages) == german
    assert translations_for("pt-BR", languages) == brazilian
    assert not translations_for("pt", languages)
    speak({"{count} dice": "{count} Würfel"})
    assert translated("{count} dice", count=2) == "2 Würfel"
    assert translated("{count} coins", count=2) == "2 coins"
    speak({})


async def test_every_name_and_description_of_every_command_can_be_translated(
    simcord_bot: NazhBot, simcord_env: Env
) -> None:
    assert simcord_env is not None, "the cogs are loaded"
    tree = simcord_bot.tree
    assert tree.translator is not None
    assert len(tree.get_commands()) > 5
    for command in tree.get_commands():
        _is_translated(await command.get_translated_payload(tree, tree.translator), command.name)


def _is_translated(described: Any, where: str) -> None:
    assert Locale.german.value in described["name_localizations"], f"name of {where}"
    if described.get("description"):
        assert Locale.german.value in described["description_localizations"], f"description of {where}"
    for each in [*described.get("options", []), *described.get("choices", [])]:
        _is_translated(each, f"{where} {each['name']}")


@pytest.mark.parametrize(
    "text",
    [
        "!roll 2d6+3",
        "!roll",
        "!roll 1d20+5 vs 15",
        "!roll 1d20",
        "!roll 6#4d6kh3",
        "!roll 1d20; 2d6",
        "!roll 4d6hk3",
        "!roll 4d6kh",
        "!roll 1d6/0",
        "!roll 9d6>=5",
        "!rol 2d6",
        "!build",
        "!ping",
        "!about",
        "!invite",
        "!help nothing",
        "!help roll",
        "!help kh",
    ],
)
async def test_what_is_answered_to_a_message_comes_from_the_catalogue(
    alice: MemberActor, channel: ChannelHandle, text: str
) -> None:
    assert forgotten(await said(alice, channel, text)) == []


@pytest.mark.parametrize("topic", ["", *(each.name for each in TOPICS), "roll", "saved"])
async def test_help_comes_from_the_catalogue(alice: MemberActor, channel: ChannelHandle, topic: str) -> None:
    assert forgotten(answer(await alice.slash(channel, "help", topic=topic))) == []


async def test_buttons_menus_and_modals_come_from_the_catalogue(alice: MemberActor, channel: ChannelHandle) -> None:
    rolled = await alice.slash(channel, "roll", dice="1d20+5")
    assert rolled.response is not None
    modal = await alice.click(rolled.response, custom_id="mod:=1d20+5")
    assert modal.modal is not None
    assert forgotten("\n".join(words([modal.modal]))) == []
    refused = await alice.submit_modal(modal, {"answer": "lots"})
    assert forgotten(answer(refused)) == []
    again = await alice.click(rolled.response, custom_id="adv:=1d20+5")
    assert forgotten(answer(again)) == []
    secret = await alice.slash(channel, "roll", dice="1d6", secret=True)
    assert forgotten(answer(secret)) == []
    assert secret.response is not None
    assert forgotten(answer(await alice.click(secret.response, custom_id="reveal:"))) == []
    assert forgotten(answer(await alice.click(secret.response, custom_id="reveal:"))) == []


async def test_suggestions_come_from_the_catalogue(alice: MemberActor, channel: ChannelHandle) -> None:
    for typed in ("2d6+3", "4d6hk3", "1d20 vs 15", "1d6!"):
        for choice in await alice.autocomplete(channel, "roll", "dice", typed):
            assert forgotten(choice["name"]) == []


def test_no_sentence_is_filled_in_before_it_is_looked_up() -> None:
    found = []
    for path in sorted([*Path("modules/cogs").rglob("*.py"), *Path("modules/commands").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Refusal", "translated"}
            ):
                found += [f"{path}:{node.lineno}" for said in node.args[:1] if isinstance(said, ast.JoinedStr)]
    assert found == [], "`translated` fills in what stands in braces"


def test_no_sentence_is_put_together_outside_of_the_catalogue() -> None:
    found = []
    for folder in ("cogs", "cogs/support", "ui", "rendering"):
        for path in sorted(Path("modules", folder).glob("*.py")):
            tree = ast.parse(path.read_text())
            looked_up = {id(each) for node in ast.walk(tree) for each in _looked_up(node)}
            found += [
                f"{path}:{node.lineno} {ast.unparse(node)}"
                for node in ast.walk(tree)
                if isinstance(node, ast.JoinedStr) and id(node) not in looked_up and _has_words(node)
            ]
    # What is only used where nothing is translated.
    assert [each for each in found if "rendering/layout.py" not in each] == []


def _looked_up(node: ast.AST) -> list[ast.expr]:
    """What is a sentence to look up, or the value of a menu's line."""
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return node.args if isinstance(node, ast.Call) and called in {"translated", "Option"} else []


def _has_words(node: ast.JoinedStr) -> bool:
    """Whether there are words in it beside the names, the code and the custom ids."""
    text = "".join(str(each.value) if isinstance(each, ast.Constant) else "\0" for each in node.values)
    return bool(re.search(r"(?<![^\s(])[A-Za-z]{3,}(?=[,:]?(?:[\s)]|$))", PLAIN.sub(" ", text)))
