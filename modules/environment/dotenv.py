"""From the environment, `.env`, or the file a secret is kept in, to the value of a setting."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from modules.environment.setting import ConfigError, Fault, RefusedError, Setting
from modules.environment.token import WANTED, bot_token

_LONGEST_SECRET = 10_000
_FILE = "_FILE"
_CLOSE = 0.88
_CLOSE_IN_FILE = 0.75
_READ_ELSEWHERE = ("DEMO_CHAT_PORT", "GRAFANA_PASSWORD")  # by `make demo` and by Compose
_SHORTEST_COMPARED = 7


def merge_dotenv(path: Path, environ: Mapping[str, str], table: Mapping[str, Setting]) -> dict[str, str]:
    """The variables of the file `path` under those of `environ`.

    What is really set wins; a blank value sets nothing. A secret really given as `NAME_FILE` also wins over the file's
    `NAME`, and the other way round.

    Raises:
        ConfigError: The file is there and cannot be read.
    """
    try:
        # A $ in a secret is just a $, and the mark some Windows editors begin with is no part of the first name.
        filed = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError([Fault(path.name, f"cannot be read ({_reason(error)})", "a readable text file")]) from None
    # A line without an equals sign comes as None.
    merged = {name: text for name, text in filed.items() if text is not None}
    given = {name: text for name, text in environ.items() if not _is_unset(name, text, table)}
    for name in given:
        merged.pop(_other_form(name), None)
    return merged | given


def _is_unset(name: str, text: str, table: Mapping[str, Setting]) -> bool:
    setting = table.get(name.removesuffix(_FILE))
    return setting is not None and setting.is_unset(text)


def secret_text(name: str, environ: Mapping[str, str]) -> str | None:
    """The secret itself, or what the file that `NAME_FILE` names holds, without the line break at its end.

    Raises:
        RefusedError: Both are set, or the file has nothing to give.
    """
    variable, wanted = name + _FILE, "a readable file that holds the secret and nothing else"
    path, text = environ.get(variable, "").strip(), environ.get(name)
    if not path:
        return text
    if text and text.strip():
        raise RefusedError(f"is set and so is {name}", "only one of the two", variable)
    try:
        with Path(path).open(encoding="utf-8") as file:
            # Not the whole file: a wrong path may name something without end.
            found = file.read(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise RefusedError(f"names a file that cannot be read ({_reason(error)})", wanted, variable) from None
    if not found.strip():
        raise RefusedError("names an empty file", wanted, variable)
    return found


def read_setting(name: str, setting: Setting, environ: Mapping[str, str], default: str | None) -> object:
    """The value of a variable; of a secret, also from the file that `NAME_FILE` names.

    Args:
        name: Of the variable.
        setting: How it is read.
        environ: The variables.
        default: The text assumed where it is unset; None where it is required.

    Raises:
        RefusedError: It cannot be taken, or is missing.
    """
    text = secret_text(name, environ) if setting.secret else environ.get(name)
    if text is None or setting.is_unset(text):
        text = default
    if text is None:
        raise RefusedError(
            "is missing: neither the environment nor .env has it",
            WANTED if setting.read is bot_token else setting.explanation,
        )
    return setting.read(text) if text.strip() else None


def near_misses(
    names: Iterable[str], table: Mapping[str, Setting], others: Iterable[str] = (), *, filed: Collection[str] = ()
) -> list[str]:
    """A did-you-mean line for every name that is none of ours and resembles one of them.

    Args:
        names: The names that are set.
        table: Our settings.
        others: Names that are read too, though they are no settings.
        filed: Those of `names` that stand in `.env`. It is a file for this bot, so a distant resemblance is enough
            there; an environment is full of names that belong to others.
    """
    files = (name + _FILE for name, setting in table.items() if setting.secret)
    known = {*table, *files, *others, *_READ_ELSEWHERE}
    bare = {_bare(name): name for name in known}
    guesses = ((name, _closest(_bare(name), bare, is_filed=name in filed)) for name in sorted(set(names) - known))
    return [f"{name} is not a setting; did you mean {guess}?" for name, guess in guesses if guess]


def _closest(bare_name: str, bare: Mapping[str, str], *, is_filed: bool) -> str | None:
    # In the environment short names must be equal: HOST and PORT have too many innocent neighbours.
    if bare_name in bare or (len(bare_name) < _SHORTEST_COMPARED and not is_filed):
        return bare.get(bare_name)
    close = difflib.get_close_matches(bare_name, bare, n=1, cutoff=_CLOSE_IN_FILE if is_filed else _CLOSE)
    return bare[close[0]] if close else None


def _bare(name: str) -> str:
    return name.upper().replace("_", "").replace("-", "")


def _other_form(name: str) -> str:
    return name.removesuffix(_FILE) if name.endswith(_FILE) else name + _FILE


def _reason(error: Exception) -> str:
    return (error.strerror or "no reason given") if isinstance(error, OSError) else "it is not UTF-8 text"
