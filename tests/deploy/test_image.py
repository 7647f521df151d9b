"""The image's smoke test must be able to fail; that it passes is shown by `make image`."""

import re
from collections.abc import Mapping, Sequence

import pytest

from deploy import image
from tests.deploy.test_dockerignore import RULES

GOOD: Mapping[str, object] = {
    "User": "10001:10001",
    "Entrypoint": ["python", "main.py"],
    "Healthcheck": {"Test": ["CMD", "python", "-m", "modules.lifecycle.healthcheck"]},
}
HELD = " ".join(image.CONTENTS)


class Container:
    """Answers as a sound image does, except where told otherwise."""

    def __init__(self, **otherwise: image.Outcome) -> None:
        self._answers = {
            "bare": image.Outcome(78, "DISCORD_TOKEN: is missing; wanted: the bot's token"),
            "--check-config": image.Outcome(0, "DISCORD_TOKEN  (hidden)"),
            image.LIST_CONTENTS: image.Outcome(0, HELD),
            **otherwise,
        }

    def __call__(self, *command: str, env: Sequence[str] = ()) -> image.Outcome:
        assert bool(env) == ("--check-config" in command), "the token is given where it is asked for, and only there"
        return self._answers.get(command[-1] if command else "bare", image.Outcome(0, ""))

    def close(self) -> None: ...


def test_a_sound_image_passes() -> None:
    image.check_config(GOOD)
    image.check_start(Container())


@pytest.mark.parametrize(
    "wrong",
    [
        {"User": ""},
        {"User": "root"},
        {"Entrypoint": ["/bin/sh", "-c", "python main.py"]},
        {"Healthcheck": None},
        {"Healthcheck": {"Test": ["CMD-SHELL", "curl localhost"]}},
    ],
)
def test_an_image_with_other_settings_does_not(wrong: dict[str, object]) -> None:
    with pytest.raises(image.SmokeError):
        image.check_config({**GOOD, **wrong})


@pytest.mark.parametrize(
    "otherwise",
    [
        {"bare": image.Outcome(1, "Traceback … DISCORD_TOKEN")},
        {"bare": image.Outcome(78, "DISCORD_TOKEN\nand more")},
        {"--check-config": image.Outcome(78, "")},
        {"--check-config": image.Outcome(0, image.MADE_UP_TOKEN)},
        {image.LIST_CONTENTS: image.Outcome(0, f"{HELD} .env")},
        {image.TRY_TO_WRITE: image.Outcome(1, "/app can be written")},
    ],
    ids=["crash", "many lines", "refused", "token shown", "secret inside", "writable"],
)
def test_an_image_that_behaves_otherwise_does_not(otherwise: dict[str, image.Outcome]) -> None:
    with pytest.raises(image.SmokeError):
        image.check_start(Container(**otherwise))


def test_another_base_is_used_in_both_stages() -> None:
    assert re.findall(r"^FROM .*$", image.dockerfile("other:1"), re.MULTILINE) == [
        "FROM other:1 AS build",
        "FROM other:1",
    ]
    assert image.dockerfile(None) == (image.ROOT / "Dockerfile").read_text()


def test_the_lines_buildah_adds_are_not_ours() -> None:
    seen = image.without_epilogue(image.Outcome(78, "ours\nsubprocess exited with status 78\nError: exit status 78"))
    assert seen == image.Outcome(78, "ours")


def test_without_an_engine_it_says_so_and_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert image.main([]) == 1
    assert "docker, podman, buildah" in capsys.readouterr().err


def test_the_contents_it_expects_are_those_let_in() -> None:
    let_in = {rule.lstrip("!").rstrip("/") for rule in RULES if rule.startswith("!")}
    assert set(image.CONTENTS) == let_in - {"requirements.txt"}
