"""The panel "Send leads": signed webhooks to the app, as an outside system would send them.

Source: the Standard Webhooks specification.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.workspace import Workspace

_TIMEOUT_SECONDS = 10.0
_MOST = 500


def send_webhook(
    workspace: Workspace, name: str, template_name: str, count: int
) -> dict[str, Any]:
    """Send a template `count` times and show each answer on all pages.

    In a template's texts `{n}` becomes a running number and `{now}` the sandbox's time.

    Raises:
        SlackRefusal: `unknown_webhook`.
    """
    hook = next((h for h in workspace.webhooks if h["name"] == name), None)
    templates = hook.get("templates", []) if hook else []
    template = next((t for t in templates if t["name"] == template_name), None)
    if hook is None or template is None:
        raise SlackRefusal("unknown_webhook")
    results = [
        _send(workspace, hook, _filled(workspace, template["body"]))
        for _ in range(max(1, min(count, _MOST)))
    ]
    for result in results:
        workspace.feed.tell(None, type="webhook", name=name, template=template_name, **result)
    return {"results": results}


def signature(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    """Return the header `webhook-signature` for a secret, with or without its `whsec_`."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + b64encode(signed.digest()).decode()


def _send(workspace: Workspace, hook: dict[str, Any], body: Any) -> dict[str, Any]:  # noqa: ANN401
    content = json.dumps(body).encode()
    webhook_id = workspace.ids.next("msg_")
    timestamp = str(int(workspace.wall().timestamp()))
    headers = {"Content-Type": "application/json"}
    if hook.get("secret"):
        headers |= {
            "webhook-id": webhook_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(hook["secret"], webhook_id, timestamp, content),
        }
    request = Request(hook["url"], data=content, headers=headers)
    try:
        # The app is a neighbour on this machine: a proxy in the environment is not for it.
        with build_opener(ProxyHandler({})).open(request, timeout=_TIMEOUT_SECONDS) as response:
            return {"status": response.status, "body": response.read().decode("utf-8", "replace")}
    except HTTPError as error:
        with error:
            return {"status": error.code, "body": error.read().decode("utf-8", "replace")}
    except OSError as error:
        return {"status": 0, "body": f"The app cannot be reached: {error}"}


def _filled(workspace: Workspace, value: Any) -> Any:  # noqa: ANN401  # any JSON
    number = workspace.ids.number()
    now = workspace.clock.now().isoformat()

    def fill(inner: Any) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(inner, str):
            return inner.replace("{n}", str(number)).replace("{now}", now)
        if isinstance(inner, dict):
            return {key: fill(one) for key, one in inner.items()}
        return [fill(one) for one in inner] if isinstance(inner, list) else inner

    return fill(value)
