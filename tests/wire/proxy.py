"""A real HTTP proxy on loopback: it tunnels by CONNECT and forwards what names its target in full."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import yarl

HEAD_END = b"\r\n\r\n"


@dataclass
class Proxy:
    """A running proxy.

    Attributes:
        port: Where it listens.
        tls: What it proves itself with; None for a proxy that is spoken to in plain.
        credentials: The `user:password` it wants; None takes anybody.
        hosts: Names that only this proxy can resolve.
        refused_count: Requests without the right credentials.
        tunnelled: `host:port` of every CONNECT.
        forwarded: Addresses of the other requests; of several on one connection only the first.
    """

    port: int = 0
    tls: ssl.SSLContext | None = None
    credentials: str | None = None
    hosts: Mapping[str, str] = field(default_factory=dict)
    refused_count: int = 0
    tunnelled: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(HEAD_END)
            if self._is_welcome(head):
                await self._pass_on(head, reader, writer)
            else:
                self.refused_count += 1
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n" + HEAD_END[2:])
        writer.close()

    def _is_welcome(self, head: bytes) -> bool:
        if self.credentials is None:
            return True
        wanted = b"Proxy-Authorization: Basic " + base64.b64encode(self.credentials.encode())
        return wanted in head.split(b"\r\n")

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        tunnels = method == "CONNECT"
        (self.tunnelled if tunnels else self.forwarded).append(target)
        url = yarl.URL(f"//{target}" if tunnels else target)
        assert url.host is not None
        upstream, to_upstream = await asyncio.open_connection(self.hosts.get(url.host, url.host), url.port)
        if tunnels:
            writer.write(b"HTTP/1.1 200 Connection established" + HEAD_END)
        else:
            to_upstream.write(head)
        await asyncio.gather(_copy(reader, to_upstream), _copy(upstream, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
