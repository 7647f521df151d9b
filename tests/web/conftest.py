import pytest

from tests.telemetry.fakes import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
