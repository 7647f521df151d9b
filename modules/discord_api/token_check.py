"""Ends the session where Discord no longer accepts the token, with one further request to be sure."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import discord

from modules.discord_api.failures import Decision, classify
from modules.discord_api.rest.guard import RestGuard

ASK_AGAIN_SECONDS: Final = 5.0


async def token_refused(client: discord.Client, guard: RestGuard) -> None:
    """Watch over the token while the client runs; never returns.

    Once the token is doubted the guard lets nothing pass but the question whether it is good.

    Raises:
        discord.HTTPException: It is not.
    """
    while True:
        await guard.token_doubted.wait()
        try:
            # The request that `TOKEN_CHECK` names: any other would be blocked.
            await client.application_info()
        except Exception as error:
            failure = classify(error)
            if failure.decision is Decision.GIVE_UP:
                raise
            await asyncio.sleep(max(ASK_AGAIN_SECONDS, failure.wait_seconds))
        else:
            guard.token_doubted.clear()


async def run_until_first_ends(*works: Coroutine[Any, Any, object]) -> None:
    """Do everything at once until the first ends, end the others, and raise what the first raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
