from pathlib import Path

import pytest

from modules.telemetry.memory import open_memory_gauge
from modules.telemetry.snapshot import Memory


def root_with(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    "name", ["sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"], ids=["cgroup v2", "cgroup v1"]
)
def test_the_containers_limit_is_found(tmp_path: Path, name: str) -> None:
    gauge = open_memory_gauge(root_with(tmp_path, {name: "268435456\n", "proc/self/statm": "9000 100 50 1 0 1 0"}))
    memory = gauge()
    assert memory.limit_bytes == 268435456
    assert memory.used_bytes is not None
    assert memory.used_bytes % 100 == 0


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", ""])
def test_no_limit_is_the_machines_memory(tmp_path: Path, limit: str) -> None:
    root = root_with(tmp_path, {"sys/fs/cgroup/memory.max": limit})
    assert open_memory_gauge(root)().limit_bytes == open_memory_gauge(tmp_path / "nowhere")().limit_bytes


@pytest.mark.parametrize("statm", ["", "garbage", "1 x"])
def test_a_use_that_cannot_be_read_is_unknown(tmp_path: Path, statm: str) -> None:
    assert open_memory_gauge(root_with(tmp_path, {"proc/self/statm": statm}))().used_bytes is None


def test_this_process_uses_some_memory() -> None:
    memory = open_memory_gauge()()
    assert isinstance(memory, Memory)
    assert 0 < (memory.used_bytes or 0) < (memory.limit_bytes or 0)
