"""Sources of leads and their keys: added, rotated and revoked; and whose key a request bears.

A bearer key is kept as its hash. A signing secret must be known to check signatures: it is
derived from HANDOFF_ENCRYPTION_KEY where that is set, so that the database alone does not give
it away, and stored as it is otherwise.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from storage import audit, designs, sources
from storage.database import Database
from storage.ids import new_id
from storage.sources import KeyKind as KeyKind
from storage.sources import Source, SourceKey

#: The source whose signing secret is HANDOFF_WEBHOOK_SECRET.
DEFAULT = "default"

#: So many signing secrets may be live: the old one and the new one while it is exchanged.
MOST_SECRETS = 2

_ACTOR = "cli"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_DERIVED = "derived"
_BEARER_PREFIX = "hfk_"


class SourceRefused(Exception):
    """The change of a source was refused; the message says why and what to do."""


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; `secret` is shown this once.

    Attributes:
        id: Names the key, for revoking.
        secret: `whsec_…` to sign with, or `hfk_…` to send as a bearer token.
    """

    id: str
    kind: KeyKind
    secret: str


@dataclass(frozen=True)
class ShownSource:
    """A source with its live keys, whose secrets are not shown."""

    source: Source
    keys: tuple[SourceKey, ...]


@dataclass(frozen=True)
class Caller:
    """The source that a request proved to come from.

    Attributes:
        is_on: Whether its leads are taken.
    """

    workspace: str
    source: str
    is_on: bool


def add_source(
    *,
    database: Database,
    name: str,
    now: datetime,
    design: str | None = None,
    workspace: str | None = None,
) -> None:
    """Add a source of leads.

    Args:
        database: Where sources are.
        name: Lower-case letters, digits, `-` and `_`.
        now: The domain's instant, UTC-aware.
        design: Key of the design that takes all of its leads, or None.
        workspace: The Slack team; None for the only one.

    Raises:
        SourceRefused: if the name is taken or none, or the design is unknown.
    """

    def work(connection: Connection) -> None:
        team = workspace_meant(connection, workspace)
        if not _NAME.fullmatch(name):
            raise SourceRefused(
                f"“{name}” cannot name a source: use lower-case letters, digits, - and _."
            )
        if sources.get(connection, workspace=team, name=name) is not None:
            raise SourceRefused(f"There is a source “{name}” already. See `handoff sources list`.")
        _check_design(connection, team, design)
        _save(connection, Source(workspace=team, name=name, design=design), now=now, is_new=True)

    database.run(work)


def change_source(
    *,
    database: Database,
    name: str,
    now: datetime,
    changes: Mapping[str, Any],
    workspace: str | None = None,
) -> None:
    """Switch a source on or off (`is_on`), or bind it to a design (`design`, None for none).

    Raises:
        SourceRefused: if the source or the design is unknown.
    """

    def work(connection: Connection) -> None:
        team = workspace_meant(connection, workspace)
        source = _known(connection, team, name)
        _check_design(connection, team, changes.get("design"))
        _save(connection, source.model_copy(update=dict(changes)), now=now, is_new=False)

    database.run(work)


def add_key(
    *,
    database: Database,
    name: str,
    kind: KeyKind,
    now: datetime,
    encryption_key: str | None,
    workspace: str | None = None,
) -> NewKey:
    """Make a key for a source.

    Args:
        database: Where sources are.
        name: The source.
        kind: A secret to sign with, or a bearer token.
        now: The domain's instant, UTC-aware.
        encryption_key: HANDOFF_ENCRYPTION_KEY, or None where it is not set.
        workspace: The Slack team; None for the only one.

    Raises:
        SourceRefused: if the source is unknown or has two signing secrets already.
    """

    def work(connection: Connection) -> NewKey:
        team = workspace_meant(connection, workspace)
        _known(connection, team, name)
        if kind is KeyKind.SIGNATURE:
            live = sources.live_keys(connection, workspace=team, source=name)
            if sum(key.kind is KeyKind.SIGNATURE for key in live) >= MOST_SECRETS:
                raise SourceRefused(
                    f"“{name}” has {MOST_SECRETS} signing secrets already. Revoke the older one "
                    "with `handoff sources revoke KEY`, then try again."
                )
        made = _make(
            connection,
            workspace=team,
            name=name,
            kind=kind,
            encryption_key=encryption_key,
            now=now,
        )
        _record(connection, team, f"source:{name}", data={"key_added": made.id}, now=now)
        return made

    return database.run(work)


def revoke_key(
    *, database: Database, key: str, now: datetime, workspace: str | None = None
) -> None:
    """Let a key open nothing any more, from now on.

    Raises:
        SourceRefused: if it is unknown or was revoked before.
    """

    def work(connection: Connection) -> None:
        team = workspace_meant(connection, workspace)
        if not sources.revoke_key(connection, workspace=team, key=key, now=now):
            raise SourceRefused(f"There is no live key “{key}”. See `handoff sources list`.")
        _record(connection, team, "source", data={"key_revoked": key}, now=now)

    database.run(work)


def list_sources(*, database: Database, workspace: str | None = None) -> list[ShownSource]:
    """Return the sources by name, with their live keys."""
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        return [
            ShownSource(
                source, tuple(sources.live_keys(connection, workspace=team, source=source.name))
            )
            for source in sources.everyone(connection, workspace=team)
        ]


def bearer(*, database: Database, token: str) -> Caller | None:
    """Return the source that a bearer token belongs to, or None."""
    with database.read() as connection:
        key = sources.by_bearer(connection, hashed=_hashed(token))
        if key is None:
            return None
        source = sources.get(connection, workspace=key.workspace, name=key.source)
        return None if source is None else Caller(source.workspace, source.name, source.is_on)


def signing_secrets(
    *,
    database: Database,
    name: str,
    workspace: str | None,
    default_secret: str | None,
    encryption_key: str | None,
) -> tuple[Caller, tuple[str, ...]] | None:
    """Return a source with the secrets that its requests may be signed with.

    Args:
        database: Where sources are.
        name: The source, as the request claims.
        workspace: The Slack team; None for the only one.
        default_secret: HANDOFF_WEBHOOK_SECRET, the secret of the source `default`.
        encryption_key: HANDOFF_ENCRYPTION_KEY.

    Returns:
        None if there is no such source, or nothing that it could have signed with.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        source = sources.get(connection, workspace=team, name=name)
        if source is None and name != DEFAULT:
            return None
        live = sources.live_keys(connection, workspace=team, source=name)
    found = [_secret(k, encryption_key) for k in live if k.kind is KeyKind.SIGNATURE]
    if name == DEFAULT:
        found.append(default_secret)
    usable = tuple(secret for secret in found if secret)
    caller = Caller(team, name, source.is_on if source else True)
    return (caller, usable) if usable else None


def _make(
    connection: Connection,
    *,
    workspace: str,
    name: str,
    kind: KeyKind,
    encryption_key: str | None,
    now: datetime,
) -> NewKey:
    if kind is KeyKind.BEARER:
        secret = _BEARER_PREFIX + secrets.token_urlsafe(32)
        stored = _hashed(secret)
    elif encryption_key:
        salt = new_id("salt", now=now)
        secret, stored = _derive(encryption_key, salt), f"{_DERIVED}:{salt}"
    else:
        secret = stored = _as_secret(secrets.token_bytes(32))
    key = sources.add_key(
        connection, workspace=workspace, source=name, kind=kind, secret=stored, now=now
    )
    return NewKey(key, kind, secret)


def _secret(key: SourceKey, encryption_key: str | None) -> str | None:
    """Return a signing secret; None for a derived one whose encryption key is gone."""
    kind, _, salt = key.secret.partition(":")
    if kind != _DERIVED:
        return key.secret
    return _derive(encryption_key, salt) if encryption_key else None


def _derive(encryption_key: str, salt: str) -> str:
    return _as_secret(
        hmac.digest(encryption_key.encode(), f"source key {salt}".encode(), "sha256")
    )


def _as_secret(value: bytes) -> str:
    return "whsec_" + b64encode(value).decode()


def _hashed(token: str) -> str:
    # A plain hash will do: the token is 256 bits of chance, so there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _known(connection: Connection, workspace: str, name: str) -> Source:
    source = sources.get(connection, workspace=workspace, name=name)
    if source is None:
        raise SourceRefused(
            f"There is no source “{name}”. Add it with `handoff sources add {name}`."
        )
    return source


def _check_design(connection: Connection, workspace: str, design: str | None) -> None:
    if design and designs.get(connection, workspace=workspace, key=design) is None:
        known = ", ".join(one.key for one in designs.everyone(connection, workspace=workspace))
        raise SourceRefused(f"There is no design “{design}”. Known: {known or 'none yet'}.")


def _save(connection: Connection, source: Source, *, now: datetime, is_new: bool) -> None:
    sources.save(connection, source=source, by=_ACTOR, now=now)
    kind = AuditFact.SOURCE_ADDED if is_new else AuditFact.SOURCE_CHANGED
    data = {"is_on": source.is_on, "design": source.design}
    subject = f"source:{source.name}"
    _record(connection, source.workspace, subject, kind=kind, data=data, now=now)


def _record(
    connection: Connection,
    workspace: str,
    subject: str,
    *,
    data: Mapping[str, Any],
    now: datetime,
    kind: AuditFact = AuditFact.SOURCE_CHANGED,
) -> None:
    audit.record(
        connection,
        workspace=workspace,
        kind=kind,
        actor=_ACTOR,
        subject=subject,
        now=now,
        data=data,
    )
