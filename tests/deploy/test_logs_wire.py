"""The documented queries against the log file of the running bot, over real sockets."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.deploy import kql, logql
from tests.deploy.test_grafana import queries
from tests.deploy.test_logs import CORRELATION_ID, documented
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.rest_faults import Status
from tests.wire.process import TOKEN, bot_process

pytestmark = pytest.mark.wire

ECS_OBJECTS = {
    *("agent", "base", "client", "cloud", "container", "data_stream", "destination", "device", "dll", "dns", "ecs"),
    *("email", "error", "event", "faas", "file", "group", "host", "http", "log", "network", "observer", "orchestrator"),
    *("organization", "package", "process", "registry", "related", "rule", "server", "service", "source", "span"),
    *("threat", "tls", "trace", "transaction", "url", "user", "user_agent", "vulnerability"),
}
"""Names that the Elastic Common Schema gives to objects: Elasticsearch refuses a line that has a plain value there."""

Commands = dict[str, list[dict[str, Any]]]


async def run_a_bot(folder: Path) -> None:
    """A bot that is turned away once at login, answers two commands, and is told to stop."""
    async with DiscordStandin(Settings(token=TOKEN, heartbeat_interval_seconds=0.5)) as discord:
        discord.world.add_guild(channels=("table",))
        channel = next(iter(discord.world.channels.values()))
        discord.faults.rest(Status(503), path="/users/@me", times=1)
        addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        async with bot_process(folder, addresses) as bot:
            await discord.ready()
            await discord.reply_to(await discord.say(channel, "!roll 2d6+3"))
            await discord.reply_to(await discord.say(channel, "!roll 2d"))
            await bot.logged(lambda line: line.get("status") == "refused")
            assert await bot.stop() == 0


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The log file of that bot, with the id of its first roll as the documents write it."""
    folder = tmp_path_factory.mktemp("bot")
    asyncio.run(run_a_bot(folder))
    (path,) = (folder / "logs").iterdir()
    text = path.read_text()
    first = next(fields for fields in map(json.loads, text.splitlines()) if "command" in fields)
    return text.replace(first["correlation_id"], str(CORRELATION_ID)).splitlines()


def found(language: str, lines: list[str]) -> Commands:
    """What each documented query finds, by what it is said to find."""
    runs = {
        "logql": lambda query: [entry.line for entry in logql.run(re.sub(r"\|\s*line_format.*", "", query), lines)],
        "kql": lambda query: kql.run(query, lines),
    }
    return {purpose: [json.loads(line) for line in runs[language](query)] for purpose, query in documented(language)}


@pytest.mark.parametrize("language", ["logql", "kql"])
def test_the_documented_queries_work_on_the_log_of_the_running_bot(language: str, lines: list[str]) -> None:
    seen = {purpose.partition(",")[0]: commands for purpose, commands in found(language, lines).items()}
    (roll,) = seen["One command from beginning to end"]
    assert (roll["command"], roll["status"], roll["message"]) == ("roll", "ok", "command finished")
    (attempt,) = seen["Attempts to reach Discord that failed"]
    assert attempt in seen["Everything that needs a look"]
    assert "trying again in" in attempt["message"]
    assert seen["Commands that ended in an error of ours"] == seen["Tracebacks"] == []


def test_what_is_charted_is_on_the_lines_of_the_running_bot(lines: list[str]) -> None:
    for query in queries("loki"):
        entries = logql.run(query, lines)
        assert entries, query
        assert all(label in entry.labels for label in logql.grouped_by(query) for entry in entries), query


def test_elasticsearch_can_take_every_line(lines: list[str]) -> None:
    names = {name for line in lines for name in json.loads(line)}
    assert names & ECS_OBJECTS == set()
    parents = {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 1)}
    assert names & parents == set(), "both a value and an object"
