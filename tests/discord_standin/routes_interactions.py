"""How interactions are answered: the callback, then the webhook."""

from .call import Call
from .core import Core
from .interactions import Interaction
from .payloads import message_payload
from .rest import Reply, Routes
from .routes_messages import announce_deletion, announce_edit, announce_post, uploads
from .world import Message


def _announce(core: Core, message: Message | None, *, new: bool) -> None:
    """Others hear of a message only if it is not for one pair of eyes."""
    if message is None or message.ephemeral:
        return
    (announce_post if new else announce_edit)(core, message)


def _callback(core: Core, call: Call) -> Reply:
    files = uploads(core, call, call.fields.get("data") or {})
    token = call.params["webhook_token"]
    interaction = core.interactions.acknowledge(call.snowflake("webhook_id"), token, call.fields, files)
    if interaction.callback_type in (4, 5, 7):
        _announce(core, interaction.original, new=interaction.callback_type != 7)
    if call.web_request.query.get("with_response") in ("1", "true"):
        return Reply(200, core.interactions.callback_payload(interaction))
    return Reply(204)


def _interaction_of(core: Core, call: Call) -> Interaction:
    return core.interactions.by_webhook(call.params["webhook_token"])


def _message_of(core: Core, call: Call) -> tuple[Interaction, Message]:
    interaction = _interaction_of(core, call)
    return interaction, core.interactions.message(interaction, call.params["message_id"])


def _follow_up(core: Core, call: Call) -> Reply:
    message, new = core.interactions.follow_up(_interaction_of(core, call), call.fields, uploads(core, call))
    _announce(core, message, new=new)
    return Reply(200, message_payload(message, core.world))


def _get(core: Core, call: Call) -> Reply:
    _, message = _message_of(core, call)
    return Reply(200, message_payload(message, core.world))


def _edit(core: Core, call: Call) -> Reply:
    interaction, message = _message_of(core, call)
    core.interactions.edit(interaction, message, call.fields, uploads(core, call))
    _announce(core, message, new=False)
    return Reply(200, message_payload(message, core.world))


def _delete(core: Core, call: Call) -> Reply:
    _, message = _message_of(core, call)
    announce_deletion(core, message)
    return Reply(204)


WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"

INTERACTION_ROUTES: Routes = {
    ("POST", "/interactions/{webhook_id}/{webhook_token}/callback"): _callback,
    ("POST", WEBHOOK): _follow_up,
    ("GET", f"{WEBHOOK}/messages/{{message_id}}"): _get,
    ("PATCH", f"{WEBHOOK}/messages/{{message_id}}"): _edit,
    ("DELETE", f"{WEBHOOK}/messages/{{message_id}}"): _delete,
}
