"""Lets a soak look into the bot's process: SIGUSR1 makes it count its asyncio tasks, threads and objects."""

import asyncio
import gc
import json
import os
import signal
import threading
from pathlib import Path


def _count(_signum: int, _frame: object) -> None:
    gc.collect()
    tasks = asyncio.all_tasks(asyncio.get_running_loop())
    names = sorted(getattr(task.get_coro(), "__qualname__", "?") for task in tasks)
    counts = {"tasks": names, "threads": threading.active_count()}
    target = Path(os.environ["INJECT_COUNTS_FILE"])
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(counts))
    partial.replace(target)


signal.signal(signal.SIGUSR1, _count)
