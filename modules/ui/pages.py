"""The bot's longer texts: help, about, ping."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.dice.notation.shortcuts import Shortcut
from modules.rendering.language import translated
from modules.telemetry.durations import duration_text


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command as the help page shows it.

    Attributes:
        usage: Name and arguments, without the prefix.
        summary: What it does, in a clause.
    """

    usage: str
    summary: str


def render_help(prefix: str) -> str:
    """The first page of help: what to type.

    Args:
        prefix: What commands start with in this place.
    """
    return translated(
        "**Nazh Engine** rolls dice. Type this:\n"
        "`{prefix}roll 1d20+5` a d20, and 5\n"
        "`{prefix}roll 2d6+3 fire` with a title\n"
        "`{prefix}roll 4d6kh3` the 3 highest of 4\n"
        "`/roll` with hints while you type\n\n"
        "Or ask: `{prefix}help vampire` for a game, `{prefix}help kh` for an operator, `{prefix}help save` for a "
        "command.",
        prefix=prefix,
    )


def render_command_lines(prefix: str, lines: Sequence[CommandLine]) -> str:
    """Commands with what they do, one a line."""
    return "\n".join(f"`{prefix}{line.usage}` {line.summary}" for line in lines)


def render_all_commands(prefix: str, topics: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The names of all commands, by topic.

    Args:
        prefix: What commands start with in this place.
        topics: Titles, and the names of their commands.
    """
    lines = [f"{title}: " + " ".join(f"`{prefix}{name}`" for name in names) for title, names in topics]
    return "\n".join([*lines, translated("`{prefix}help save` tells what one of them does.", prefix=prefix)])


def render_command_help(prefix: str, line: CommandLine, aliases: Sequence[str], parts: Sequence[CommandLine]) -> str:
    """One command, with its other names and its subcommands."""
    names = ", ".join(f"`{prefix}{alias}`" for alias in aliases)
    also = [translated("Also: {names}", names=names)] if aliases else []
    return "\n".join(
        [f"`{prefix}{line.usage}`", line.summary, *also, *filter(None, [render_command_lines(prefix, parts)])]
    )


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
