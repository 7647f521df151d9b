"""The commands, one concern a file."""

from discord.ext import commands

from modules.cogs.about import AboutCog
from modules.cogs.builder import BuilderCog
from modules.cogs.characters import CharactersCog
from modules.cogs.edits import EditsCog
from modules.cogs.emojis import EmojisCog
from modules.cogs.gm_rolls import GmRollsCog
from modules.cogs.help import HelpCog
from modules.cogs.history import HistoryCog
from modules.cogs.message_menus import MessageMenusCog
from modules.cogs.named_rolls import NamedRollsCog
from modules.cogs.odds import OddsCog
from modules.cogs.preferences import PreferencesCog
from modules.cogs.privacy import PrivacyCog
from modules.cogs.roll import RollCog
from modules.cogs.roll_buttons import RollButtonsCog
from modules.cogs.saved_rolls import SavedRollsCog
from modules.cogs.secret_rolls import SecretRollsCog
from modules.cogs.settings import SettingsCog
from modules.cogs.support.answered import AnsweredRolls
from modules.cogs.support.odds import OddsReplies
from modules.cogs.support.requests import DiceEmojis, Requests
from modules.cogs.support.roller import Roller
from modules.cogs.support.suggestions import Suggestions
from modules.cogs.table_talk import TableTalkCog
from modules.cogs.verify import VerifyCog
from modules.cogs.welcome import WelcomeCog
from modules.cogs.what_if import WhatIfCog
from modules.commands.command_bot import CommandBot
from modules.services.players import Players
from modules.services.services import Services


def make_cogs(bot: CommandBot, services: Services) -> list[commands.Cog]:
    """Every cog of the product. Add yours here.

    Args:
        bot: Whose commands they are.
        services: Each cog takes what it needs of these.
    """
    emojis = DiceEmojis()
    memory = services.memory
    players = Players(memory.settings, memory.saved_rolls, memory.characters)
    roller = Roller(services.rolls, Requests(players, emojis))
    suggestions = Suggestions(roller.reader)
    odds = OddsReplies(services.odds, roller)
    answered = AnsweredRolls(bot.handling.replies)
    secret_rolls = SecretRollsCog(bot, roller)
    what_if = WhatIfCog(bot.handling.components, roller)
    return [
        RollCog(roller, secret_rolls, answered, suggestions),
        OddsCog(bot.handling.components, odds, suggestions),
        EditsCog(bot, roller, answered),
        RollButtonsCog(bot.handling.components, roller, odds, what_if),
        what_if,
        secret_rolls,
        BuilderCog(bot.handling.components, roller, secret_rolls),
        MessageMenusCog(bot, roller),
        GmRollsCog(bot, roller),
        TableTalkCog(bot, roller),
        SavedRollsCog(bot, roller, players),
        NamedRollsCog(bot, roller, players),
        HistoryCog(bot.handling.components, memory.ledger),
        VerifyCog(bot, memory.ledger),
        CharactersCog(bot, players),
        PrivacyCog(bot, memory),
        SettingsCog(bot, memory.settings),
        PreferencesCog(bot.handling.components, memory.settings, roller),
        HelpCog(bot, roller),
        AboutCog(bot, services.latest),
        WelcomeCog(bot),
        EmojisCog(bot, emojis),
    ]
