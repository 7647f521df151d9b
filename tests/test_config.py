"""Settings: read from the environment, every fault at once, secrets told to nobody."""

import dataclasses
import io
import pprint
from collections.abc import Mapping
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import PROJECT_ROOT, Config, ConfigError, Fault, load_environ, settings, unknown_names
from modules.environment.documents import env_example, with_table, write_documents
from modules.environment.setting import HIDDEN

TOKEN = "MTE4NzY1NDMyMTA5ODc2NTQzMg.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789-_"
patient = hypothesis_settings(deadline=None)
"""Nothing here is about time, and a busy machine is no fault."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def read(**environ: str) -> Config:
    return Config.from_env({"DISCORD_TOKEN": TOKEN, **environ}, is_terminal=False)


def faults_of(environ: Mapping[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ, is_terminal=False)
    return caught.value.faults


def fault_of(**environ: str) -> Fault:
    (fault,) = faults_of({"DISCORD_TOKEN": TOKEN, **environ})
    return fault


def test_a_token_alone_is_enough(tmp_path: Path) -> None:
    assert Config.from_env({"DISCORD_TOKEN": TOKEN}, root=tmp_path, is_terminal=True) == Config(
        discord_token=TOKEN,
        command_prefix="!",
        host="0.0.0.0",
        port=8080,
        environment="production",
        log_level="INFO",
        log_format="text",
        log_dir=Path("logs"),
        log_max_bytes=10_000_000,
        log_backup_count=5,
        data_dir=Path("data"),
        database_url=None,
        ledger_retention_days=365,
        ledger_text=False,
        git_commit="unknown",
        discord_api_url=None,
        discord_gateway_url=None,
        proxy_url=None,
        shutdown_grace_seconds=20.0,
        backoff_base_seconds=1.0,
        backoff_cap_seconds=300.0,
        gateway_silence_seconds=55.0,
        identify_interval_seconds=5.0,
        watchdog_dump_seconds=5.0,
        watchdog_exit_seconds=120.0,
        user_command_limit=10,
        dice_emojis=True,
        rest_rate=45.0,
        rest_max_wait=10.0,
        rest_timeout_seconds=15.0,
        connector_limit=256,
        shard_id=0,
        shard_count=1,
        repository_url=None,
        dashboard_token=None,
        metrics_token=None,
        trusted_proxy=None,
        health_unready_restart_seconds=900.0,
        keepalive=False,
        keepalive_url=None,
        keepalive_seconds=600.0,
    )


@pytest.mark.parametrize("variable", ["DASHBOARD_TOKEN", "METRICS_TOKEN"])
class TestPasswords:
    def test_a_good_one_is_taken_and_never_shown(self, variable: str, tmp_path: Path) -> None:
        config = Config.from_env({"DISCORD_TOKEN": TOKEN, variable: " open-sesame-open-sesame "}, root=tmp_path)
        assert getattr(config, variable.lower()) == "open-sesame-open-sesame"
        assert "open-sesame-open-sesame" in config.secrets()
        assert "sesame" not in repr(config)
        assert "sesame" not in str(config.describe())

    @pytest.mark.parametrize("text", ["fifteen-letters", "a secret of several words"])
    def test_a_bad_one_is_refused_without_being_told(self, variable: str, text: str) -> None:
        fault = fault_of(**{variable: text})
        assert fault.variable == variable
        assert text not in str(fault)


class TestKeepAlive:
    def test_render_says_its_own_address(self, tmp_path: Path) -> None:
        environ = {"DISCORD_TOKEN": TOKEN, "KEEPALIVE": "true", "RENDER_EXTERNAL_URL": "https://nazh.example"}
        assert Config.from_env(environ, root=tmp_path).keepalive_url == "https://nazh.example"

    def test_an_address_of_our_own_wins(self, tmp_path: Path) -> None:
        environ = {"KEEPALIVE_URL": "https://own.example", "RENDER_EXTERNAL_URL": "https://nazh.example"}
        assert (
            Config.from_env({"DISCORD_TOKEN": TOKEN, **environ}, root=tmp_path).keepalive_url == "https://own.example"
        )

    def test_without_any_address_it_is_a_fault(self) -> None:
        assert fault_of(KEEPALIVE="yes").variable == "KEEPALIVE_URL"

    @pytest.mark.parametrize("text", ["file:///etc/passwd", "example.org", "ftp://example.org"])
    def test_only_a_web_address_is_taken(self, text: str) -> None:
        assert fault_of(KEEPALIVE="yes", KEEPALIVE_URL=text).variable == "KEEPALIVE_URL"

    @pytest.mark.parametrize(("text", "is_on"), [("TRUE", True), ("1", True), ("no", False), ("0", False)])
    def test_yes_and_no_have_several_spellings(self, text: str, is_on: bool, tmp_path: Path) -> None:
        environ = {"DISCORD_TOKEN": TOKEN, "KEEPALIVE": text, "KEEPALIVE_URL": "https://own.example"}
        assert Config.from_env(environ, root=tmp_path).keepalive is is_on

    def test_anything_else_is_refused(self) -> None:
        assert fault_of(KEEPALIVE="maybe").wanted == "true or false"


@pytest.mark.parametrize(("text", "fits"), [("*", True), ("10.0.0.1", True), ("::1", True), ("proxy.example", False)])
def test_a_trusted_proxy_is_an_address(text: str, fits: bool, tmp_path: Path) -> None:
    environ = {"DISCORD_TOKEN": TOKEN, "TRUSTED_PROXY": text}
    if fits:
        assert Config.from_env(environ, root=tmp_path).trusted_proxy == text
    else:
        assert fault_of(TRUSTED_PROXY=text).variable == "TRUSTED_PROXY"


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("COMMAND_PREFIX", "?", "?"),
        ("COMMAND_PREFIX", "nazh ", "nazh "),
        ("COMMAND_PREFIX", "🎲", "🎲"),
        ("COMMAND_PREFIX", '"', '"'),
        ("HOST", "::1", "::1"),
        ("HOST", " localhost ", "localhost"),
        ("PORT", "0", 0),
        ("PORT", " 65535 ", 65535),
        ("ENVIRONMENT", "staging", "staging"),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_FORMAT", "JSON", "json"),
        ("LOG_FORMAT", "text", "text"),
        ("LOG_DIR", "/var/log/nazh", Path("/var/log/nazh")),
        ("LOG_DIR", "", None),
        ("LOG_DIR", " ", None),
        ("LOG_MAX_BYTES", "10000", 10_000),
        ("LOG_BACKUP_COUNT", "1", 1),
        ("DATA_DIR", "/state", Path("/state")),
        ("GIT_COMMIT", "v1.2-3", "v1.2-3"),
        ("DISCORD_API_URL", "http://127.0.0.1:1234/api/v10/", "http://127.0.0.1:1234/api/v10/"),
        ("DISCORD_GATEWAY_URL", "wss://proxy.example/gateway/", "wss://proxy.example/gateway/"),
        ("DISCORD_GATEWAY_URL", "ws://[::1]:1234", "ws://[::1]:1234"),
        ("SHUTDOWN_GRACE_SECONDS", "0.5", 0.5),
    ],
)
def test_a_variable_becomes_its_value(variable: str, text: str, value: object) -> None:
    assert getattr(read(**{variable: text}), variable.lower()) == value


def test_shards_go_together() -> None:
    config = read(SHARD_ID="2", SHARD_COUNT="3")
    assert (config.shard_id, config.shard_count) == (2, 3)


@pytest.mark.parametrize(
    ("variable", "text", "problem"),
    [
        ("COMMAND_PREFIX", " !", "is ' !'"),
        ("COMMAND_PREFIX", "!\u200b", "has an invisible or control character"),
        ("COMMAND_PREFIX", "a\tb", "has an invisible or control character"),
        ("COMMAND_PREFIX", "x" * 21, "is a text of 21 characters"),
        ("COMMAND_PREFIX", '"!"', "is wrapped in quotes"),
        ("COMMAND_PREFIX", "'nazh '", "is wrapped in quotes"),
        ("DATA_DIR", '"/data"', "is wrapped in quotes"),
        ("HOST", "http://localhost", "is 'http://localhost'"),
        ("HOST", "localhost:8080", "is 'localhost:8080'"),
        ("HOST", "[::1]", "is '[::1]'"),
        ("PORT", "eighty", "is 'eighty'"),
        ("PORT", "80.0", "is '80.0'"),
        ("PORT", "-1", "is '-1', out of range"),
        ("PORT", "65536", "is '65536', out of range"),
        ("PORT", "9" * 5000, "is a text of 5000 characters"),
        ("ENVIRONMENT", "my place", "is 'my place'"),
        ("LOG_LEVEL", "LOUD", "is 'LOUD'"),
        ("LOG_FORMAT", "xml", "is 'xml'"),
        ("LOG_DIR", "lo\0gs", "has an invisible or control character"),
        ("LOG_MAX_BYTES", "0", "is '0', out of range"),
        ("LOG_BACKUP_COUNT", "0", "is '0', out of range"),
        ("DATA_DIR", "da\nta", "has an invisible or control character"),
        ("GIT_COMMIT", "two words", "is 'two words'"),
        ("DISCORD_API_URL", "discord.com/api", "is not an address that begins with http or https:// and names a host"),
        ("DISCORD_API_URL", "ws://discord.com", "is not an address that begins with http or https:// and names a host"),
        ("DISCORD_API_URL", "http://", "is not an address that begins with http or https:// and names a host"),
        ("DISCORD_API_URL", "http://a b", "is not an address that begins with http or https:// and names a host"),
        ("DISCORD_API_URL", "http://[::1", "is not an address"),
        ("DISCORD_API_URL", "http://h:99999", "is not an address"),
        ("DISCORD_API_URL", "http://u:hunter2@h", "carries more than an address"),
        ("DISCORD_API_URL", "http://h/?key=hunter2", "carries more than an address"),
        ("DISCORD_GATEWAY_URL", "http://h", "is not an address that begins with ws or wss:// and names a host"),
        ("SHUTDOWN_GRACE_SECONDS", "20s", "is '20s'"),
        ("SHUTDOWN_GRACE_SECONDS", "nan", "is 'nan', out of range"),
        ("SHUTDOWN_GRACE_SECONDS", "inf", "is 'inf', out of range"),
        ("SHARD_ID", "-1", "is '-1', out of range"),
        ("SHARD_ID", "1", "is 1"),
        ("SHARD_COUNT", "0", "is '0', out of range"),
    ],
)
def test_a_fault_is_named(variable: str, text: str, problem: str) -> None:
    fault = fault_of(**{variable: text})
    assert (fault.variable, fault.problem) == (variable, problem)
    assert fault.wanted


def test_all_faults_are_reported_at_once_one_line_each() -> None:
    environ = {"PORT": "a", "LOG_LEVEL": "b", "SHARD_ID": "c", "DISCORD_API_URL": "d"}
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    assert [fault.variable for fault in caught.value.faults] == [
        "DISCORD_TOKEN",
        "PORT",
        "LOG_LEVEL",
        "DISCORD_API_URL",
        "SHARD_ID",
    ]
    lines = str(caught.value).splitlines()
    assert len(lines) == 5
    assert lines[1] == "PORT is 'a'; wanted: a whole number from 0 to 65535"


@pytest.mark.parametrize("variable", [name for name in settings() if name not in {"DISCORD_TOKEN", "LOG_DIR"}])
def test_a_blank_value_means_unset(variable: str) -> None:
    assert read(**{variable: "  "}) == read()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is missing: neither the environment nor .env has it"),
        ("   ", "is missing: neither the environment nor .env has it"),
        ("put-your-bot-token-here", "is still a placeholder"),
        ('"put-your-bot-token-here"', "is still a placeholder"),
        ("<token>", "is still a placeholder"),
        ("YOUR_TOKEN_HERE", "is still a placeholder"),
        ("changeme", "is still a placeholder"),
        (f'"{TOKEN}"', "is wrapped in quotes"),
        (f"'{TOKEN}'", "is wrapped in quotes"),
        (f"\u201c{TOKEN}\u201d", "is wrapped in quotes"),
        (f"{TOKEN}'", "is wrapped in quotes"),
        (f" {TOKEN}", "starts or ends with a space or a line break"),
        (f"{TOKEN}\n", "starts or ends with a space or a line break"),
        (f"Bot {TOKEN}", "starts with the word Bot or Bearer"),
        (f"bot {TOKEN}", "starts with the word Bot or Bearer"),
        (f"Bearer {TOKEN}", "starts with the word Bot or Bearer"),
        (f"DISCORD_TOKEN={TOKEN}", "repeats the variable's name"),
        (f"{TOKEN[:9]} {TOKEN[9:]}", "has a space or a line break inside"),
        (f"{TOKEN[:9]}\n{TOKEN[9:]}", "has a space or a line break inside"),
        ("118765432109876543", "looks like the application id or a user's id, which is no secret"),
        ("ab" * 32, "looks like the application's public key"),
        ("Ab3_-xYz" * 4, "looks like the client secret of the page OAuth2"),
        (f"{TOKEN}\u200b", "has a character that no token has"),
        (TOKEN.replace(".", ",", 1), "has a character that no token has"),
        ("MTE4NzY1NDMyMTA5ODc2NTQzMg", "does not have three parts joined by two dots"),
        ("MTE4NzY1.GhIjKl", "does not have three parts joined by two dots"),
        (f"{TOKEN}.more", "does not have three parts joined by two dots"),
        ("a..c", "does not have three parts joined by two dots"),
    ],
)
def test_a_wrong_token_is_diagnosed_and_not_repeated(text: str, problem: str) -> None:
    (fault,) = faults_of({"DISCORD_TOKEN": text})
    assert (fault.variable, fault.problem) == ("DISCORD_TOKEN", problem)
    assert TOKEN[:9] not in str(fault)
    assert TOKEN[-9:] not in str(fault)


@patient
@given(st.text())
def test_any_text_is_a_token_or_a_refusal(text: str) -> None:
    try:
        config = Config.from_env({"DISCORD_TOKEN": text})
    except ConfigError as error:
        assert [fault.variable for fault in error.faults] == ["DISCORD_TOKEN"]
    else:
        assert config.discord_token == text


@patient
@given(st.dictionaries(st.sampled_from(list(settings())), st.text()))
def test_any_environment_is_a_config_or_one_line_a_fault(environ: dict[str, str]) -> None:
    try:
        Config.from_env(environ)
    except ConfigError as error:
        assert len(str(error).splitlines()) == len(error.faults)


def test_a_secret_is_shown_by_no_dump() -> None:
    config = read()
    printed = io.StringIO()
    pprint.pprint(dataclasses.asdict(config), stream=printed)
    dumps = (repr(config), str(config), repr(dataclasses.asdict(config)), printed.getvalue(), repr(config.describe()))
    assert not [dump for dump in dumps if TOKEN in dump]
    assert config.discord_token == TOKEN
    assert config.secrets() == (TOKEN,)


def test_every_secret_setting_is_kept_out_of_the_repr() -> None:
    shown = {each.name.upper() for each in dataclasses.fields(Config) if each.repr}
    assert shown == {name for name, setting in settings().items() if not setting.secret}


def test_describe_covers_every_setting() -> None:
    described = read(PORT="0", LOG_DIR="").describe()
    assert list(described) == list(settings())
    assert (described["DISCORD_TOKEN"], described["PORT"], described["LOG_DIR"]) == (HIDDEN, "0", "(none)")


def test_a_long_value_is_not_repeated_since_it_may_be_a_secret_in_the_wrong_place() -> None:
    assert TOKEN not in str(fault_of(PORT=TOKEN))


class TestSecretFile:
    def test_the_file_gives_the_secret_without_its_line_break(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_bytes(TOKEN.encode() + b"\r\n")
        assert Config.from_env({"DISCORD_TOKEN_FILE": str(path)}).discord_token == TOKEN

    def test_a_blank_variable_beside_the_file_is_unset(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text(TOKEN)
        assert Config.from_env({"DISCORD_TOKEN_FILE": str(path), "DISCORD_TOKEN": ""}).discord_token == TOKEN

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (None, "names a file that cannot be read (No such file or directory)"),
            (b"", "names an empty file"),
            (b"\n", "names an empty file"),
            (b"\xff\xfe", "names a file that cannot be read (it is not UTF-8 text)"),
        ],
    )
    def test_a_useless_file_is_a_fault(self, tmp_path: Path, content: bytes | None, problem: str) -> None:
        path = tmp_path / "token"
        if content is not None:
            path.write_bytes(content)
        (fault,) = faults_of({"DISCORD_TOKEN_FILE": str(path)})
        assert (fault.variable, fault.problem) == ("DISCORD_TOKEN_FILE", problem)

    def test_a_folder_is_a_fault(self, tmp_path: Path) -> None:
        (fault,) = faults_of({"DISCORD_TOKEN_FILE": str(tmp_path)})
        assert fault.problem == "names a file that cannot be read (Is a directory)"

    def test_a_secret_given_twice_is_a_fault(self) -> None:
        fault = fault_of(DISCORD_TOKEN_FILE="/run/secrets/token")
        assert (fault.variable, fault.problem) == ("DISCORD_TOKEN_FILE", "is set and so is DISCORD_TOKEN")

    def test_the_content_is_diagnosed_like_the_variable(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text(f'"{TOKEN}"')
        (fault,) = faults_of({"DISCORD_TOKEN_FILE": str(path)})
        assert (fault.variable, fault.problem) == ("DISCORD_TOKEN", "is wrapped in quotes")


class TestDotenv:
    def test_the_environment_wins_unless_it_is_blank(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("PORT=1\nHOST=inside\nLOG_LEVEL=DEBUG\nNEW='a # b'\n")
        merged = load_environ(tmp_path, {"PORT": "2", "HOST": "", "PATH": ""})
        assert merged == {"PORT": "2", "HOST": "inside", "LOG_LEVEL": "DEBUG", "NEW": "a # b", "PATH": ""}

    def test_an_empty_log_folder_is_a_choice_that_wins(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("LOG_DIR=elsewhere\n")
        assert load_environ(tmp_path, {"LOG_DIR": ""}) == {"LOG_DIR": ""}

    @pytest.mark.parametrize(
        ("filed", "given"), [("DISCORD_TOKEN", "DISCORD_TOKEN_FILE"), ("DISCORD_TOKEN_FILE", "DISCORD_TOKEN")]
    )
    def test_either_form_of_a_real_secret_wins(self, tmp_path: Path, filed: str, given: str) -> None:
        (tmp_path / ".env").write_text(f"{filed}=old\n")
        assert load_environ(tmp_path, {given: "new"}) == {given: "new"}

    @pytest.mark.parametrize("filed", ["", "DISCORD_TOKEN=old\n", "DISCORD_TOKEN_FILE=/old\n"])
    @pytest.mark.parametrize("turned", [False, True])
    def test_both_forms_really_set_are_not_chosen_between(self, tmp_path: Path, filed: str, turned: bool) -> None:
        (tmp_path / ".env").write_text(filed)
        given = [("DISCORD_TOKEN", TOKEN), ("DISCORD_TOKEN_FILE", "/new")]
        (fault,) = faults_of(load_environ(tmp_path, dict(given[::-1] if turned else given)))
        assert fault.problem == "is set and so is DISCORD_TOKEN"

    def test_a_blank_token_beside_its_file_shields_nothing_in_dotenv(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("DISCORD_TOKEN=old\n")
        given = {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "new"}
        assert load_environ(tmp_path, given) == {"DISCORD_TOKEN_FILE": "new"}

    def test_values_are_taken_as_they_are_written(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("COMMAND_PREFIX=${HOME}\nBARE\n", encoding="utf-8-sig")
        assert load_environ(tmp_path, {}) == {"COMMAND_PREFIX": "${HOME}"}

    def test_no_file_is_no_fault(self, tmp_path: Path) -> None:
        assert load_environ(tmp_path, {"A": "b"}) == {"A": "b"}

    def test_a_file_that_is_not_text_is_a_fault(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"A=\xff")
        with pytest.raises(ConfigError, match=r"^\.env cannot be read \(it is not UTF-8 text\)"):
            load_environ(tmp_path, {})


class TestCommit:
    def commit(self, root: Path, **environ: str) -> str:
        return Config.from_env({"DISCORD_TOKEN": TOKEN, **environ}, root=root).git_commit

    def repository(self, folder: Path, head: str) -> Path:
        folder.mkdir(parents=True)
        (folder / "HEAD").write_text(head)
        return folder

    def test_the_platform_is_asked_in_order(self, tmp_path: Path) -> None:
        assert self.commit(tmp_path, GIT_COMMIT="a", RENDER_GIT_COMMIT="b", SOURCE_COMMIT="c") == "a"
        assert self.commit(tmp_path, GIT_COMMIT=" ", RENDER_GIT_COMMIT="b", SOURCE_COMMIT="c") == "b"
        assert self.commit(tmp_path, RENDER_GIT_COMMIT="not one", SOURCE_COMMIT="c") == "c"

    def test_a_detached_head(self, tmp_path: Path) -> None:
        self.repository(tmp_path / ".git", f"{COMMIT}\n")
        assert self.commit(tmp_path) == COMMIT
        assert self.commit(tmp_path, SOURCE_COMMIT="c") == "c"

    def test_a_branch(self, tmp_path: Path) -> None:
        folder = self.repository(tmp_path / ".git", "ref: refs/heads/a/b\n")
        (folder / "refs/heads/a").mkdir(parents=True)
        (folder / "refs/heads/a/b").write_text(f"{COMMIT}\n")
        assert self.commit(tmp_path) == COMMIT

    def test_a_packed_branch(self, tmp_path: Path) -> None:
        folder = self.repository(tmp_path / ".git", "ref: refs/heads/main\n")
        other = COMMIT.replace("0", "f")
        (folder / "packed-refs").write_text(
            f"# pack-refs with: peeled\n{other} refs/heads/mainland\n{COMMIT} refs/heads/main\n^{other}\n"
        )
        assert self.commit(tmp_path) == COMMIT

    def test_a_worktree(self, tmp_path: Path) -> None:
        shared = self.repository(tmp_path / "home/.git", "ref: refs/heads/main\n")
        own = self.repository(shared / "worktrees/side", "ref: refs/heads/side\n")
        (own / "commondir").write_text("../..\n")
        (shared / "refs/heads").mkdir(parents=True)
        (shared / "refs/heads/side").write_text(f"{COMMIT}\n")
        (tmp_path / "side").mkdir()
        (tmp_path / "side/.git").write_text("gitdir: ../home/.git/worktrees/side\n")
        assert self.commit(tmp_path / "side") == COMMIT

    @pytest.mark.parametrize("head", ["", "ref: refs/heads/unborn\n", "ref: \n", "nonsense", "ref: refs/heads\n"])
    def test_anything_else_is_unknown(self, tmp_path: Path, head: str) -> None:
        folder = self.repository(tmp_path / ".git", head)
        (folder / "refs/heads").mkdir(parents=True)
        assert self.commit(tmp_path) == "unknown"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKNE", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("DISCORDTOKEN", "DISCORD_TOKEN"),
        ("discord_token", "DISCORD_TOKEN"),
        ("DISCORD_TOKEN_FIEL", "DISCORD_TOKEN_FILE"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("LOG-LEVEL", "LOG_LEVEL"),
        ("COMAND_PREFIX", "COMMAND_PREFIX"),
        ("COMMAND_PREFFIX", "COMMAND_PREFIX"),
        ("ENVIROMENT", "ENVIRONMENT"),
        ("SHARDS_COUNT", "SHARD_COUNT"),
        ("SHUTDOWN_GRACE_SECOND", "SHUTDOWN_GRACE_SECONDS"),
        ("Port", "PORT"),
    ],
)
def test_a_name_close_to_ours_is_guessed(name: str, meant: str) -> None:
    assert unknown_names([name]) == [f"{name} is not a setting; did you mean {meant}?"]


USUAL = """
CI DATABASE_URL DBUS_SESSION_BUS_ADDRESS DEBUG DISCORD_CLIENT_ID DISCORD_CLIENT_SECRET DISCORD_GUILD_ID
DISCORD_WEBHOOK_URL DISPLAY DYNO EDITOR FLY_APP_NAME GITHUB_API_URL GITHUB_ENV GITHUB_SHA GITHUB_TOKEN
GIT_AUTHOR_NAME GIT_COMMITTER_NAME GIT_DIR GIT_SSH_COMMAND HOME HOSTNAME HOSTTYPE HOST_IP HTTP_PORT HTTP_PROXY
KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT_HTTPS LANG LC_ALL LOGDNA_KEY LOGNAME LOG_COLOR
LOG_FILE LOG_ROTATE MYSQL_DATADIR NAZH_PORT NAZH_PORT_8080_TCP NAZH_SERVICE_HOST NODE_ENV NO_PROXY OLDPWD PATH
PGDATA PORTS PORT_HTTP POST PS1 PWD PYTHONPATH PYTHONUNBUFFERED PYTHON_VERSION RAILWAY_ENVIRONMENT REDIS_PORT
REDIS_URL RENDER RENDER_EXTERNAL_URL RENDER_GIT_BRANCH RENDER_GIT_COMMIT RENDER_INSTANCE_ID RENDER_SERVICE_ID
SENTRY_ENVIRONMENT SHELL SHLVL SORT SOURCE_COMMIT SOURCE_DATE_EPOCH SSH_AUTH_SOCK SSL_CERT_FILE TERM TMPDIR TZ
USER VIRTUAL_ENV XDG_DATA_DIRS XDG_DATA_HOME XDG_RUNTIME_DIR
"""


def test_usual_names_are_left_alone() -> None:
    assert unknown_names([*USUAL.split(), *settings(), "DISCORD_TOKEN_FILE"]) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [("REST_RAET", "REST_RATE"), ("POTR", "PORT"), ("LOG_FORM", "LOG_FORMAT"), ("TRUSTED_PROXIES", "TRUSTED_PROXY")],
)
def test_in_the_file_a_distant_resemblance_is_enough(name: str, meant: str) -> None:
    assert unknown_names([name], filed={name}) == [f"{name} is not a setting; did you mean {meant}?"]
    assert unknown_names([name]) == []


def test_what_others_read_from_the_file_is_left_alone() -> None:
    filed = {"DEMO_CHAT_PORT", "GRAFANA_PASSWORD", "TZ", "SSL_CERT_FILE", "PYTHONUNBUFFERED", "SOURCE_COMMIT"}
    assert unknown_names(filed, filed) == []


class TestDocuments:
    def test_the_example_file_is_up_to_date(self) -> None:
        expected = env_example(settings())
        assert (PROJECT_ROOT / ".env.example").read_text() == expected, "run: python config.py"

    def test_the_manual_is_up_to_date(self) -> None:
        manual = (PROJECT_ROOT / "docs" / "operations.md").read_text()
        assert manual == with_table(manual, settings()), "run: python config.py"

    def test_the_example_means_the_same_as_the_token_alone(self, tmp_path: Path) -> None:
        example = dotenv_values(stream=io.StringIO(env_example(settings())))
        assert list(example) == list(settings())
        environ = {name: text for name, text in example.items() if text is not None}
        assert Config.from_env(environ | {"DISCORD_TOKEN": TOKEN}, root=tmp_path) == Config.from_env(
            {"DISCORD_TOKEN": TOKEN}, root=tmp_path
        )

    def test_the_example_as_it_is_asks_for_the_token(self) -> None:
        example = dotenv_values(stream=io.StringIO(env_example(settings())))
        (fault,) = faults_of({name: text for name, text in example.items() if text is not None})
        assert fault.problem == "is still a placeholder"

    def test_the_table_has_a_row_for_every_setting(self) -> None:
        document = with_table("<!-- configuration --><!-- /configuration -->", settings())
        rows = [line for line in document.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(settings())
        assert all(row.count("|") == 4 for row in rows)
        assert not [row for row in rows if "``" in row], "empty code is shown as stray backticks"

    def test_writing_keeps_what_stands_around_the_table(self, tmp_path: Path) -> None:
        manual = tmp_path / "docs" / "operations.md"
        manual.parent.mkdir()
        manual.write_text("above\n<!-- configuration -->\nformer\n<!-- /configuration -->\nbelow\n")
        write_documents(tmp_path, settings())
        written = manual.read_text()
        assert written.startswith("above\n<!-- configuration -->\n| Variable")
        assert written.endswith("|\n<!-- /configuration -->\nbelow\n")
        assert "former" not in written
        assert (tmp_path / ".env.example").read_text() == env_example(settings())

    def test_a_document_without_markers_is_refused(self) -> None:
        with pytest.raises(ValueError, match="lacks"):
            with_table("<!-- configuration -->", settings())


class TestProxy:
    """`PROXY_URL`: its host may be seen, its credentials may not."""

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("https://proxy.example/", "https://proxy.example"),
            ("http://user:open%2Fsesame@[::1]:3128", f"http://{HIDDEN}@[::1]:3128"),
            ("http://user@proxy.example", f"http://{HIDDEN}@proxy.example"),
        ],
    )
    def test_the_credentials_are_masked(self, text: str, masked: str) -> None:
        config = read(PROXY_URL=text)
        assert config.proxy_url == text.rstrip("/")
        assert config.describe()["PROXY_URL"] == masked
        assert "sesame" not in repr(config)

    def test_the_password_is_a_secret_in_every_spelling(self) -> None:
        assert {"open%2Fsesame", "open/sesame"} <= set(read(PROXY_URL="http://user:open%2Fsesame@proxy").secrets())
        assert read(PROXY_URL="http://proxy.example:3128").secrets() == (TOKEN,)

    def test_a_short_password_does_not_black_out_the_log(self) -> None:
        assert read(PROXY_URL="http://user:pw@proxy").secrets() == (TOKEN, "http://user:pw@proxy")

    def test_it_may_stand_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "proxy").write_text("http://user:password@proxy:1\n")
        assert read(PROXY_URL_FILE=str(tmp_path / "proxy")).proxy_url == "http://user:password@proxy:1"

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("proxy.example:3128", "is not an address that begins with"),
            ("socks5://user:sesame@proxy", "SOCKS"),
            ("http://user:sesame@", "is not an address that begins with"),
            ("http://user:sesame@proxy:99999", "is not an address"),
            ("http://user:ses/ame@proxy", "is not an address"),
            ("http://user:sesame@proxy/path", "has a path"),
            ("http://us%3Aer:sesame@proxy", "has a user name with a colon"),
        ],
    )
    def test_what_is_no_proxy_is_refused_and_not_repeated(self, text: str, problem: str) -> None:
        fault = fault_of(PROXY_URL=text)
        assert problem in fault.problem
        assert "sesame" not in str(fault)
