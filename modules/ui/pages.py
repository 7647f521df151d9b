"""The bot's longer texts: help, about, ping."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.dice.notation.shortcuts import Shortcut
from modules.rendering.language import translated
from modules.telemetry.durations import duration_text

TOPICS = {
    "dice": (
        "`2d6+3` two six-sided dice and 3 · `d20` one die · `d%` a percentile die\n"
        "`4d6kh3` keep the 3 highest · `2d20kl1` keep the lowest · `4d6dl1` drop the lowest\n"
        "`(2d6+3)*2` arithmetic · `7/2` stays exact · `7//2` rounds down\n"
        "`2d6[fire] + 1d4[cold]` labels · `1d20+5 to hit` or `# text` a comment\n"
        "`1d20+5; 2d6+3` several rolls, each with its own total"
    ),
}
"""Help beyond the list of commands, by the word a user asks for."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command as the help page shows it.

    Attributes:
        usage: Name and arguments, without the prefix.
        summary: What it does, in a clause.
    """

    usage: str
    summary: str


def render_help(prefix: str, lines: list[CommandLine]) -> str:
    """The help page.

    Args:
        prefix: What commands start with in this place.
        lines: Every command the reader may use.

    Returns:
        Markdown for Discord, well under 2,000 characters.
    """
    listed = "\n".join(f"`{prefix}{line.usage}` {line.summary}" for line in lines)
    intro, title = translated("**Nazh Engine** rolls dice."), translated("Dice")
    return f"{intro}\n{listed}\n\n**{title}**\n{translated(TOPICS['dice'])}"


def render_command_help(prefix: str, line: CommandLine, aliases: list[str]) -> str:
    """One command, with its other names."""
    names = ", ".join(f"`{prefix}{alias}`" for alias in aliases)
    also = f"\n{translated('Also: {names}', names=names)}" if aliases else ""
    topic = f"\n\n{translated(TOPICS['dice'])}" if line.usage.startswith("roll") else ""
    return f"`{prefix}{line.usage}`\n{line.summary}{also}{topic}"


def render_games(games: Sequence[Shortcut]) -> str:
    """Shortcuts of games: how each is written, its rule, and where the rule stands."""
    lines = [f"`{each.example}` **{each.system}**: {translated(each.meaning)}.\n-# {each.source}" for each in games]
    return "\n".join(lines)


def render_welcome(prefix: str) -> str:
    """The first words in a new server: three things to try."""
    return translated(
        "Hello, I roll dice. Three things to try:\n"
        "`/roll`, picked from the list · `{prefix}roll 2d6+3 fire` · `{prefix}help`",
        prefix=prefix,
    )


def render_invite(url: str) -> str:
    """Where to add the bot to a server."""
    return f"[{translated('Add me to your server')}]({url})"


def render_about(*, version: str, commit: str, uptime_seconds: float, guild_count: int, library: str) -> str:
    """What is running, since when, and what the dice come from."""
    servers = translated("1 server") if guild_count == 1 else translated("{count} servers", count=f"{guild_count:,}")
    uptime = translated("Up {duration}", duration=duration_text(uptime_seconds))
    running = f"{uptime} · {servers} · discord.py {library}"
    return f"**Nazh Engine** {version} (`{commit[:12]}`)\n{running}\n" + translated(
        "Every die comes from the operating system's entropy (`secrets.randbelow`), drawn when it is rolled."
    )


def render_links(repository_url: str | None) -> str:
    """Where to read more; nothing where nobody said where that is."""
    if repository_url is None:
        return ""
    base = repository_url.rstrip("/")
    pages = (("Source", base), ("Manual", f"{base}/tree/HEAD/docs"), ("Privacy", f"{base}/blob/HEAD/docs/privacy.md"))
    # In angle brackets, so that Discord shows no preview.
    return "\n" + " · ".join(f"[{translated(title)}](<{url}>)" for title, url in pages)


def render_ping(latency_seconds: float | None) -> str:
    """The gateway's heartbeat round trip, or a dash before the first one."""
    latency = "–" if latency_seconds is None else f"{latency_seconds * 1000:.0f} ms"
    return translated("Pong. Gateway latency: {latency}", latency=latency)
