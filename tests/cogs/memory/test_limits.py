"""Whatever the bot shows, at its fullest, stays within what Discord takes of a message and of a modal.

Source: https://discord.com/developers/docs/components/reference and .../resources/message
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import Env, InteractionResult
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.commands import replies
from modules.commands.reply import Reply
from modules.discord_api.rest import interactions
from modules.services.character_values import VALUES_AT_MOST
from modules.services.characters import MOST as CHARACTERS
from modules.services.saved_rolls import MOST as SAVED_ROLLS
from modules.services.services import Memory
from modules.storage.records import Owner, TemplateValue
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.ui.topics import TOPICS
from tests.bots import make_bot
from tests.cogs.test_languages import Ends

OPTION = ("label", "value", "description")
ROW, BUTTON, MENU, INPUT, TEXT, LABEL = 1, 2, 3, 4, 10, 18
WIDE = "剣"
NOTATION = "+".join(["12d1000000[火焰]"] * 60)
HUGE = "12d1000000*10**30*10**30*10**30"
MANY = "; ".join([f"{count}d20+{'2d6[fire]+' * 4}1" for count in range(1, 21)])
MESSAGES = [
    "!help",
    *(f"!help {each.name}" for each in TOPICS),
    *("!help saved", "!help character", "!help kh", "!help a", "!help nothing", f"!help {WIDE * 1_900}"),
    *("!saved", "!saved export", f"!saved share {WIDE}", f"!saved share {WIDE * 29}007", "!panel"),
    "!panel " + ",".join(f"{WIDE * 29}{number:03}" for number in range(50)),
    "!saved import " + "\n".join(f"{WIDE} {number} = 1d" for number in range(250)),
    "!saved import " + "\n".join(f"{WIDE}{number} = 1d6" for number in range(150)),
    *("!character", f"!character show {WIDE}", f"!character switch {WIDE * 40}", "!character export"),
    *(f"!character new {WIDE * 100} str 3", f"!character set {WIDE * 900} 3", "!character template"),
    *("!history", "!history channel", f"!history {WIDE * 1_900}", "!stats", "!mydata"),
    *("!settings", "!preferences", "!prefix", "!prefix " + "x" * 1_900, "!about", "!ping", "!invite", "!build"),
    *(f"!roll {NOTATION[:900]}1", f"!roll {HUGE}", f"!roll {MANY[:980]}", "!roll 50#20d20", "!roll 9999d6"),
    *("!roll " + "x" * 990, "!roll " + "_" * 990, f"!roll {WIDE * 990}", "!roll " + "*`|" * 330),
    *("!roll " + "1d6+" * 240 + "1d6hk3", "!roll " + "(" * 990, "!roll 2d6 " + "# " + "**`<@1>" * 100),
    *("!roll " + "x" * 1_994, "!roll 2d6 " + "*" * 1_985, "!roll 50#vtm20h5", "!explain"),
    *("!odds " + "+".join(["3d6"] * 40), "!odds 50d100 vs 60d90", "!odds " + "x" * 1_900, f"!odds {MANY[:980]}"),
    *("!odds 5d[" + ",".join(f"{WIDE * 9}{number}" for number in range(9)) + "]", "!gmroll 9999d6"),
    *("!verify", f"!verify {'9' * 1_900}", "!rol " + "1d6+" * 470 + "1", "!roll 1d6 secret"),
]


def walked(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for each in components:
        yield each
        yield from walked(each.get("components", ()))
        if "component" in each:
            yield from walked([each["component"]])


def excess(sent: Mapping[str, Any]) -> list[str]:
    """What Discord would refuse of a message or a modal."""
    found = [*walked(sent.get("components", ()))]
    kinds = Counter(each["type"] for each in found)
    texts = sum(len(each["content"]) for each in found if each["type"] == TEXT)
    counted = {
        "content": (len(sent.get("content") or ""), 2_000),
        "components": (len(found), 40),
        "texts": (texts, 4_000),
        "rows": (len(sent.get("components", ())), 40 if kinds[TEXT] else 5),
        "embeds": (len(sent.get("embeds", ())), 0),
        "title": (len(sent.get("title", "")), 45),
        "inputs": (kinds[INPUT], 5),
    }
    for number, each in enumerate(found):
        is_field = each["type"] in {INPUT, LABEL}
        parts = {
            "custom_id": 100,
            "label": 45 if is_field else 80,
            "placeholder": 100 if is_field else 150,
            "value": each.get("max_length", 4_000),
            "options": 25,
        }
        counted |= {f"{number} {name}": (len(each.get(name) or ""), most) for name, most in parts.items()}
        if each["type"] == ROW:
            counted[f"{number} in row"] = (len(each["components"]), 5 if each["components"][0]["type"] == BUTTON else 1)
        for option in each.get("options", ()):
            counted |= {f"{number} {name}": (len(option.get(name) or ""), 100) for name in OPTION}
    ids = [each["custom_id"] for each in found if "custom_id" in each]
    repeated = [f"custom id {each} twice" for each, times in Counter(ids).items() if times > 1]
    empty = [f"{each} is empty" for each in found if each["type"] == MENU and not each["options"]]
    return [*(f"{name}: {size} > {most}" for name, (size, most) in counted.items() if size > most), *repeated, *empty]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Every message and modal as it goes out."""
    kept: list[Mapping[str, Any]] = []
    payload, open_form = replies._payload, interactions.open_form

    def told(reply: Reply, **options: bool) -> dict[str, Any]:
        kept.append(payload(reply, **options))
        return dict(kept[-1])

    async def opened(interaction: discord.Interaction[Any], modal: discord.ui.Modal) -> None:
        kept.append(modal.to_dict())
        await open_form(interaction, modal)

    monkeypatch.setattr(replies, "_payload", told)
    monkeypatch.setattr(interactions, "open_form", opened)
    return kept


@pytest.fixture
def new_bot(memory: Memory, recorder: Recorder, latest: LatestSnapshot, tmp_path: Path) -> Callable[[], NazhBot]:
    return lambda: make_bot(
        tmp_path, recorder, latest, Ends(highest=True), memory=memory, REPOSITORY_URL="https://example.org"
    )


@pytest.fixture
async def hoarder(gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env, memory: Memory) -> MemberActor:
    """A player who has the most there can be of everything, in a server that has as much."""
    guild = simcord_env.guild
    for owner in (Owner("user", gamemaster.id), Owner("guild", guild.id)):
        named = [(f"{WIDE * 29}{number:03}", NOTATION) for number in range(SAVED_ROLLS[owner.kind])]
        await memory.saved_rolls.add_all(owner, named)
    values = {f"{WIDE * 30}{number:02}": "1d20+" * 39 + "1d20" for number in range(VALUES_AT_MOST)}
    for number in range(CHARACTERS):
        await memory.characters.add(gamemaster.id, guild.id, f"{WIDE * 58}{number:02}", values)
    asked = [TemplateValue(name, -(10**9), 10**9, "1d20+" * 39 + "1d20") for name in values]
    await memory.characters.set_template(guild.id, asked)
    rooms = [channel.id, *(guild.create_text_channel(f"{WIDE * 90}{number}").id for number in range(24))]
    chosen = {"prefix": "!", "allowed_channel_ids": tuple(rooms), "secret_channel_id": rooms[1]}
    await memory.settings.change_guild(guild.id, chosen)
    await memory.settings.change_user(gamemaster.id, {"default_roll": "1d20+" * 19 + "1d20"})
    await gamemaster.send(channel, f"!roll {'; '.join([HUGE] * 20)}")
    return gamemaster


async def test_every_answer_to_a_message_fits(
    hoarder: MemberActor, channel: ChannelHandle, sent: list[Mapping[str, Any]], raised: Callable[[], list[str]]
) -> None:
    refused = {}
    for text in MESSAGES:
        sent.clear()
        await hoarder.send(channel, text[:2_000])
        assert sent, text[:60]
        refused[text[:60]] = [over for each in sent for over in excess(each)]
    assert {text: over for text, over in refused.items() if over} == {}
    assert raised() == []


async def test_every_panel_menu_and_modal_fits(
    hoarder: MemberActor, channel: ChannelHandle, sent: list[Mapping[str, Any]], raised: Callable[[], list[str]]
) -> None:
    await _use_everything(hoarder, channel)
    assert len(sent) > 40
    assert [over for each in sent for over in excess(each)] == []
    assert raised() == []


async def _use_everything(player: MemberActor, channel: ChannelHandle) -> None:
    async def pressed(shown: InteractionResult, custom_id: str) -> InteractionResult:
        assert shown.response is not None
        return await player.click(shown.response, custom_id=custom_id)

    async def chosen(shown: InteractionResult, *values: Any) -> InteractionResult:
        assert shown.response is not None
        return await player.select(shown.response, values)

    for panel in ("settings", "preferences"):
        shown = await player.slash(channel, panel)
        assert shown.response is not None
        for option in shown.response.components[0]["components"][0]["options"]:
            await chosen(await player.slash(channel, panel), option["value"])
    await player.slash(channel, "character new", name=WIDE * 100)
    await player.slash(channel, "saved import")
    built = await player.slash(channel, "build")
    for label in ("d100",) * 5 + ("d20",) * 5 + ("d4",) * 5:
        assert built.response is not None
        built = await player.click(built.response, label=label)
    assert built.response is not None
    await player.click(built.response, label="±")
    for dice in ("1d20+5", f"1d20+{'1d6+' * 30}1 # {WIDE * 90}"):
        rolled = await player.slash(channel, "roll", dice=dice, label=WIDE * 100)
        assert rolled.response is not None
        await player.click(rolled.response, label="± Modifier")
        for value in ("times", "keep add", "odds", "explain", "copy"):
            await chosen(await player.click(rolled.response, label="⋯ More"), value)
    await player.slash(channel, "roll", dice=NOTATION[:400], secret=True)
    talk = await player.send(
        channel, " ".join(f"{number}d{WIDE}{number}d6+{number}d{number}00000" for number in range(1, 90))
    )
    await player.context_menu(channel, "Roll the dice in this message", talk)
    shown = await player.slash(channel, "history", channel=True, dice="d" * 100, since="2016-01-01", until="2099-01-01")
    shown = await player.slash(channel, "history", channel=True, since="2016-01-01", until="2099-01-01")
    assert shown.response is not None
    await player.click(shown.response, label="Older")
    menu = shown.response.components[0]["components"][0]
    await player.select(shown.response, [menu["options"][0]["value"]])


def test_what_is_too_much_is_noticed() -> None:
    button = {"type": BUTTON, "label": "x" * 81, "custom_id": "a"}
    rows = [{"type": ROW, "components": [button] * 6}] * 6
    text = [{"type": 17, "components": [{"type": TEXT, "content": "x" * 4_001}]}]
    menu = {"type": MENU, "custom_id": "m", "options": [{"label": "x" * 101, "value": "v"}] * 26}
    assert len(excess({"content": "x" * 2_001, "components": rows})) == 1 + 1 + 1 + 36 + 6 + 1
    assert excess({"components": text}) == ["texts: 4001 > 4000"]
    assert len(excess({"components": [{"type": ROW, "components": [menu]}]})) == 2
    assert excess({"title": "x" * 46, "components": []}) == ["title: 46 > 45"]
