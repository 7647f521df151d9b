"""The sidecar: a few read-only pages about the process, served beside it. It reads the board and nothing else."""

import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from config import Config
from modules.telemetry.board import Board
from modules.telemetry.health import Examiner, Health
from modules.telemetry.metrics import Metrics
from modules.telemetry.verdict import verdict_of
from modules.web.answers import refuse, secure
from modules.web.assets import load_assets
from modules.web.serving import Limits, WebServer
from modules.web.view import count_text, duration_text, milliseconds_text

__all__ = ["Limits", "WebServer", "create_app", "open_sidecar"]


def create_app(
    board: Board,
    metrics: Metrics,
    *,
    repository_url: str | None = None,
    unready_restart_seconds: float = 900.0,
) -> Flask:
    """Build the application.

    Args:
        board: Where the loop publishes its snapshots.
        metrics: What `/metrics` shows.
        repository_url: Where the source lives; version and commit are linked to it.
        unready_restart_seconds: After so long in one fruitless attempt `/healthz` turns 503; 0 is never.
    """
    app = Flask(__name__, static_folder=None)
    assets = load_assets(Path(app.root_path) / "static")
    app.url_map.strict_slashes = False
    app.after_request(secure)
    app.register_error_handler(HTTPException, refuse)
    examiner = Examiner(board, unready_restart_seconds)

    def health(answer: Health) -> Response:
        body = json.dumps(answer.document(board.read()))
        return Response(body, status=200 if answer.ok else 503, mimetype="application/health+json")

    def dashboard() -> str:
        return render_template("dashboard.html", status=status_of(board), repository_url=repository_url)

    def scrape() -> Response:
        body, content_type = metrics.render(request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)

    def static(filename: str) -> Response:
        if filename not in assets:
            abort(404)
        return assets[filename].response(request.args.get("v"))

    views: dict[str, Any] = {
        "/": dashboard,
        "/healthz": lambda: health(examiner.live()),
        "/livez": lambda: health(examiner.live()),
        "/readyz": lambda: health(examiner.ready()),
        "/startupz": lambda: health(examiner.started()),
        "/api/status": lambda: jsonify(status_of(board)),
        "/metrics": scrape,
        "/static/<filename>": static,
    }
    app.add_template_global(
        lambda name: url_for("/static/<filename>", filename=name, v=assets[name].digest), name="asset_url"
    )
    for path, view in views.items():
        app.add_url_rule(path, path, view, methods=["GET"], provide_automatic_options=False)
    return app


def open_sidecar(config: Config, board: Board) -> WebServer:
    """Build the application and serve it from a thread of its own.

    Args:
        config: Where to listen.
        board: What to show.

    Raises:
        OSError: The port is taken, or the address is not this machine's.
    """
    server = WebServer(create_app(board, Metrics(board)), host=config.host, port=config.port)
    server.start()
    return server


def status_of(board: Board) -> dict[str, Any]:
    """What `/api/status` tells: counts and times only, no name or id of anyone."""
    snapshot = board.read()
    verdict = verdict_of(snapshot, board.beat_age_seconds())
    return {
        "verdict": verdict.text,
        "tone": verdict.tone,
        "phase": snapshot.phase,
        "uptime_seconds": round(snapshot.uptime_seconds),
        "latency_seconds": snapshot.latency_seconds,
        "guild_count": snapshot.guild_count,
        "version": snapshot.build.version,
        "commit": snapshot.build.commit,
        "text": {
            "verdict": verdict.text,
            "latency": milliseconds_text(snapshot.latency_seconds),
            "uptime": duration_text(snapshot.uptime_seconds),
            "guilds": count_text(snapshot.guild_count),
            "commands": count_text(sum(snapshot.totals.commands.values())),
        },
    }
