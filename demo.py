"""The real bot without a token: SimCord stands in for Discord, and its page in your browser for the app.

Everything but the far side of the wire is the product: the same bot, engine, sidecar and log as under `main.py`.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import discord
import simcord
from discord.ext import commands
from simcord.actors import MemberActor
from simcord.backend.cdn import CDN_BASE
from simcord.builders import ChannelHandle

from config import Config, ConfigError, load_environ
from modules.app import App, build
from modules.cogs.support.requests import EMOJI_PREFIX
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.heartbeat import running
from modules.log.setup import open_logging
from modules.rendering.dice_pictures import draw_die, picture_names
from web_server import bind_fault

ROOT = Path(__file__).resolve().parent

DEFAULT_CHAT_PORT = 8081

Pictures = Mapping[str, tuple[str, bytes]]
"""Address → name and content of a picture."""

STAND_IN_TOKEN = ".".join(("ZGVtbw" * 4, "ZGVtbw", "ZGVtbw" * 5))
"""Shaped like a token so that the configuration passes; it never leaves the process, for nothing is contacted."""

# All after the page is open: it shows the newest message as long as everything before fitted on it.
TURNS = (
    "!roll 1d20+5 vs 15",
    "again:",
    "!roll 8d6 # fireball",
    "adv:",
    "!roll 4d6kh3",
    "again:",
    "!roll 1d20 initiative",
    "dis:",
)
"""What the other player does, each after a while: says something, or presses such a button under the latest roll."""
TURN_SECONDS = 40.0
QUIET_SECONDS = 8.0
"""How long nothing has happened at the table when the other player takes a turn. SimCord does one thing at a time, and
calls the outcome of whatever a visitor does during a turn uncertain."""

WELCOME = (
    "Welcome to the table! Type `/roll` and pick it from the list, or send `!roll 1d20+5 to hit`, then press the "
    "buttons under the answer. More: `!roll 4d6hk3` for a mistake, `!roll 6#4d6kh3`, `!help`.\n"
    "Keep a roll: `!save attack 1d20+7`, then `!panel` for a button that stays. `!history` shows what was rolled, and "
    "its menu verifies a roll."
)


class PortTaken(Exception):  # noqa: N818 - a fact about the machine, told in one line
    """One of the demo's two ports is in use; the text names the variable to change."""


def main() -> int:
    """Run the demo until Ctrl-C.

    Returns:
        An `ExitCode`.
    """
    # Each demo is a new Discord: what an earlier one kept would be wrong there.
    with TemporaryDirectory(prefix="nazh-demo-") as data_dir:
        try:
            environ = load_environ(ROOT, os.environ)
            config = demo_config({**environ, "DATA_DIR": data_dir})
            chat_port = _chat_port(environ)
        except (ConfigError, ValueError) as error:
            sys.stderr.write(f"{error}\n")
            return ExitCode.CONFIG
        try:
            return run(config, chat_port)
        except KeyboardInterrupt:  # before anybody listened for it
            return ExitCode.OK


def run(config: Config, chat_port: int) -> ExitCode:
    """Open the log, serve until asked to stop, close the log."""
    with Path(os.devnull).open("w") as nowhere:
        # The terminal belongs to the two addresses; the log goes to its file.
        pipeline = open_logging(config, stream=nowhere)
        try:
            asyncio.run(serve(build(config, pipeline), chat_port))
        except PortTaken as error:
            sys.stderr.write(f"{error}\n")
            return ExitCode.CONFIG
        finally:
            pipeline.close()
    return ExitCode.OK


def demo_config(environ: Mapping[str, str]) -> Config:
    """The settings of the environment, but with no real token and reachable from this machine only."""
    own = {**environ, "DISCORD_TOKEN": STAND_IN_TOKEN, "HOST": "127.0.0.1", "ENVIRONMENT": "demo"}
    own |= {"DATABASE_URL": "", "DICE_EMOJIS": "true"}
    # A secret in both forms would be refused, and the demo leaves a real database alone.
    return Config.from_env({name: own[name] for name in own.keys() - {"DISCORD_TOKEN_FILE", "DATABASE_URL_FILE"}})


async def serve(app: App, chat_port: int) -> None:
    """Open sidecar, simulated Discord and chat page, and keep them until asked to stop.

    Raises:
        PortTaken: One of the two ports is in use.
    """
    bot = app.make_bot(app.publisher())
    async with AsyncExitStack() as stack:
        stack.enter_context(app.shutdown.listening())
        try:
            sidecar = app.open_sidecar(stack)
        except OSError as error:
            raise PortTaken(f"PORT {app.config.port}: {bind_fault(error)}. Set PORT to a free one, or to 0.") from error
        # SimCord works on the same loop, for up to half a second at a time: what would be measured is not the bot's.
        app.recorder.measures_lag = False
        await stack.enter_async_context(app.services.memory.running())
        # Before the bot: SimCord waits for whatever the bot itself starts.
        await stack.enter_async_context(app.beating(bot.sample))
        environment = simcord.Env(bot, check_errors=False)
        environment.backend.bot_user.name = "Nazh Engine"
        # Before the bot is ready, when it looks for them.
        pictures = dice_emojis(environment)
        await environment.start()
        hide_refusals(bot)
        stack.push_async_callback(environment.shutdown)
        try:
            channel, mate, page = await _furnish(environment, chat_port, pictures)
            preview = await stack.enter_async_context(page)
        except simcord.SetupError as error:
            why = bind_fault(error.__cause__) if isinstance(error.__cause__, OSError) else error
            raise PortTaken(f"DEMO_CHAT_PORT {chat_port}: {why}. Set it to a free one, or to 0.") from error
        sys.stdout.write(f"chat       {preview.url}\ndashboard  http://127.0.0.1:{sidecar.port}/\n")
        sys.stdout.flush()
        quiet = Quiet()
        bot.add_listener(quiet.broken, "on_message")
        bot.add_listener(quiet.broken, "on_interaction")
        await stack.enter_async_context(running(_play(mate, channel, preview.refresh, quiet)))
        await app.shutdown.requested.wait()


def hide_refusals(bot: commands.Bot) -> None:
    """Take SimCord's own listener away, which calls whatever a player got wrong an outcome that is uncertain."""
    for listener in bot.extra_events.get("on_command_error", [])[:]:
        if listener.__module__.startswith("simcord"):
            bot.remove_listener(listener, "on_command_error")


def dice_emojis(environment: simcord.Env) -> Pictures:
    """Give the application emojis of dice, as `!emojis` does; their pictures by address, for the chat page."""
    pictures = {}
    for name in picture_names():
        emoji = environment.backend.create_application_emoji(EMOJI_PREFIX + name)
        pictures[f"{CDN_BASE}/emojis/{emoji.id}.png"] = (f"{name}.png", draw_die(name))
    return pictures


async def _furnish(
    environment: simcord.Env, chat_port: int, pictures: Pictures
) -> tuple[ChannelHandle, MemberActor, simcord.Preview]:
    """A server with a channel, two players at the table, and a word on what to type."""
    # SimCord's calendar starts at a fixed date; let messages bear today's.
    await environment.advance_time((datetime.now(UTC) - environment.now()).total_seconds())
    guild = environment.create_guild("The Gilded Griffin")
    channel = guild.create_text_channel("dice-table")
    guest, host = (guild.add_member(environment.create_user(name)) for name in ("you", "Mira"))
    await host.send(channel, WELCOME)
    preview = environment.preview(channel, viewers=[guest], layout="channel", assets=pictures, port=chat_port)
    return channel, host, preview


class Quiet:
    """Waits until nobody has said, typed or pressed anything for a while."""

    def __init__(self) -> None:
        self._broken = asyncio.Event()

    async def broken(self, _by: object) -> None:
        """Somebody did something."""
        self._broken.set()

    async def end(self) -> None:
        """Wait until somebody does something."""
        await self._broken.wait()

    async def fall(self) -> None:
        """Wait for `QUIET_SECONDS` in which nothing happens."""
        with suppress(TimeoutError):
            while True:
                self._broken.clear()
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._broken.wait()


async def _play(
    mate: MemberActor, channel: ChannelHandle, refresh: Callable[[], Awaitable[None]], quiet: Quiet
) -> None:
    """Let the other player roll and press buttons, a few times; the page shows only what it is told of."""
    # The page opens on its newest message as long as all before it fitted: until the visitor begins, it had better.
    await quiet.end()
    for turn in TURNS:
        await asyncio.sleep(TURN_SECONDS)
        await quiet.fall()
        # A turn that meets one of the visitor's all the same is left out.
        with suppress(simcord.SetupError):
            await _take(turn, mate, channel)
            await refresh()


async def _take(turn: str, mate: MemberActor, channel: ChannelHandle) -> None:
    if turn.startswith("!"):
        await mate.send(channel, turn)
    elif (found := _button(channel, turn)) is not None:
        message, custom_id = found
        await mate.click(message, custom_id=custom_id)


def _button(channel: ChannelHandle, kind: str) -> tuple[discord.Message, str] | None:
    """The latest message that has such a button, and its custom id."""
    for message in reversed(channel.history()):
        rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
        for button in (each for row in rows for each in row.children):
            if (button.custom_id or "").startswith(kind):
                return message, button.custom_id or ""
    return None


def _chat_port(environ: Mapping[str, str]) -> int:
    text = environ.get("DEMO_CHAT_PORT", "").strip() or str(DEFAULT_CHAT_PORT)
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        raise ValueError(f"DEMO_CHAT_PORT is {text!r}; a port from 0 (any free one) to 65535 is wanted")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
