"""Where the stand-in listens: one port for REST, one for the gateway, so that either can be down alone."""

import socket
import ssl

from aiohttp import web

from .core import Core
from .gateway import Gateway
from .rest import RestApi
from .routes_account import ACCOUNT_ROUTES
from .routes_interactions import INTERACTION_ROUTES
from .routes_messages import MESSAGE_ROUTES

HOST = "127.0.0.1"
# A cold burst opens thousands of connections at once; those the queue has no room for would wait for TCP to retry.
BACKLOG = 4096
REST, GATEWAY = 0, 1
LONGEST_STOP_SECONDS = 0.2


class Server:
    """REST and gateway on loopback.

    Args:
        core: what they serve.
        port: of the REST API; 0 picks a free one. The gateway answers there too, at `/`.
        gateway_port: of the gateway; 0 picks a free one.
        tls: speaks https and wss if given.
    """

    def __init__(self, core: Core, port: int = 0, gateway_port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._core = core
        self._tls = tls
        self.gateway = Gateway(core)
        self._ports = [port, gateway_port]
        self._runner: web.AppRunner | None = None
        self._sites: list[web.TCPSite | None] = [None, None]
        self._deaf: socket.socket | None = None

    async def start(self, extra_routes: list[web.RouteDef]) -> None:
        """Listen; `extra_routes` come before those of Discord.

        Raises:
            OSError: a port is taken.
        """
        application = web.Application(client_max_size=32 * 2**20)
        rest = RestApi(self._core, ACCOUNT_ROUTES | MESSAGE_ROUTES | INTERACTION_ROUTES)
        application.router.add_routes(extra_routes)
        application.router.add_get("/", self.gateway.serve)
        application.router.add_route("*", "/{path:.*}", rest.serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=LONGEST_STOP_SECONDS)
        await self._runner.setup()
        addresses = self._core.addresses
        s = "s" if self._tls is not None else ""
        addresses.api_url = f"http{s}://{HOST}:{await self.listen(REST)}/api/v10"
        addresses.gateway_url = f"ws{s}://{HOST}:{await self.listen(GATEWAY)}/"
        addresses.dead_gateway_url = f"ws{s}://{HOST}:{self._bind_deaf_port()}/"

    def _bind_deaf_port(self) -> int:
        """A port that is bound and never listened at: nobody else can come to answer there."""
        self._deaf = socket.socket()
        self._deaf.bind((HOST, 0))
        port: int = self._deaf.getsockname()[1]
        return port

    async def stop(self) -> None:
        """Hang up on everybody and stop listening."""
        for gateway_socket in list(self.gateway.sockets):
            gateway_socket.reset()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._deaf is not None:
            self._deaf.close()

    async def listen(self, which: int) -> int:
        """Accept connections (again), always on the same port; returns it."""
        if self._sites[which] is None:
            assert self._runner is not None, "start() comes first"
            port = self._ports[which]
            site = web.TCPSite(self._runner, HOST, port, backlog=BACKLOG, reuse_address=True, ssl_context=self._tls)
            await site.start()
            self._sites[which], self._ports[which] = site, site.port
        return self._ports[which]

    async def hush(self, which: int) -> None:
        """Refuse new connections; those that stand are left alone."""
        site, self._sites[which] = self._sites[which], None
        if site is not None:
            await site.stop()
