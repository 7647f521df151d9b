"""What may enter the image: a list of names, so that a forgotten secret stays outside."""

import re

import pytest

from tests.deploy.files import ROOT

RULES = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def to_regex(pattern: str) -> str:
    """A .dockerignore pattern as Docker reads it: `**` crosses folders, `*` does not, a match covers all below."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", pattern.strip("/"))
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(spelled.get(part, part if part.startswith("[") else re.escape(part)) for part in parts)
    return f"{body}(?:/.*)?"


def enters(path: str, rules: list[str]) -> bool:
    """Whether the build sees this file: the last rule that matches decides."""
    verdict = True
    for rule in rules:
        if re.fullmatch(to_regex(rule.removeprefix("!")), path):
            verdict = rule.startswith("!")
    return verdict


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.production",
        "modules/.env",
        ".git/config",
        ".github/workflows/ci.yml",
        "logs/nazh.jsonl",
        "data/backoff.json",
        "tests/test_layers.py",
        "deploy/compose.yaml",
        "demo.py",
        ".venv/bin/python",
        "modules/__pycache__/bot.cpython-313.pyc",
        "id_rsa",
    ],
)
def test_stays_out(path: str) -> None:
    assert not enters(path, RULES)


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "main.py",
        "config.py",
        "web_server.py",
        "modules/lifecycle/healthcheck.py",
        "templates/a.html",
    ],
)
def test_enters(path: str) -> None:
    assert enters(path, RULES)


def test_the_last_rule_decides() -> None:
    assert enters("a/b.txt", ["*", "!a/"])
    assert not enters("a/b.txt", ["*", "!a/", "**/*.txt"])
    assert enters("a/b.txt", ["*.txt"]), "a star does not cross folders"
