"""From the environment to the value of one setting."""

from collections.abc import Mapping

from modules.environment.dotenv import secret_text
from modules.environment.setting import RefusedError, Setting
from modules.environment.token import WANTED, bot_token


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
