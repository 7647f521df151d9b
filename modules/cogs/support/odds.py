"""Answers with odds, for the command and for the menu under a roll."""

from dataclasses import dataclass
from typing import Final

from modules.cogs.support.roller import MEND, Roller
from modules.commands.invocation import Invocation
from modules.commands.reply import Attachment, Reply
from modules.dice.errors import DiceError
from modules.rendering.language import translated
from modules.services.odds import OddsQuestion, OddsService
from modules.services.roll_specs import RollSpec
from modules.ui.buttons import Button, button_rows

ODDS: Final = "odds"
"""Name of the component that tells the odds of a roll."""


@dataclass(frozen=True, slots=True)
class OddsReplies:
    """Asks for odds and makes the answer.

    Attributes:
        odds: Works them out.
        roller: Makes the buttons.
    """

    odds: OddsService
    roller: Roller

    async def answer(self, invocation: Invocation, question: OddsQuestion, *, ephemeral: bool = False) -> Reply:
        """The odds in words, with their chart and a button that rolls.

        Raises:
            Refusal: There is no answer; with a button for each suggestion.
        """
        request = await self.roller.requests.of(invocation, RollSpec.of(question.notation).text)
        question = question._replace(notation=request.notation, dialect=request.dialect, saved=request.saved)
        try:
            answer = await self.odds.ask(question)
        except DiceError as error:
            raise self.roller.refusal(RollSpec(request.notation), error, ODDS, "Odds of") from None
        files = [Attachment("odds.png", answer.chart, answer.description)] if answer.chart is not None else []
        button = Button(translated("Roll it"), self.roller.id_of(MEND, RollSpec.of(answer.notation)), "🎲")
        return Reply(answer.text, files=files, components=button_rows([button]), ephemeral=ephemeral)

    async def told(self, invocation: Invocation, spec: RollSpec) -> Reply:
        """The odds of a roll that stands in the channel, for the asker alone.

        Raises:
            Refusal: There is no answer.
        """
        return await self.answer(invocation, OddsQuestion(spec.text), ephemeral=True)
