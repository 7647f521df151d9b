"""The files under test: where they lie, and how the tests read them."""

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
SCHEMAS = Path(__file__).resolve().parent / "schemas"


def load_yaml(path: str) -> Any:
    """One YAML document, by its path from the root."""
    return yaml.safe_load((ROOT / path).read_text())


def load_all_yaml(path: str) -> list[dict[str, Any]]:
    """Every document of a YAML stream."""
    return [document for document in yaml.safe_load_all((ROOT / path).read_text()) if document]


def load_json(path: Path) -> Any:
    """One JSON document."""
    return json.loads(path.read_text())


def faults_of(document: object, schema: dict[str, Any]) -> list[str]:
    """What a schema has against a document, one line each, with the place."""
    return [f"{fault.json_path}: {fault.message}" for fault in Draft7Validator(schema).iter_errors(document)]
