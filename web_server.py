"""The sidecar: a few pages about the process, served beside it. It reads the latest snapshot and nothing else."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, abort, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from config import Config
from modules.telemetry.health import Health, HealthProbes
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from modules.web.answers import compress, refuse, secure
from modules.web.assets import Asset, load_assets
from modules.web.cards import CARDS
from modules.web.connections import CONNECTIONS_AT_MOST, Limits
from modules.web.glossary import TERMS
from modules.web.serving import WebServer
from modules.web.sign_in import SignIn, is_same
from modules.web.status import StatusView

__all__ = ["Limits", "WebServer", "bind_fault", "create_app", "open_sidecar"]


def create_app(
    latest: LatestSnapshot,
    metrics: Metrics,
    *,
    repository_url: str | None = None,
    dashboard_token: str | None = None,
    metrics_token: str | None = None,
    unready_restart_seconds: float = 900.0,
    configuration: Mapping[str, str] = MappingProxyType({}),
    clock: Callable[[], float] = time.monotonic,
) -> Flask:
    """Build the application.

    Args:
        latest: Where the loop publishes its snapshots.
        metrics: What `/metrics` shows.
        repository_url: Where the source lives; version and commit are linked to it.
        dashboard_token: Unlocks the details of the page; None leaves it at what is public.
        metrics_token: Guards `/metrics` (bearer); None leaves it open.
        unready_restart_seconds: After so long in one fruitless attempt `/healthz` turns 503; 0 is never.
        configuration: The settings in force, secrets masked; shown to whoever has signed in.
        clock: Monotonic clock, in seconds; times sessions and wrong tokens.
    """
    app = Flask(__name__, static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    sign_in = SignIn(dashboard_token, clock)
    view = StatusView(latest, configuration)
    sidecar = _Sidecar(view, HealthProbes(latest, unready_restart_seconds), metrics, sign_in, metrics_token)
    assets = load_assets(Path(app.root_path) / "static")

    def static(filename: str) -> Response:
        if filename not in assets:
            abort(404)
        return assets[filename].response(request.args.get("v"))

    routes: dict[str, Callable[..., Any]] = {
        "/": lambda: sidecar.dashboard(repository_url),
        "/healthz": sidecar.live,
        "/livez": sidecar.live,
        "/readyz": sidecar.ready,
        "/startupz": sidecar.started,
        "/api/status": sidecar.status,
        "/metrics": sidecar.scrape,
        **{f"/{name}": partial(_root_asset, assets[name]) for name in ("favicon.ico", "openapi.json", "robots.txt")},
        "/static/<filename>": static,
    }
    for path, handler in routes.items():
        app.add_url_rule(path, path, handler, methods=["GET"], provide_automatic_options=False)
    app.register_blueprint(sign_in.blueprint())
    app.after_request(compress)
    app.after_request(secure)
    app.register_error_handler(HTTPException, refuse)
    app.add_template_global(
        lambda name: url_for("/static/<filename>", filename=name, v=assets[name].digest), name="asset_url"
    )
    # Compiled now: the first visitor does not wait for it, and a broken template ends the start.
    for template in app.jinja_env.list_templates():
        app.jinja_env.get_template(template)
    return app


def open_sidecar(config: Config, latest: LatestSnapshot, connections: int = CONNECTIONS_AT_MOST) -> WebServer:
    """Build the application and serve it from threads of its own.

    Args:
        config: Where to listen.
        latest: What to show.
        connections: How many clients may be connected at once.

    Raises:
        OSError: The port is taken, or the address is not this machine's.
    """
    app = create_app(
        latest,
        Metrics(latest),
        repository_url=config.repository_url,
        dashboard_token=config.dashboard_token,
        metrics_token=config.metrics_token,
        unready_restart_seconds=config.health_unready_restart_seconds,
        configuration=config.describe(),
    )
    limits = Limits(connections=connections)
    server = WebServer(app, host=config.host, port=config.port, trusted_proxy=config.trusted_proxy, limits=limits)
    server.start()
    return server


def bind_fault(error: OSError) -> str:
    """Why `open_sidecar` could not listen, in the system's words: Python's own repeat the address."""
    # A name that cannot be resolved has a negative number, which strerror does not know.
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or str(error)


def _root_asset(asset: Asset) -> Response:
    return asset.response(None)


@dataclass(frozen=True, slots=True)
class _Sidecar:
    """The views, bound to what they read."""

    view: StatusView
    probes: HealthProbes
    metrics: Metrics
    sign_in: SignIn
    metrics_token: str | None

    def dashboard(self, repository_url: str | None) -> str:
        is_operator = self.sign_in.is_operator()
        return render_template(
            "dashboard.html",
            status=self.view.status(is_operator=is_operator),
            cards=CARDS,
            terms=TERMS,
            repository_url=repository_url,
            is_operator=is_operator,
            can_sign_in=self.sign_in.is_enabled,
        )

    def status(self) -> Response:
        # NaN is no JSON: a browser would refuse the whole document.
        body = json.dumps(self.view.status(is_operator=self.sign_in.is_operator()), ensure_ascii=False, allow_nan=False)
        return Response(body, mimetype="application/json")

    def live(self) -> Response:
        return self._health(self.probes.live())

    def ready(self) -> Response:
        return self._health(self.probes.ready())

    def started(self) -> Response:
        return self._health(self.probes.started())

    def _health(self, health: Health) -> Response:
        body = json.dumps(health.document(self.probes.latest.read()))
        return Response(body, status=200 if health.ok else 503, mimetype="application/health+json")

    def scrape(self) -> Response:
        given = request.headers.get("Authorization", "")
        if self.metrics_token is not None and not is_same(given, f"Bearer {self.metrics_token}"):
            return Response("Unauthorized\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
        body, content_type = self.metrics.render(request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)
