"""The sending half of a websocket: frames leave in order, compressed or not, and closes wait their turn."""

import asyncio
import socket
import struct
import zlib
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from .call import NO_LINGER
from .gateway_faults import ABNORMAL_CLOSURE
from .sessions import encode

CLOSE_TIMEOUT_SECONDS = 5.0
CLOSE_CODE = struct.Struct("!H")


@dataclass(frozen=True, slots=True)
class Raw:
    """A frame that goes out as it is: text is never compressed."""

    frame: str | bytes


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The end, after everything before it."""

    code: int


class SocketWire:
    """A websocket to write to.

    Attributes:
        silent: whether frames are dropped in place of being sent.
    """

    def __init__(self, request: web.Request, *, zlib_stream: bool) -> None:
        self._request = request
        self._outbox: asyncio.Queue[str | Raw | Goodbye] = asyncio.Queue()
        self._deflate = zlib.compressobj(1) if zlib_stream else None
        self._sender: asyncio.Task[None] | None = None
        # aiohttp's own limit is far off, so that what is too long for Discord is closed with Discord's code.
        self.websocket = web.WebSocketResponse(compress=False, max_msg_size=2**20, timeout=CLOSE_TIMEOUT_SECONDS)
        self.silent = False

    async def open(self) -> None:
        """Upgrade the connection and begin to send."""
        await self.websocket.prepare(self._request)
        self._sender = asyncio.create_task(self._send_in_order())

    async def finish(self) -> None:
        """Stop sending."""
        if self._sender is not None:
            self._sender.cancel()
            # Awaiting the task itself would raise its CancelledError here.
            await asyncio.wait({self._sender})

    def push(self, frame: str) -> None:
        """Send a frame after those before it, unless the connection has fallen silent."""
        if not self.silent:
            self._outbox.put_nowait(frame)

    def send_op(self, op: int, payload: object) -> None:
        """Send a payload that is no event."""
        self.push(encode({"op": op, "d": payload, "s": None, "t": None}))

    def send_raw(self, frame: str | bytes) -> None:
        """Send a frame as it is, even when silent."""
        self._outbox.put_nowait(Raw(frame))

    def close_after_all(self, code: int) -> None:
        """Close once everything is sent; 1006 drops the connection without a word."""
        self._outbox.put_nowait(Goodbye(code))

    def reset_now(self) -> None:
        """Tear the connection down with a TCP reset."""
        transport = self._request.transport
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            transport.abort()

    async def _send_in_order(self) -> None:
        while True:
            frame = await self._outbox.get()
            try:
                if isinstance(frame, Goodbye):
                    return await self._say_goodbye(frame.code)
                await self._send(frame)
            except ConnectionError:
                return None

    async def _send(self, frame: str | Raw) -> None:
        if isinstance(frame, Raw):
            if isinstance(frame.frame, bytes):
                await self.websocket.send_bytes(frame.frame)
            else:
                await self.websocket.send_str(frame.frame)
        elif self._deflate is None:
            await self.websocket.send_str(frame)
        else:
            # One stream for all frames; clients know where each ends by the 00 00 ff ff that a sync flush writes.
            compressed = self._deflate.compress(frame.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            await self.websocket.send_bytes(compressed)

    async def _say_goodbye(self, code: int) -> None:
        # The websocket's own close() hangs up before the far side has read the code and answered.
        if code != ABNORMAL_CLOSURE:
            await self.websocket.send_frame(CLOSE_CODE.pack(code), WSMsgType.CLOSE)
            await asyncio.sleep(CLOSE_TIMEOUT_SECONDS)
        if self._request.transport is not None:
            self._request.transport.abort()
