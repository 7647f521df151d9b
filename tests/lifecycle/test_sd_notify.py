"""What systemd is told, read from a socket as systemd has one."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.lifecycle.sd_notify import ServiceManager
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase
from tests.clocks import FakeClock


class Socket:
    """A datagram socket at an address as `NOTIFY_SOCKET` names it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        """What came since the last look."""
        messages: list[str] = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Socket]:
    made = Socket(str(tmp_path / "notify") if request.param == "file" else f"@nazh-test-{os.getpid()}-{id(request)}")
    yield made
    made.close()


async def test_the_start_and_the_stop_are_told(systemd: Socket) -> None:
    stop = asyncio.Event()
    attending = asyncio.create_task(ServiceManager(systemd.address).report_lifecycle(stop))
    await asyncio.sleep(0)
    assert systemd.heard() == ["READY=1"]
    stop.set()
    await attending
    assert systemd.heard() == ["STOPPING=1"]


def test_the_watchdog_is_fed_twice_within_its_time(systemd: Socket) -> None:
    manager = ServiceManager(systemd.address, 10.0, clock := FakeClock())
    fed = 0
    for _ in range(100):
        manager.beat()
        clock.pass_seconds(0.25)
        fed += len(systemd.heard())
    assert fed == 5


def test_without_a_watchdog_nothing_is_fed(systemd: Socket) -> None:
    manager = ServiceManager(systemd.address)
    manager.beat()
    assert systemd.heard() == []


def test_the_state_is_told_when_it_changes(systemd: Socket) -> None:
    recorder = Recorder(latest := LatestSnapshot())
    manager = ServiceManager(systemd.address)
    for phase in (Phase.STARTING, Phase.READY, Phase.READY):
        recorder.set_phase(phase)
        recorder.publish()
        manager.report_status(latest)
    assert systemd.heard() == ["STATUS=Starting", "STATUS=Operational"]


@pytest.mark.parametrize(
    ("environ", "feeds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, True),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, True),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid() + 1)}, False),
        ({"WATCHDOG_USEC": "0"}, False),
        ({"WATCHDOG_USEC": "soon"}, False),
        ({}, False),
    ],
)
def test_the_environment_says_whether_there_is_a_watchdog(
    systemd: Socket, environ: dict[str, str], feeds: bool
) -> None:
    manager = ServiceManager.from_environ({"NOTIFY_SOCKET": systemd.address, **environ})
    manager.beat()
    assert systemd.heard() == ["WATCHDOG=1"] * feeds


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}])
async def test_without_a_socket_nothing_happens(environ: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    manager = ServiceManager.from_environ({"WATCHDOG_USEC": "1", **environ})
    manager.beat()
    stop = asyncio.Event()
    stop.set()
    await manager.report_lifecycle(stop)
    assert not caplog.records


def test_a_socket_that_is_gone_is_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    manager = ServiceManager(str(tmp_path / "gone"), 1.0, clock := FakeClock())
    for _ in range(5):
        clock.pass_seconds(1.0)
        manager.beat()
    assert caplog.messages == ["cannot tell systemd (No such file or directory): WATCHDOG=1"]


def test_a_reader_that_does_not_keep_up_is_not_waited_for(systemd: Socket) -> None:
    manager = ServiceManager(systemd.address, 1.0, clock := FakeClock())
    for _ in range(5_000):
        clock.pass_seconds(1.0)
        manager.beat()
    assert systemd.heard()
