import resource
import subprocess
import sys
from pathlib import Path

import pytest

from modules.lifecycle import descriptors
from modules.lifecycle.descriptors import RESERVED_COUNT, SIDECAR_LEAST, SIDECAR_MOST, raise_limit, share_out

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("limit", [128, 256, 300, 400, 412, 512, 1024, 1_048_576])
@pytest.mark.parametrize("wanted", [2, 64, 256, 10_000])
def test_all_shares_fit_into_the_limit_together(limit: int, wanted: int) -> None:
    shares = share_out(limit, wanted)
    assert RESERVED_COUNT + shares.discord + shares.sidecar <= limit
    assert SIDECAR_LEAST <= shares.sidecar <= SIDECAR_MOST
    assert 2 <= shares.discord <= wanted


@pytest.mark.parametrize(("limit", "discord", "sidecar"), [(256, 168, 32), (400, 256, 88), (1024, 256, 100)])
def test_discord_comes_first(limit: int, discord: int, sidecar: int) -> None:
    shares = share_out(limit, 256)
    assert (shares.discord, shares.sidecar) == (discord, sidecar)


def test_a_limit_too_low_for_anything_still_leaves_discord_a_connection_and_a_spare() -> None:
    assert share_out(32, 256).discord == 2


def test_the_soft_limit_becomes_the_hard_one() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, 300));"
        "from modules.lifecycle.descriptors import raise_limit;"
        "print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["300", "300", "300"]


@pytest.mark.parametrize("error", [ValueError, OSError])
def test_a_system_that_refuses_leaves_it_as_it_was(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert raise_limit() == 256


def test_an_unlimited_hard_limit_is_raised_to_what_macos_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert raise_limit() == descriptors.UNLIMITED_COUNT
    assert asked == [(descriptors.UNLIMITED_COUNT, resource.RLIM_INFINITY)]
