"""Every setting of the process, read once from the environment.

Each field of `Config` carries its own `Setting`: how its text is read, what it is by default, and the sentence that
explains it. `.env.example`, the table in docs/operations.md, `--check-config` and the did-you-mean warnings are made
from these, so a new setting is one new field. `python config.py` writes the two documents anew.
"""

import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from modules.environment.addresses import DatabaseUrl, postgres, proxy
from modules.environment.commit import VARIABLES, find_commit, read_commit
from modules.environment.documents import write_documents
from modules.environment.dotenv import merge_dotenv, near_misses, read_setting
from modules.environment.readers import (
    folder,
    host,
    one_of,
    password,
    prefix,
    rate,
    seconds,
    shaped,
    url,
    whole,
    yes_or_no,
)
from modules.environment.setting import ConfigError, Fault, RefusedError, Secret, Setting
from modules.environment.token import PLACEHOLDER, bot_token

__all__ = ["PROJECT_ROOT", "Config", "ConfigError", "Fault", "load_environ", "settings", "unknown_names"]

PROJECT_ROOT = Path(__file__).resolve().parent
"""Where `.env` and `.git` are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The effective configuration: each field is the variable of the same name in lower case.

    What a field means stands in its `Setting`. Relative folders are relative to the working directory; None is "none".
    """

    discord_token: Annotated[
        str, Setting(bot_token, None, "The bot's token from the Developer Portal.", secret=True, example=PLACEHOLDER)
    ] = field(repr=False)
    command_prefix: Annotated[str, Setting(prefix, "!", "Prefix of message commands.")]
    host: Annotated[str, Setting(host, "0.0.0.0", "Address the dashboard listens on.")]  # noqa: S104 - containers
    port: Annotated[int, Setting(whole(0, 65535), "8080", "Port of the dashboard; 0 picks a free one.")]
    environment: Annotated[
        str,
        Setting(shaped(r"[\w.-]{1,64}", "a short name"), "production", "Name of this deployment, on every log line."),
    ]
    log_level: Annotated[
        str,
        Setting(
            one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
            "INFO",
            "Minimum level of log records: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        ),
    ]
    log_format: Annotated[
        str,
        Setting(
            one_of("json", "text"), "", "Standard output as json or text.", otherwise="text on a terminal, else json"
        ),
    ]
    log_dir: Annotated[
        Path | None,
        Setting(folder, "logs", "Folder of the rotated log files (JSON lines); empty for no file.", empty_is_none=True),
    ]
    log_max_bytes: Annotated[
        int, Setting(whole(10_000, 10**12), "10000000", "Size in bytes at which a log file is rotated.")
    ]
    log_backup_count: Annotated[int, Setting(whole(1, 1000), "5", "Number of rotated log files to keep.")]
    data_dir: Annotated[Path, Setting(folder, "data", "Folder for state that must survive a restart.")]
    database_url: Annotated[
        DatabaseUrl | None,
        Setting(postgres, "", "URL of a PostgreSQL database.", secret=True, otherwise="SQLite in `DATA_DIR`"),
    ] = field(repr=False)
    ledger_retention_days: Annotated[
        int, Setting(whole(1, 36_500), "365", "Days after which recorded rolls are deleted.")
    ]
    ledger_text: Annotated[bool, Setting(yes_or_no, "false", "Whether the comments of rolls are recorded too.")]
    git_commit: Annotated[
        str,
        Setting(
            read_commit,
            "",
            "Commit shown on the dashboard.",
            otherwise="`RENDER_GIT_COMMIT`, `SOURCE_COMMIT`, what `.git` says, or unknown",
        ),
    ]
    discord_api_url: Annotated[
        str | None,
        Setting(
            url("http", "https"), "", "Another REST endpoint, such as a rate-limit proxy.", otherwise="Discord's own"
        ),
    ]
    discord_gateway_url: Annotated[
        str | None, Setting(url("ws", "wss"), "", "Another gateway endpoint.", otherwise="Discord's own")
    ]
    proxy_url: Annotated[
        str | None,
        Setting(
            proxy,
            "",
            "HTTP proxy for REST and gateway, such as `http://user:password@proxy.example:3128`.",
            secret=True,
        ),
    ] = field(repr=False)
    shutdown_grace_seconds: Annotated[
        float, Setting(seconds(0, 600), "20", "Seconds that commands in flight get to finish after SIGTERM.")
    ]
    backoff_base_seconds: Annotated[
        float,
        Setting(seconds(0.01, 60), "1", "Upper bound of the first login retry delay; it doubles with each failure."),
    ]
    backoff_cap_seconds: Annotated[
        float,
        Setting(seconds(0.01, 3600), "300", "Upper bound of all retry delays; `Retry-After` is added to it."),
    ]
    gateway_silence_seconds: Annotated[
        float,
        Setting(seconds(1, 300), "55", "Silence of the gateway, HELLO included, after which the bot reconnects."),
    ]
    identify_interval_seconds: Annotated[
        float,
        Setting(
            seconds(0.01, 900),
            "5",
            "Minimum seconds between two IDENTIFYs; doubles while sessions end early. Discord requires 5.",
        ),
    ]
    watchdog_dump_seconds: Annotated[
        float,
        Setting(seconds(0.5, 3600), "5", "Silence of the event loop after which its stack is written to the log."),
    ]
    watchdog_exit_seconds: Annotated[
        float,
        Setting(seconds(0.5, 86_400), "120", "Silence of the event loop after which the process exits with 70."),
    ]
    user_command_limit: Annotated[
        int, Setting(whole(0, 100_000), "10", "Commands and button presses per person in 10 seconds; 0 is no limit.")
    ]
    dice_emojis: Annotated[bool, Setting(yes_or_no, "true", "Show dice as emojis, once the owner has sent `!emojis`.")]
    rest_rate: Annotated[
        float,
        Setting(
            rate(1, 100_000),
            "45",
            "Maximum requests per second to Discord, which allows 50. Answers to slash commands do not count.",
        ),
    ]
    rest_max_wait: Annotated[
        float,
        Setting(seconds(0, 3_600), "10", "Seconds an answer may wait in the queue; beyond that, commands are refused."),
    ]
    rest_timeout_seconds: Annotated[
        float,
        Setting(seconds(0.1, 300), "15", "Timeout of a request to Discord, in seconds."),
    ]
    connector_limit: Annotated[int, Setting(whole(2, 10_000), "256", "Maximum number of open connections to Discord.")]
    shard_id: Annotated[int, Setting(whole(0, 9_999), "0", "Shard of this process, counted from 0.")]
    shard_count: Annotated[int, Setting(whole(1, 10_000), "1", "Number of shards, one process each.")]
    repository_url: Annotated[
        str | None,
        Setting(url("http", "https"), "", "URL of the source code; the dashboard links version and commit to it."),
    ]
    dashboard_token: Annotated[
        str | None,
        Setting(password, "", "Token that signs an operator in to the dashboard's details.", secret=True),
    ] = field(repr=False)
    metrics_token: Annotated[
        str | None,
        Setting(password, "", "Bearer token required to read `/metrics`.", secret=True),
    ] = field(repr=False)
    trusted_proxy: Annotated[
        str | None,
        Setting(
            shaped(r"\*|[0-9A-Fa-f.:]{2,45}", "an IP address, or *"),
            "",
            "IP address of the one proxy whose `X-Forwarded-*` headers are trusted; `*` for any.",
            otherwise="none",
        ),
    ]
    health_unready_restart_seconds: Annotated[
        float,
        Setting(
            seconds(0, 86_400), "900", "Age of one attempt to connect at which `/healthz` returns 503; 0 is never."
        ),
    ]
    keepalive: Annotated[
        bool,
        Setting(yes_or_no, "false", "Request the bot's own public URL, so that it is not suspended."),
    ]
    keepalive_url: Annotated[
        str | None,
        Setting(url("http", "https"), "", "The URL to request.", otherwise="`RENDER_EXTERNAL_URL`"),
    ]
    keepalive_seconds: Annotated[float, Setting(seconds(1, 86_400), "600", "Seconds between two such requests.")]

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], *, root: Path = PROJECT_ROOT, is_terminal: bool | None = None
    ) -> Self:
        """Read every setting. Beside `environ`, only the secret files it names and `root`/.git are looked at.

        Args:
            environ: The variables, usually from `load_environ`.
            root: Where `.git` is looked for.
            is_terminal: Whether standard output is a terminal; None to ask it.

        Raises:
            ConfigError: With every fault of every variable.
        """
        log_format = "text" if _on_terminal(is_terminal) else "json"
        found = {
            "LOG_FORMAT": log_format,
            "GIT_COMMIT": find_commit(environ, root),
            "KEEPALIVE_URL": environ.get("RENDER_EXTERNAL_URL", ""),
        }
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, setting in settings().items():
            try:
                values[name.lower()] = read_setting(name, setting, environ, found.get(name, setting.default))
            except RefusedError as refused:
                faults.append(Fault(refused.variable or name, refused.problem, refused.wanted))
        faults.extend(_contradictions(values))
        if faults:
            raise ConfigError(faults)
        return cls(**values)

    def describe(self) -> Mapping[str, str]:
        """Each variable and its effective value, fit for anyone's eyes: secrets are masked."""
        return {name: self._shown(name, setting) for name, setting in settings().items()}

    def listing(self) -> str:
        """`describe` as a table, one line a variable."""
        shown = self.describe()
        width = max(map(len, shown))
        return "".join(f"{name:<{width}}  {value}\n" for name, value in shown.items())

    def secrets(self) -> tuple[str, ...]:
        """The values nobody may see, for the log's redaction."""
        values = (getattr(self, name.lower()) for name, setting in settings().items() if setting.secret)
        return tuple(part for value in values if value for part in Secret.of(value).parts)

    def _shown(self, name: str, setting: Setting) -> str:
        value = getattr(self, name.lower())
        if value is None:
            return "(none)"
        return Secret.of(value).masked if setting.secret else str(value)


def settings() -> dict[str, Setting]:
    """Every variable and its setting, in the order of the fields."""
    # This needs the annotations themselves: with `from __future__ import annotations` they would be strings.
    return {each.name.upper(): get_args(each.type)[1] for each in fields(Config)}


def load_environ(root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of `root`/.env under those really set.

    Raises:
        ConfigError: `.env` is there and cannot be read.
    """
    return merge_dotenv(root / ".env", environ, settings())


def unknown_names(environ: Iterable[str], filed: Collection[str] = ()) -> list[str]:
    """A did-you-mean line for every name that resembles one of ours and is none; `filed` are those from `.env`."""
    return near_misses(environ, settings(), VARIABLES, filed=filed)


def _contradictions(values: Mapping[str, Any]) -> Iterable[Fault]:
    """Faults that no variable has alone."""
    # What is missing among the values was refused already, and has a fault of its own.
    if values.get("keepalive") and "keepalive_url" in values and values["keepalive_url"] is None:
        yield Fault("KEEPALIVE_URL", "is missing", "the public address of this service, since KEEPALIVE is on")
    if "shard_id" in values and values["shard_id"] >= values.get("shard_count", float("inf")):
        yield Fault("SHARD_ID", f"is {values['shard_id']}", f"less than SHARD_COUNT, which is {values['shard_count']}")


def _on_terminal(is_terminal: bool | None) -> bool:
    # There is no standard output if the process was started with it closed.
    return is_terminal if is_terminal is not None else sys.stdout is not None and sys.stdout.isatty()


if __name__ == "__main__":
    write_documents(PROJECT_ROOT, settings())
