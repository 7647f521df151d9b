"""The log's readers against the log itself: Alloy, Filebeat, and every query of the dashboards and the documents.

The lines come out of the real logging, written by the parts that write them in the running bot.
"""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from config import Config
from modules.commands.handling import Ending, record_end
from modules.discord_api.supervisor import Supervisor
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import BackoffRecord
from modules.lifecycle.leader_lock import FileLock
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.state_place import FilePlace
from modules.log.context import log_fields
from modules.log.setup import open_logging
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Status
from tests.deploy import kql, logql
from tests.deploy.files import DEPLOY, ROOT, SCHEMAS, faults_of, load_json, load_yaml
from tests.deploy.test_grafana import queries

ALLOY = (DEPLOY / "alloy" / "config.alloy").read_text()
FILEBEAT = load_yaml("deploy/filebeat/filebeat.yml")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
CORRELATION_ID = 1234567890123456789
INCIDENT_ID = "1a2b3c4d"


class Unreachable:
    """A bot whose every login fails as it does when Discord is away, until it has been asked twice."""

    def __init__(self, shutdown: Shutdown, attempts: list[None]) -> None:
        self._shutdown, self._attempts = shutdown, attempts

    async def login(self, token: str) -> None:
        self._attempts.append(None)
        if len(self._attempts) == 2:
            self._shutdown.request("test")
        raise ConnectionRefusedError(token)

    def preflight(self) -> None: ...

    async def connect(self) -> None: ...

    def sample(self) -> None: ...

    async def drain(self, grace_seconds: float) -> None: ...

    async def close(self) -> None: ...


def speak(folder: Path) -> None:
    """Have the parts of the bot say what they say when commands end, Discord is away and something breaks."""
    recorder = Recorder(LatestSnapshot())
    ended = [("roll", Status.OK, 0.01), ("odds", Status.OK, 2.0), ("roll", Status.REFUSED, 0.02)]
    for offset, (command, status, seconds) in enumerate(ended):
        with log_fields(correlation_id=str(CORRELATION_ID + offset), shard_id=0):
            record_end(recorder, command, Ending(status), seconds)
    with log_fields(correlation_id=str(CORRELATION_ID + 3), shard_id=0):
        record_end(recorder, "roll", Ending(Status.ERROR), 0.03)
        failed, error = {"incident_id": INCIDENT_ID}, LookupError("what broke")
        logging.getLogger("modules.commands.handling").error("a command failed", exc_info=error, extra=failed)
    shutdown = Shutdown()
    attempts: list[None] = []
    backoff = Backoff(uniform=lambda _low, high: high / 100)
    supervisor = Supervisor(
        lambda: Unreachable(shutdown, attempts),
        "a.b.c",
        recorder,
        shutdown,
        backoff,
        1.0,
        BackoffRecord(FilePlace(folder / "backoff.json")),
        FileLock(folder / "shard.lock"),
    )
    asyncio.run(supervisor.run())


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which the log keeps what `speak` says."""
    folder = tmp_path_factory.mktemp("logs")
    log = open_logging(Config.from_env({"DISCORD_TOKEN": "a.b.c", "LOG_DIR": str(folder)}), stream=io.StringIO())
    try:
        speak(tmp_path_factory.mktemp("data"))
    finally:
        log.close()
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def lines(log_file: Path) -> list[str]:
    return log_file.read_text().splitlines()


def documented(language: str) -> Iterator[tuple[str, str]]:
    """What a query is said to find, and the query."""
    found = re.findall(rf"([^\n]+):\n\n```{language}\n(.*?)\n```", OPERATIONS, re.DOTALL)
    return iter(found)


FINDS = {
    "Everything that needs a look": {"error", "warning"},
    "One command from beginning to end, by the id of its message or interaction": {"roll ok"},
    "One command from beginning to end": {"roll ok"},
    "Commands that ended in an error of ours": {"roll error"},
    "Commands that took more than a second": {"odds ok"},
    "Attempts to reach Discord that failed, and how long each wait is": {"warning"},
    "Attempts to reach Discord that failed": {"warning"},
    "Tracebacks": {"error"},
    "What lies behind the incident id that a player was shown": {"error"},
    "The slowest of a hundred, by command": {"roll ok", "odds ok", "roll refused", "roll error"},
}
"""What each documented query finds among the lines of `speak`, in the words of `called`."""


def called(line: str) -> str:
    """A line in short: the command and how it ended, else the level."""
    fields = json.loads(line)
    return f"{fields['command']} {fields['status']}" if "command" in fields else str(fields["log.level"])


@pytest.mark.parametrize(("purpose", "query"), list(documented("logql")), ids=[p for p, _ in documented("logql")])
def test_a_documented_loki_query_finds_just_what_it_is_for(purpose: str, query: str, lines: list[str]) -> None:
    pipeline = re.sub(r"\|\s*line_format.*", "", query)
    assert {called(entry.line) for entry in logql.run(pipeline, lines)} == FINDS[purpose]
    logql.run(query, lines)


@pytest.mark.parametrize(("purpose", "query"), list(documented("kql")), ids=[p for p, _ in documented("kql")])
def test_a_documented_kibana_query_finds_just_what_it_is_for(purpose: str, query: str, lines: list[str]) -> None:
    assert {called(line) for line in kql.run(query, lines)} == FINDS[purpose]


@pytest.mark.parametrize("query", queries("loki"))
def test_a_query_of_the_dashboard_finds_something_and_groups_by_what_is_there(query: str, lines: list[str]) -> None:
    found = logql.run(query, lines)
    assert found
    assert [label for label in logql.grouped_by(query) for entry in found if label not in entry.labels] == []


def test_loki_and_kibana_queries_that_are_not_understood_are_refused() -> None:
    with pytest.raises(ValueError, match="not known here"):
        logql.run('{service_name="nazh-engine"} | logfmt', [])
    with pytest.raises(ValueError, match="too early"):
        kql.run("log.level: ", [])


def test_the_documented_fields_are_those_of_the_log(lines: list[str]) -> None:
    table = OPERATIONS.split("| field | what |", 1)[1].split("\n\n", 1)[0]
    told = {name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    seen = {name for line in lines for name in json.loads(line)}
    assert told <= seen


def test_alloy_reads_the_file_the_bot_writes_and_no_rotated_one(log_file: Path) -> None:
    (pattern,) = re.findall(r'__path__\s*=\s*"([^"]+)"', ALLOY)
    bot = load_yaml("deploy/compose.yaml")["services"]["bot"]["environment"]
    assert Path(pattern).parent == Path(bot["LOG_DIR"])
    assert fnmatch(log_file.name, Path(pattern).name)
    assert not fnmatch(f"{log_file.name}.1", Path(pattern).name), "it would be read twice"


def test_alloy_takes_from_each_line_what_is_there(lines: list[str]) -> None:
    expressions = dict(re.findall(r'^\t\t\t(\w+)\s+=\s"(?:\\")?([^"\\]+)', ALLOY, re.MULTILINE))
    assert set(expressions) == {"at", "level", "logger", "correlation_id"}
    seen = [json.loads(line) for line in lines]
    assert all(fields[expressions[name]] for fields in seen for name in ("at", "level", "logger"))
    assert any(expressions["correlation_id"] in fields for fields in seen)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", fields["@timestamp"]) for fields in seen)


def test_alloy_makes_no_label_of_what_has_no_end() -> None:
    (labels,) = re.findall(r"stage\.labels \{\s*values = \{ ([^}]*) \}", ALLOY)
    assert labels == 'level = ""'


def test_alloy_blocks_are_closed_and_wired() -> None:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|//[^\n]*', "", ALLOY)
    assert [bare.count(bracket) for bracket in "{[("] == [bare.count(bracket) for bracket in "}])"]
    blocks = {f"{kind}.{label}" for kind, label in re.findall(r'^([\w.]+) "(\w+)" \{', ALLOY, re.MULTILINE)}
    wired = {name.rpartition(".")[0] for name in re.findall(r"\b(l[\w.]+\.(?:targets|receiver))\b", ALLOY)}
    assert wired <= blocks
    assert len(blocks) == 4


def test_filebeat_fits_its_published_options() -> None:
    assert faults_of(FILEBEAT, load_json(SCHEMAS / "filebeat.json")) == []


def test_filebeat_reads_rotated_files_too_and_takes_the_keys_as_they_are(log_file: Path) -> None:
    (source,) = FILEBEAT["filebeat.inputs"]
    pattern = source["paths"][0].rpartition("/")[2]
    assert fnmatch(log_file.name, pattern)
    assert fnmatch(f"{log_file.name}.1", pattern)
    assert source["parsers"] == [
        {"ndjson": {"target": "", "expand_keys": True, "overwrite_keys": True, "add_error_key": True}}
    ]


def test_filebeat_knows_two_files_apart_by_how_they_begin(lines: list[str]) -> None:
    (source,) = FILEBEAT["filebeat.inputs"]
    length = source["prospector.scanner.fingerprint"]["length"]
    assert len(lines[0]) >= length, "a shorter first line would not be shipped until the next"
    assert lines[0].startswith('{"@timestamp":'), "the time makes each beginning its own"
