"""The address of the database: read from what platforms hand out, and never shown with its password."""

import pytest

from config import Config
from modules.environment.addresses import postgres
from modules.environment.setting import RefusedError
from modules.storage.engine import postgres_url
from tests.wire.process import TOKEN

URL = "postgres://nazh:hunter22@db.example:6432/rolls?sslmode=require"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_schemes_mean_the_same(scheme: str) -> None:
    url = postgres_url(postgres(URL.replace("postgres:", f"{scheme}:")))
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+asyncpg", "db.example", 6432, "rolls")
    assert (url.username, url.password, dict(url.query)) == ("nazh", "hunter22", {"ssl": "require"})


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:///x",
        "mysql://u:hunter22@h/db",
        "postgresql://h",
        "postgres:///db",
        "postgres://h:0/db",
        "postgres://[/db",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        postgres(text)
    assert "hunter22" not in f"{refused.value} {refused.value.wanted}"


def test_the_password_is_masked_wherever_settings_are_shown() -> None:
    config = Config.from_env({"DISCORD_TOKEN": TOKEN, "DATABASE_URL": URL}, is_terminal=False)
    assert config.describe()["DATABASE_URL"] == "postgres://(hidden)@db.example:6432/rolls"
    assert "hunter22" not in config.listing() + repr(config)
    assert {"hunter22", URL} <= set(config.secrets())
