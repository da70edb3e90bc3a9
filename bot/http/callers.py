"""Whose request is it: a bearer token, or a signature as in Standard Webhooks 1.0.

Every refusal reads the same, so that nobody learns which sources there are.
"""

import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from standardwebhooks import Webhook

from bot.flows.context import Services
from bot.flows.keep.sources import DEFAULT, Caller, bearer, signing_secrets
from bot.flows.workspace import WorkspaceUnclear
from bot.http.problems import Problem

_TOLERANCE = timedelta(minutes=5)
_SECONDS = re.compile(r"[0-9]{1,11}")
_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200})", re.IGNORECASE)
_MOST_SIGNATURES = 10


@dataclass(frozen=True)
class Secrets:
    """Secrets from the settings.

    Attributes:
        default: HANDOFF_WEBHOOK_SECRET, of the source `default`.
        encryption: HANDOFF_ENCRYPTION_KEY, from which signing secrets are derived.
    """

    default: str | None = None
    encryption: str | None = None


def authenticate(
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    raw: bytes,
    services: Services,
    secrets: Secrets,
) -> Caller:
    """Return the source that a request proves to come from.

    Args:
        headers: Of the request, names in lower case.
        query: `source` and `workspace`, which a signed request may name.
        raw: The body, byte for byte.
        services: For the database and the real clock.
        secrets: From the settings.

    Raises:
        Problem: 401 if it proves nothing, 403 if its source is switched off, 400 if it is signed
            but no text.
    """
    if "authorization" in headers:
        found = _bearer(headers, services)
    else:
        found = _signed(headers, query, raw, services, secrets)
    if found is None:
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "The request is not signed with a live secret of its source (and workspace, if its "
            "address names one) within the last 5 minutes, and bears no live key. See "
            "`handoff sources`.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not found.is_on:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            f"The source “{found.source}” is switched off. `handoff sources on {found.source}` "
            "switches it on again.",
        )
    return found


def _check_text(raw: bytes) -> None:
    """Refuse what is signed but no text: a signature of it cannot be looked at."""
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        detail = "The body is not JSON in UTF-8. Send it so, and do not compress it."
        raise Problem(HTTPStatus.BAD_REQUEST, detail) from exc


def is_signed(
    *, headers: Mapping[str, str], raw: bytes, secrets: tuple[str, ...], wall: datetime
) -> bool:
    """Tell whether one of a source's live secrets signed this body within 5 minutes.

    Source: Standard Webhooks 1.0.0; several signatures are there while a secret is exchanged.
    """
    message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    if not message or not _SECONDS.fullmatch(stamp) or len(given) > _MOST_SIGNATURES:
        return False
    sent_at = datetime.fromtimestamp(int(stamp), tz=wall.tzinfo)
    if abs(wall - sent_at) > _TOLERANCE:
        return False
    try:
        wanted = [
            Webhook(secret).sign(message, sent_at, raw.decode()).encode() for secret in secrets
        ]
    except binascii.Error:
        return False
    # Every pair is compared, so that the time taken tells nothing.
    return any([hmac.compare_digest(one, other) for one in wanted for other in given])


def _bearer(headers: Mapping[str, str], services: Services) -> Caller | None:
    found = _BEARER.fullmatch(headers.get("authorization", ""))
    return found and bearer(database=services.database, token=found[1])


def _signed(
    headers: Mapping[str, str],
    query: Mapping[str, str],
    raw: bytes,
    services: Services,
    secrets: Secrets,
) -> Caller | None:
    told = query.get("source", DEFAULT), query.get("workspace")
    if "webhook-signature" not in headers or not all(map(_is_name, told)):
        return None
    _check_text(raw)
    try:
        known = signing_secrets(
            database=services.database,
            name=told[0],
            workspace=told[1],
            default_secret=secrets.default,
            encryption_key=secrets.encryption,
        )
    except WorkspaceUnclear:
        return None
    if known is None:
        return None
    caller, live = known
    is_theirs = is_signed(headers=headers, raw=raw, secrets=live, wall=services.wall())
    return caller if is_theirs else None


def _is_name(told: str | None) -> bool:
    """Tell whether this may name anything; no database is asked for a NUL."""
    return told is None or told.isprintable()
