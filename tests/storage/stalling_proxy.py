"""A way to a database that stops carrying anything, with every connection open: what a dead network looks like."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field


@dataclass
class StallingProxy:
    """Carries bytes to a port on loopback until it is told to stall.

    Attributes:
        target: Port of the database.
        flowing: Cleared to stall.
        port: Where it listens.
    """

    target: int
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["StallingProxy"]:
        self.flowing.set()
        served = set[asyncio.Task[None]]()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            served.add(asyncio.current_task())  # type: ignore[arg-type]  # a task runs this
            with suppress(asyncio.CancelledError):
                await self._serve(reader, writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in served:
                task.cancel()
            await asyncio.gather(*served)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self.target)
            with closing(to_upstream):
                await asyncio.gather(self._copy(reader, to_upstream), self._copy(upstream, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self.flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()
