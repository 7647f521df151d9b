"""What Discord refuses in a message before anything of it appears."""

from collections.abc import Callable

from .errors import ApiError, Json, invalid_form

MAX_CONTENT_LENGTH = 2000
MAX_EMBEDS = 10
MAX_EMBED_TOTAL = 6000
MAX_NONCE_LENGTH = 25
MAX_ROWS = 5
MAX_LAYOUT_COMPONENTS = 40
MAX_LAYOUT_TEXT = 4000
LAYOUT_FLAG = 1 << 15

EMBED_LENGTHS = {"title": 256, "description": 4096}
FIELD_LENGTHS = {"name": 256, "value": 1024}
NESTED_LENGTHS = {("footer", "text"): 2048, ("author", "name"): 256}
MAX_FIELDS = 25


def check_message(body: Json, *, has_files: bool = False, is_edit: bool = False) -> None:
    """Refuse what the real API would refuse.

    Raises:
        ApiError: 50006 for an empty message, 50035 with the faulty field otherwise.
    """
    _check_length("content", body.get("content"), MAX_CONTENT_LENGTH)
    _check_nonce(body.get("nonce"))
    embeds = body.get("embeds") or []
    if len(embeds) > MAX_EMBEDS:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_EMBEDS} or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(f"embeds.{index}", embed)
    if sum(map(embed_length, embeds)) > MAX_EMBED_TOTAL:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    _check_components(body)
    visible = ("content", "embeds", "components", "sticker_ids", "poll")
    if not is_edit and not has_files and not any(_something(body.get(name)) for name in visible):
        raise ApiError(400, 50006, "Cannot send an empty message")


def check_layout_stays(flags: int, body: Json) -> None:
    """Refuse an edit that would make text of a layout again.

    Args:
        flags: Of the message as it stands.
        body: The edit.

    Raises:
        ApiError: 50035, as for a layout that is posted with text.
    """
    if flags & LAYOUT_FLAG and (body.get("content") or body.get("embeds")):
        raise invalid_form("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with components V2")


def embed_length(embed: Json) -> int:
    """Characters of an embed that count towards the total of 6,000."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get(part) or {}).get(name) for part, name in NESTED_LENGTHS]
    texts += [field.get(name) for field in embed.get("fields") or [] for name in FIELD_LENGTHS]
    return sum(len(text) for text in texts if text)


def _something(value: object) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _check_length(field: str, text: object, limit: int) -> None:
    if isinstance(text, str) and len(text) > limit:
        raise invalid_form(field, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _check_nonce(nonce: object) -> None:
    if nonce is not None and len(str(nonce)) > MAX_NONCE_LENGTH:
        raise invalid_form("nonce", "NONCE_TYPE_TOO_LONG", f"Nonce must be {MAX_NONCE_LENGTH} or fewer in length.")


def _check_embed(where: str, embed: Json) -> None:
    for name, limit in EMBED_LENGTHS.items():
        _check_length(f"{where}.{name}", embed.get(name), limit)
    for (part, name), limit in NESTED_LENGTHS.items():
        _check_length(f"{where}.{part}.{name}", (embed.get(part) or {}).get(name), limit)
    fields = embed.get("fields") or []
    if len(fields) > MAX_FIELDS:
        raise invalid_form(f"{where}.fields", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FIELDS} or fewer in length.")
    for index, field in enumerate(fields):
        for name, limit in FIELD_LENGTHS.items():
            if not field.get(name):
                raise invalid_form(f"{where}.fields.{index}.{name}", "BASE_TYPE_REQUIRED", "This field is required")
            _check_length(f"{where}.fields.{index}.{name}", field[name], limit)


def _check_components(body: Json) -> None:
    components = body.get("components") or []
    if int(body.get("flags") or 0) & LAYOUT_FLAG:
        _check_layout(body, components)
    elif len(components) > MAX_ROWS:
        raise invalid_form("components", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_ROWS} or fewer in length.")
    for index, row in enumerate(components):
        if row.get("type") == 1 and len(row.get("components") or []) > MAX_ROWS:
            where = f"components.{index}.components"
            raise invalid_form(where, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_ROWS} in length.")


def _check_layout(body: Json, components: list[Json]) -> None:
    if body.get("content") or body.get("embeds"):
        raise invalid_form("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with components V2")
    if _sum_over(components, lambda _: 1) > MAX_LAYOUT_COMPONENTS:
        raise invalid_form("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Too many components")
    if _sum_over(components, lambda component: len(component.get("content") or "")) > MAX_LAYOUT_TEXT:
        raise invalid_form(
            "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Text exceeds maximum size of 4000"
        )


def _sum_over(components: list[Json], measure: Callable[[Json], int]) -> int:
    return sum(measure(component) + _sum_over(component.get("components") or [], measure) for component in components)
