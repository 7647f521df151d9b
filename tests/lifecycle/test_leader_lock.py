"""The lock of a shard: one holder, whoever dies."""

import asyncio
import subprocess
import sys
from pathlib import Path

from modules.lifecycle.leader_lock import FileLock
from tests.wire.process import ROOT

HOLD = """
import sys, time
from pathlib import Path
from modules.lifecycle.leader_lock import FileLock
print(FileLock(Path(sys.argv[1])).try_acquire(), flush=True)
time.sleep(600)
"""


async def test_one_leads_and_the_other_does_not(tmp_path: Path) -> None:
    first, second = (FileLock(tmp_path / "data" / "shard.lock") for _ in range(2))
    assert first.try_acquire()
    assert first.try_acquire(), "asking again changes nothing"
    assert not second.try_acquire()
    await first.release()
    assert second.try_acquire()
    assert not first.try_acquire()


async def test_letting_go_of_nothing_is_harmless(tmp_path: Path) -> None:
    await FileLock(tmp_path / "shard.lock").release()


def test_other_shards_have_locks_of_their_own(tmp_path: Path) -> None:
    assert FileLock(tmp_path / "shard-0.lock").try_acquire()
    assert FileLock(tmp_path / "shard-1.lock").try_acquire()


async def test_the_one_who_waits_is_next(tmp_path: Path) -> None:
    first, second = (FileLock(tmp_path / "shard.lock") for _ in range(2))
    first.try_acquire()
    waiting = asyncio.create_task(second.acquire(lambda: None))
    await asyncio.sleep(0)
    assert not second.is_held
    await first.release()
    await asyncio.wait_for(waiting, 10)
    assert second.is_held


def test_a_killed_process_leads_no_more(tmp_path: Path) -> None:
    lock = tmp_path / "shard.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, cwd=ROOT)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        heir = FileLock(lock)
        assert not heir.try_acquire()
        holder.kill()
        holder.wait()
        assert heir.try_acquire()
