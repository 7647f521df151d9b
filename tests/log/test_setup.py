"""The log as a whole: what comes out, that nobody waits for it, and that it can be taken out again."""

import asyncio
import errno
import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import PROJECT_ROOT, Config
from modules import __version__
from modules.log.context import log_fields
from modules.log.queues import FanOutHandler
from modules.log.setup import LogPipeline, open_logging

TOKEN = "MTE4NzY1NDMyMTA5ODc2NTQzMg.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789-_"


def config_for(log_dir: Path | None, **environ: str) -> Config:
    folder = "" if log_dir is None else str(log_dir)
    return Config.from_env(
        {"DISCORD_TOKEN": TOKEN, "LOG_FORMAT": "json", "ENVIRONMENT": "tests", "LOG_DIR": folder, **environ}
    )


class Log:
    """An open log over a stream and a folder, and what came out of it."""

    def __init__(self, folder: Path | None, **environ: str) -> None:
        self.stream = io.StringIO()
        self.config = config_for(folder, **environ)
        self.pipeline = open_logging(self.config, stream=self.stream)

    def text(self) -> str:
        self.pipeline.close()
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def file_lines(self, name: str = "nazh.log") -> list[dict[str, object]]:
        self.pipeline.close()
        assert self.config.log_dir is not None
        return [json.loads(line) for line in (self.config.log_dir / name).read_text().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    opened = Log(tmp_path / "logs")
    yield opened
    opened.pipeline.close()


class Opener:
    def __init__(self) -> None:
        self.logs: list[Log] = []

    def __call__(self, folder: Path | None, **environ: str) -> Log:
        self.logs.append(Log(folder, **environ))
        return self.logs[-1]


@pytest.fixture
def open_log() -> Iterator[Opener]:
    opener = Opener()
    yield opener
    for opened in reversed(opener.logs):
        opened.pipeline.close()


class TestJson:
    def test_a_line_has_the_names_of_the_elastic_common_schema(self, log: Log) -> None:
        logging.getLogger("modules.bot").warning("rolled %d for %s", 7, "someone")
        (line,) = log.lines()
        stamp = line.pop("@timestamp")
        assert isinstance(stamp, str)
        assert stamp.endswith("Z")
        assert len(stamp) == len("2026-11-23T14:34:00.123Z")
        assert line.pop("process.pid") == os.getpid()
        assert isinstance(line.pop("log.origin.file.line"), int)
        assert line == {
            "log.level": "warning",
            "message": "rolled 7 for someone",
            "log.logger": "modules.bot",
            "service.name": "nazh-engine",
            "service.version": __version__,
            "service.environment": "tests",
            "ecs.version": "8.11.0",
            "process.thread.name": "MainThread",
            "log.origin.file.name": "test_setup.py",
            "log.origin.function": "test_a_line_has_the_names_of_the_elastic_common_schema",
        }

    def test_the_file_has_the_same_line(self, log: Log) -> None:
        logging.getLogger("a").error("both")
        assert log.lines() == log.file_lines()

    def test_the_time_is_utc(self, log: Log) -> None:
        logging.getLogger().handle(logging.makeLogRecord({"created": 0.0625, "levelno": 40, "msg": "x", "name": "a"}))
        assert log.lines()[0]["@timestamp"] == "1970-01-01T00:00:00.062Z"

    def test_extras_are_fields_and_take_no_place_of_the_schema(self, log: Log) -> None:
        extra = {
            "guild_count": 3,
            "log.level": "fake",
            "nested": {"a": [1, None, {"b"}]},
            "path": Path("x"),
            "nan": float("nan"),
        }
        logging.getLogger("a").error("x", extra=extra)
        (line,) = log.lines()
        assert line["guild_count"] == 3
        assert line["log.level"] == "error"
        assert line["nested"] == {"a": [1, None, ["b"]]}
        assert (line["path"], line["nan"]) == ("x", "nan")

    def test_an_exception_has_type_message_and_traceback(self, log: Log) -> None:
        try:
            try:
                os.stat("/nowhere/at/all")  # noqa: PTH116 - any OSError will do
            except OSError as error:
                raise json.JSONDecodeError("outer", "", 0) from error
        except ValueError:
            logging.getLogger("a").exception("it broke")
        (line,) = log.lines()
        assert line["message"] == "it broke"
        assert line["error.type"] == "json.decoder.JSONDecodeError"
        assert line["error.message"] == "outer: line 1 column 1 (char 0)"
        stack = line["error.stack_trace"]
        assert isinstance(stack, str)
        assert "FileNotFoundError: [Errno 2]" in stack
        assert "direct cause" in stack
        assert stack.startswith("Traceback (most recent call last):")

    def test_a_traceback_is_told_without_python_s_parser(
        self, log: Log, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def other_thread_is_parsing(*_: object, **__: object) -> None:
            raise SystemError("AST constructor recursion depth mismatch")

        try:
            try:
                _ = dict[str, int]()["inner"]
            except KeyError as error:
                raise ExceptionGroup("group", [ZeroDivisionError("member")]) from error
        except ExceptionGroup:
            for handler in logging.getLogger().handlers:
                if isinstance(handler, type(caplog.handler)):
                    monkeypatch.setattr(handler, "emit", lambda _: None)  # from Python 3.13 on, pytest's own need it
            with monkeypatch.context() as patched:
                patched.setattr("ast.parse", other_thread_is_parsing)
                logging.getLogger("a").exception("it broke")
        stack = str(log.lines()[0]["error.stack_trace"])
        for part in ("KeyError: 'inner'", "ZeroDivisionError: member", "_ = dict[str, int]()"):
            assert part in stack

    def test_an_exception_outside_of_any_is_no_error(self, log: Log) -> None:
        logging.getLogger("a").error("no error", exc_info=True)  # noqa: LOG014 - a slip to be survived
        assert not [key for key in log.lines()[0] if key.startswith("error.")]

    def test_a_stack_is_kept(self, log: Log) -> None:
        logging.getLogger("a").error("where", stack_info=True)
        assert "test_a_stack_is_kept" in str(log.lines()[0]["error.stack_trace"])

    def test_every_line_is_one_line_of_ascii(self, log: Log) -> None:
        record = logging.makeLogRecord({"name": "a", "msg": "two\nlines \u2028 \x1b[31m \ud800 é"})
        # To our handler alone: pytest's own would keep the lone surrogate, which cannot be sent between its workers.
        ours = [each for each in logging.getLogger().handlers if isinstance(each, FanOutHandler)]
        ours[0].handle(record)
        assert log.text().count("\n") == 1
        assert log.text().isascii()
        assert log.lines()[0]["message"] == "two\nlines \u2028 \x1b[31m \ud800 é"

    def test_an_endless_message_is_cut_in_the_middle(self, log: Log) -> None:
        logging.getLogger("a").error("%s", "a" * 100_000 + "z")
        message = str(log.lines()[0]["message"])
        assert len(message) < 40_000
        assert message.endswith("az")
        assert "characters left out" in message


class TestText:
    def test_a_line_has_time_level_module_and_extras(self, open_log: Opener) -> None:
        log = open_log(None, LOG_FORMAT="text")
        logging.getLogger("modules.bot").info("hello %s", "you", extra={"shard": 0})
        stamp, rest = log.text().split(" ", 1)
        assert stamp.endswith("Z")
        assert rest == "INFO     modules.bot: hello you shard=0\n"

    def test_a_message_cannot_pass_for_a_line_of_its_own(self, open_log: Opener) -> None:
        log = open_log(None, LOG_FORMAT="text")
        logging.getLogger("a").error("one\n2026 CRITICAL fake\r\x1b[2J\u202e")
        assert log.text().splitlines()[1:] == ["    2026 CRITICAL fake\\r\\x1b[2J\\u202e"]

    def test_a_traceback_follows(self, open_log: Opener) -> None:
        log = open_log(None, LOG_FORMAT="text")
        logging.getLogger("a").error("it broke", exc_info=ValueError("why"))
        assert log.text().splitlines()[-1] == "    ValueError: why"

    def test_the_file_is_json_all_the_same(self, open_log: Opener, tmp_path: Path) -> None:
        log = open_log(tmp_path, LOG_FORMAT="text")
        logging.getLogger("a").error("x")
        assert log.file_lines()[0]["message"] == "x"


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class TestCallersAreSafe:
    @pytest.mark.parametrize(
        ("message", "arguments", "expected"),
        [
            ("%d dice", ("many",), "%d dice (with arguments that do not fit: ('many',))"),
            ("%s", (1, 2), "%s (with arguments that do not fit: (1, 2))"),
            ("%s", (Unprintable(),), "%s (with arguments that do not fit: "),
            (Unprintable(), (), "<Unprintable without text> (with arguments that do not fit: ())"),
            ("100% plain", (), "100% plain"),
        ],
    )
    def test_a_bad_format_is_logged_as_it_is(
        self, open_log: Opener, message: object, arguments: tuple[object, ...], expected: str
    ) -> None:
        log = open_log(None)
        logging.getLogger("a").error(message, *arguments)
        assert str(log.lines()[0]["message"]).startswith(expected)

    def test_bad_extras_and_exceptions_are_logged_as_far_as_they_go(self, open_log: Opener) -> None:
        log = open_log(None)
        extra = {"bad": Unprintable(), "good": 1, "deep": {"bad": [Unprintable()]}}
        logging.getLogger("a").error("x", extra=extra, exc_info=UnprintableError())
        (line,) = log.lines()
        assert line["bad"] == "<Unprintable without text>"
        assert line["good"] == 1
        assert line["deep"] == {"bad": ["<Unprintable without text>"]}
        assert line["error.message"] == "<no text>"

    def test_an_extra_that_contains_itself_comes_to_an_end(self, open_log: Opener) -> None:
        log = open_log(None)
        loop: dict[str, object] = {}
        loop["self"] = loop
        logging.getLogger("a").error("x", extra={"loop": loop})
        assert "loop" in log.lines()[0]

    def test_arguments_and_extras_are_taken_at_once(self, open_log: Opener) -> None:
        log = open_log(None)
        faces, extras = [1], {"a": [1]}
        logging.getLogger("a").error("%s", faces, extra={"extras": extras})
        faces.append(2)
        extras["a"].append(2)
        (line,) = log.lines()
        assert line["message"] == "[1]"
        assert line["extras"] == {"a": [1]}


class TestSecrets:
    def test_no_output_tells_the_token(self, log: Log) -> None:
        logging.getLogger("discord.http").error("Bot %s", TOKEN, extra={"header": TOKEN}, exc_info=ValueError(TOKEN))
        written = json.dumps([log.lines(), log.file_lines()])
        assert written.count("[redacted]") >= 6
        assert TOKEN not in written

    def test_a_record_that_cannot_be_taken_is_not_printed(
        self, log: Log, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(record: logging.LogRecord) -> logging.LogRecord:
            raise MemoryError(record.args)

        monkeypatch.setattr("modules.log.queues.freeze", fail)
        logging.getLogger("a").error("x %s", TOKEN)
        logging.getLogger("a").error("x %s", TOKEN)
        assert log.text() == ""
        assert capsys.readouterr().err == "logging: a record of a could not be taken\n"


class TestWhoLogs:
    def test_warnings_go_to_the_log(self, log: Log) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            log.pipeline.close()
            with_warnings = Log(None)
            warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        (line,) = with_warnings.lines()
        assert line["log.logger"] == "py.warnings"
        assert "DeprecationWarning: old ways" in str(line["message"])

    def test_a_thread_that_dies_tells_the_log(self, log: Log) -> None:
        def fail() -> None:
            raise ValueError(TOKEN)

        def leave() -> None:
            raise SystemExit

        for target in (fail, leave):
            thread = threading.Thread(target=target, name=target.__name__)
            thread.start()
            thread.join()
        (line,) = log.lines()
        assert (line["log.level"], line["message"]) == ("critical", "the thread fail ended with an error")
        assert line["error.message"] == "[redacted]"

    def test_an_error_nobody_can_raise_tells_the_log(self, log: Log) -> None:
        class Failing:
            def __del__(self) -> None:
                raise ValueError("late")

        Failing()
        (line,) = log.lines()
        assert (line["log.level"], line["error.message"]) == ("error", "late")

    async def test_asyncio_tells_the_log(self, log: Log) -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "lost task", "exception": ValueError("x")})
        (line,) = log.lines()
        assert (line["log.logger"], line["error.type"]) == ("asyncio", "ValueError")

    @pytest.mark.parametrize(
        ("name", "level", "is_heard"),
        [
            ("modules.bot", "DEBUG", True),
            ("discord.gateway", "DEBUG", False),
            ("discord.gateway", "INFO", True),
            ("werkzeug", "INFO", False),
            ("waitress", "ERROR", True),
            ("waitress.queue", "WARNING", False),
            ("asyncio", "DEBUG", False),
            ("flask.app", "ERROR", True),
        ],
    )
    def test_noisy_libraries_are_quiet_even_when_we_debug(
        self, open_log: Opener, name: str, level: str, is_heard: bool
    ) -> None:
        log = open_log(None, LOG_LEVEL="DEBUG")
        logging.getLogger(name).log(logging.getLevelNamesMapping()[level], "x")
        assert bool(log.lines()) is is_heard

    def test_the_level_holds_for_libraries_too(self, open_log: Opener) -> None:
        log = open_log(None, LOG_LEVEL="ERROR")
        logging.getLogger("discord.gateway").warning("x")
        logging.getLogger("modules.bot").warning("x")
        assert log.text() == ""

    def test_flask_and_discord_need_no_handler_of_their_own(self, log: Log) -> None:
        import flask

        app = flask.Flask("app")
        app.logger.error("from flask")
        assert not app.logger.handlers
        assert [line["message"] for line in log.lines()] == ["from flask"]


class TestContext:
    def test_fields_of_the_work_are_on_every_line_of_it(self, log: Log) -> None:
        logger = logging.getLogger("a")
        with log_fields(correlation_id="1", shard=0):
            logger.error("outer")
            with log_fields(correlation_id="2"):
                logger.error("inner", extra={"shard": 5})
        logger.error("after")
        told = [(line.get("correlation_id"), line.get("shard")) for line in log.lines()]
        assert told == [("1", 0), ("2", 5), (None, None)]

    async def test_tasks_do_not_mix(self, log: Log) -> None:
        async def work(name: str) -> None:
            with log_fields(correlation_id=name):
                await asyncio.sleep(0)
                logging.getLogger("a").error(name)

        await asyncio.gather(work("x"), work("y"))
        assert [line["correlation_id"] for line in log.lines()] == ["x", "y"]


class TestFolder:
    @pytest.mark.parametrize("folder", ["logs", "a/b/c"])
    def test_a_missing_folder_is_made_with_its_parents(self, open_log: Opener, tmp_path: Path, folder: str) -> None:
        open_log(tmp_path / folder).pipeline.close()
        assert (tmp_path / folder / "nazh.log").is_file()

    def test_shards_have_files_of_their_own(self, open_log: Opener, tmp_path: Path) -> None:
        log = open_log(tmp_path, SHARD_ID="2", SHARD_COUNT="3")
        logging.getLogger("a").error("x")
        assert log.file_lines("nazh-2.log")[0]["message"] == "x"

    @pytest.mark.parametrize(
        ("folder", "reason"),
        [("file", "Not a directory"), ("file/logs", "Not a directory")],
    )
    def test_an_unusable_folder_is_one_warning_and_standard_output_only(
        self, open_log: Opener, tmp_path: Path, folder: str, reason: str
    ) -> None:
        (tmp_path / "file").touch()
        log = open_log(tmp_path / folder)
        logging.getLogger("a").error("x")
        logging.getLogger("a").error("y")
        warned, *others = log.lines()
        assert warned["log.level"] == "warning"
        assert str(warned["message"]).startswith("no log file, standard output only: ")
        assert str(warned["message"]).endswith(reason)
        assert [line["message"] for line in others] == ["x", "y"]

    def test_no_folder_is_no_file_and_no_warning(self, open_log: Opener) -> None:
        assert open_log(None).text() == ""

    def test_the_file_is_rotated(self, open_log: Opener, tmp_path: Path) -> None:
        log = open_log(tmp_path, LOG_MAX_BYTES="10000", LOG_BACKUP_COUNT="2")
        for number in range(200):
            logging.getLogger("a").error("%d", number)
        log.pipeline.close()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["nazh.log", "nazh.log.1", "nazh.log.2"]
        assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
        assert log.file_lines()[-1]["message"] == "199"

    def test_a_disk_that_is_full_at_the_start_is_tried_again(
        self, open_log: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: Path, *_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "full", str(self))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", fail)
            log = open_log(tmp_path)
        logging.getLogger("a").error("x")
        assert [line["message"] for line in log.file_lines()] == ["x"]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_a_full_disk_is_one_line_on_standard_error_and_nothing_else(
        self, open_log: Opener, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "nazh.log").symlink_to("/dev/full")
        log = open_log(tmp_path)
        for number in range(100):
            logging.getLogger("a").error("%d", number)
        assert len(log.lines()) == 100
        assert log.pipeline.lost_count == 100
        assert capsys.readouterr().err == (
            "logging: the log file cannot be written (No space left on device); trying on\n"
        )


class StuckStream(io.StringIO):
    """Hangs in the first write until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.release = threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.release.wait()
        return super().write(text)


@pytest.fixture
def stuck() -> Iterator[StuckStream]:
    stream = StuckStream()
    yield stream
    stream.release.set()


class TestHanging:
    def test_a_hung_output_silences_only_itself_and_close_gives_up(
        self, tmp_path: Path, stuck: StuckStream, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pipeline = open_logging(config_for(tmp_path), stream=stuck, close_seconds=0.2)
        for number in range(50):
            logging.getLogger("a").error("%d", number)
        stuck.reached.wait()
        pipeline.close()
        assert len((tmp_path / "nazh.log").read_text().splitlines()) == 50
        assert capsys.readouterr().err == "logging: standard output hangs; what it has not written is lost\n"
        assert stuck.getvalue() == ""
        assert [listener.output.abandoned for listener in pipeline._listeners] == [True, False]

    def test_a_queue_that_is_full_drops_counts_and_reports(
        self, monkeypatch: pytest.MonkeyPatch, stuck: StuckStream
    ) -> None:
        monkeypatch.setattr("modules.log.setup._CAPACITY_COUNT", 10)
        pipeline = open_logging(config_for(None), stream=stuck)
        logging.getLogger("a").error("first")
        stuck.reached.wait()
        for number in range(25):
            logging.getLogger("a").error("%d", number)
        assert pipeline.dropped_count == 15
        stuck.release.set()
        pipeline.close()
        messages = [json.loads(line)["message"] for line in stuck.getvalue().splitlines()]
        report = "records dropped since standard output did not keep up: 15"
        assert sorted(messages) == sorted(["first", *map(str, range(10)), report])


class TestUndo:
    def state(self) -> list[object]:
        names = ["", "discord", "werkzeug", "waitress", "asyncio"]
        levels = [logging.getLogger(name).level for name in names]
        return [
            logging.getLogger().handlers[:],
            levels,
            warnings.showwarning,
            threading.excepthook,
            sys.unraisablehook,
        ]

    def test_close_leaves_no_trace(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("", "discord", "waitress"):
            monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG + 1)
        monkeypatch.setattr(threading, "excepthook", print)
        monkeypatch.setattr(sys, "unraisablehook", print)
        before, threads = self.state(), threading.active_count()
        log = Log(tmp_path)
        assert self.state() != before
        log.pipeline.close()
        assert self.state() == before
        assert threading.active_count() == threads

    def test_closing_twice_is_closing_once(self, log: Log) -> None:
        log.pipeline.close()
        before = self.state()
        log.pipeline.close()
        assert self.state() == before

    def test_a_log_inside_a_log_gives_back_the_outer_one(self, log: Log) -> None:
        inner = Log(None)
        logging.getLogger("a").error("in")
        inner.pipeline.close()
        logging.getLogger("a").error("out")
        assert [line["message"] for line in log.lines()] == ["out"]
        assert [line["message"] for line in inner.lines()] == ["in"]


def run_in_a_process(body: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    """A process that opens the log in LOG_DIR, does `body` and closes the log."""
    program = f"""
import logging, os
from config import Config
from modules.log.setup import open_logging
pipeline = open_logging(Config.from_env(os.environ), close_seconds=0.5)
{body}
pipeline.close()
"""
    environ = {**os.environ, "DISCORD_TOKEN": TOKEN, "PYTHONPATH": str(PROJECT_ROOT)}
    return subprocess.Popen([sys.executable, "-c", program], env=environ, stdout=stdout, stderr=subprocess.PIPE)


class TestRealStandardOutput:
    def test_lines_arrive_on_the_descriptor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOG_DIR", "")
        process = run_in_a_process("logging.error('x')")
        out, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert [json.loads(line)["message"] for line in out.splitlines()] == ["x"]

    def test_a_reader_that_is_gone_kills_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOG_DIR", str(tmp_path))
        reader, writer = os.pipe()
        os.close(reader)
        process = run_in_a_process("for _ in range(3): logging.error('x')", stdout=writer)
        os.close(writer)
        _, err = process.communicate()
        assert process.returncode == 0
        assert err == b"logging: standard output cannot be written (Broken pipe); trying on\n"
        assert len((tmp_path / "nazh.log").read_text().splitlines()) == 3

    def test_a_reader_that_does_not_read_does_not_keep_the_process_alive(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOG_DIR", str(tmp_path))
        reader, writer = os.pipe()
        process = run_in_a_process("for _ in range(300): logging.error('x' * 1000)", stdout=writer)
        _, err = process.communicate()
        os.close(reader)
        os.close(writer)
        assert process.returncode == 0
        assert err == b"logging: standard output hangs; what it has not written is lost\n"
        assert len((tmp_path / "nazh.log").read_text().splitlines()) == 300

    def test_no_standard_output_at_all_is_fine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        pipeline: LogPipeline = open_logging(config_for(tmp_path))
        logging.getLogger("a").error("x")
        pipeline.close()
        assert len((tmp_path / "nazh.log").read_text().splitlines()) == 1
