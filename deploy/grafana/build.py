"""The Grafana dashboards from their tables: `python deploy/grafana/build.py` writes what Grafana reads.

A panel is a few lines of TOML and sixty of JSON; a test holds the two together. The keys of a panel:

    title    the reader's question rather than the metric's name
    about    what to make of it, shown behind the "i"
    queries  legend = expression; Grafana fills in {{label}} in a legend
    kind     Grafana's name of the panel ("timeseries")
    unit     Grafana's name of the unit ("short")
    width    columns of 24 (8)
    height   grid rows (7)
    steps    [value, colour] from which a value is drawn in that colour, rising
    source   uid of the data source ("prometheus")
    options  anything else this kind of panel needs
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE = Path(__file__).resolve().parent
GRID_WIDTH = 24
HEADING_HEIGHT = 1
DEFAULTS = {"kind": "timeseries", "unit": "short", "width": 8, "height": 7, "source": "prometheus", "options": {}}
INSTANCES = {
    "name": "instance",
    "label": "Instance",
    "type": "query",
    "datasource": {"type": "prometheus", "uid": "prometheus"},
    "query": {"query": "label_values(nazh_uptime_seconds, instance)", "refId": "instances"},
    "includeAll": True,
    "multi": True,
    "allValue": ".*",
    "current": {"text": ["All"], "value": ["$__all"]},
    "refresh": 2,
    "sort": 1,
}


def drawing(panel: Mapping[str, Any]) -> dict[str, Any]:
    """Unit and colours; a curve keeps its own colour and gets the steps as lines."""
    settings: dict[str, Any] = {"unit": panel["unit"], "min": 0}
    if "steps" not in panel:
        return settings
    steps = [{"value": value if i else None, "color": colour} for i, (value, colour) in enumerate(panel["steps"])]
    settings["thresholds"] = {"mode": "absolute", "steps": steps}
    if panel["kind"] == "timeseries":
        return settings | {"custom": {"thresholdsStyle": {"mode": "line"}}}
    return settings | {"color": {"mode": "thresholds"}}


def as_panel(panel: Mapping[str, Any], number: int, x: int, y: int) -> dict[str, Any]:
    """The panel in Grafana's words, at its place."""
    source = {"type": panel["source"], "uid": panel["source"]}
    return {
        "id": number,
        "type": panel["kind"],
        "title": panel["title"],
        "description": panel["about"],
        "datasource": source,
        "gridPos": {"x": x, "y": y, "w": panel["width"], "h": panel["height"]},
        "fieldConfig": {"defaults": drawing(panel), "overrides": []},
        "options": panel["options"],
        "targets": [
            {"refId": chr(ord("A") + i), "datasource": source, "expr": expr, "legendFormat": legend}
            for i, (legend, expr) in enumerate(panel["queries"].items())
        ],
    }


def placed(panels: Sequence[Mapping[str, Any]], y: int) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Panels from left to right with their place, in lines as high as their highest."""
    x = height = 0
    for written in panels:
        panel = {**DEFAULTS, **written}
        if x + panel["width"] > GRID_WIDTH:
            x, y, height = 0, y + height, 0
        yield panel, x, y
        x, height = x + panel["width"], max(height, panel["height"])


def as_panels(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every heading and panel of a page, numbered from 1."""
    found: list[dict[str, Any]] = []
    y = 0
    for row in rows:
        place = {"x": 0, "y": y, "w": GRID_WIDTH, "h": HEADING_HEIGHT}
        heading = {"type": "row", "title": row["title"], "collapsed": False, "gridPos": place, "panels": []}
        found.append({"id": len(found) + 1, **heading})
        for panel, x, top in placed(row["panel"], y + HEADING_HEIGHT):
            found.append(as_panel(panel, len(found) + 1, x, top))
            y = max(y, top + panel["height"])
    return found


def render(table: Path) -> str:
    """The JSON text of one page."""
    text = table.read_text()
    page = tomllib.loads(text)
    return (
        json.dumps(
            {
                "uid": page["uid"],
                "title": page["title"],
                "tags": ["nazh-engine"],
                "timezone": "browser",
                "schemaVersion": 41,
                "editable": False,
                "refresh": "30s",
                "time": {"from": "now-3h", "to": "now"},
                "templating": {"list": [INSTANCES] if "$instance" in text else []},
                "panels": as_panels(page["row"]),
            },
            indent=1,
        )
        + "\n"
    )


def main() -> int:
    """Write every dashboard."""
    for table in sorted(HERE.glob("*.toml")):
        (HERE / "dashboards" / f"{table.stem}.json").write_text(render(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
