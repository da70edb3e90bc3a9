"""The backtest: which version, which leads, and the replay; nothing is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.drafting import own_draft, reviewed
from bot.flows.lead.fields import account_owner
from bot.flows.workspace import workspace_meant
from handoff.backtest import (
    Backtest,
    PastLeads,
    ReplayedWhy,
    clock_of,
    difference,
    explain_lead,
    fields_read,
    replay,
    without_unknown,
)
from handoff.brief import PersonKey
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.documents.replay import ReplayFigures, figures_of
from handoff.form import InvalidDraft
from handoff.people import calendar_named
from handoff.replay.history import History
from handoff.replay.prediction import predict
from handoff.routing.lead_fields import lead_fields
from storage import accounts, designs, leads, versions
from storage import directory as directories
from storage.database import Database


class UnknownVersion(LookupError):
    """No version is known by this name."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        there = ", ".join(known) or "none yet"
        super().__init__(f"There is no design “{asked}”. There are: {there}.")


class NoDraft(LookupError):
    """The draft is gone, or its form has errors by now. Open the form again, and try once more."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is replayed.

    Attributes:
        design: The version.
        directory: The team as it is now.
        against: The version to compare with, if any.
        owners: Owners of accounts by domain.
    """

    design: HandoffDesign
    directory: Directory
    against: HandoffDesign | None = None
    owners: Mapping[str, PersonKey] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """Return the fields that decide what becomes of a lead, in either version."""
        both = (self.design, self.against)
        return frozenset().union(*(fields_read(one.binding.routing) for one in both if one))

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the design's calendar, for times that name none."""
        name = self.design.brief.targets.calendar
        return ZoneInfo(calendar_named(directory=self.directory, name=name).timezone)

    def history(
        self, *, header: tuple[str, ...], asked: Mapping[str, str], now: datetime
    ) -> History:
        """Return the reader of a file of past leads.

        Raises:
            BadColumns: if its columns cannot be used.
        """
        return History(
            header=header,
            asked=asked,
            fields=self.fields,
            zone=self.zone,
            directory=self.directory,
            owner_of=self.owners.get,
            now=now,
        )


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What came out.

    Attributes:
        before: The replay through the version to compare with, if there is one.
        figures: Of both.
    """

    subject: Subject
    backtest: Backtest
    before: Backtest | None
    figures: ReplayFigures


def find_subject(
    *, database: Database, workspace: str | None, asked: str, against: str | None = None
) -> Subject:
    """Return a stored version, the team, and what to compare with.

    Args:
        database: Where the designs are.
        workspace: The Slack team; None for the only one.
        asked: A design's key, its newest version, or `ENT-3@2`.
        against: The same; None for the version that is active, unless it is the very one.

    Raises:
        UnknownVersion: if one of them is not there.
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        design = _version(connection, team, asked)
        other = (
            _active(connection, team, design.key)
            if against is None
            else _version(connection, team, against)
        )
        return _subject(connection, team, design, other)


def directory_of(*, database: Database, workspace: str | None) -> Directory:
    """Return the team of a workspace.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        return directories.load(connection, workspace=team).directory


def subject_of(
    *, database: Database, workspace: str | None, design: HandoffDesign, against: str | None
) -> Subject:
    """Return a design that is not stored, with the team and accounts of the workspace.

    Raises:
        UnknownVersion: as `find_subject`.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        other = None if against is None else _version(connection, team, against)
        return _subject(connection, team, design, other)


def subject_of_draft(
    *, database: Database, workspace: str, draft: str, by: str, now: datetime
) -> Subject:
    """Return what a draft makes, against the active version of its design.

    Raises:
        NoDraft: if it is gone, or its form has errors.
    """
    with database.read() as connection:
        known = own_draft(connection, workspace=workspace, draft=draft, by=by)
        if known is None:
            raise NoDraft
        directory = directories.load(connection, workspace=workspace).directory
        try:
            review = reviewed(
                connection, workspace=workspace, draft=known, directory=directory, now=now
            )
        except InvalidDraft as exc:
            raise NoDraft from exc
        other = _active(connection, workspace, known.design) if known.design else None
        return _subject(connection, workspace, review.design, other)


def stored_leads(
    *, database: Database, workspace: str | None, subject: Subject, since: datetime
) -> PastLeads:
    """Return the leads that arrived at or after an instant, test leads left out."""
    found = PastLeads(fields=subject.fields)
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        for lead in leads.arrived_since(connection, workspace=team, since=since):
            fields = lead_fields(
                source=lead.source,
                attributes=lead.attributes,
                score=lead.score,
                domain=lead.domain,
                directory=subject.directory,
                owner_of=subject.owners.get,
            )
            found.add(id=lead.id, arrived_at=lead.arrived_at, fields=fields)
    return found


def run_backtest(
    *,
    subject: Subject,
    leads: PastLeads,
    now: datetime,
    notes: tuple[str, ...] = (),
    refused_rows: int = 0,
) -> Tested:
    """Replay leads through a version, and through the one to compare with.

    Args:
        subject: What is replayed.
        leads: With at least the fields of the subject.
        now: The prediction is for the team from here on, aware UTC.
        notes: On the columns of the file.
        refused_rows: Rows that could not be read.
    """
    design, directory = subject.design, subject.directory
    backtest = _replayed(design, directory, leads)
    other = subject.against
    before = None if other is None else _replayed(other, directory, leads)
    figures = figures_of(
        backtest=backtest,
        design=design,
        directory=directory,
        predicted=predict(
            backtest=backtest,
            design=design,
            directory=directory,
            clock=clock_of(design),
            as_of=now,
        ),
        against=None if other is None else f"{other.key} v{other.version}",
        difference=None if before is None else difference(before=before, after=backtest),
    ).model_copy(update={"notes": notes, "refused_rows": refused_rows})
    return Tested(subject=subject, backtest=backtest, before=before, figures=figures)


def explain(*, subject: Subject, leads: PastLeads, lead: str) -> tuple[ReplayedWhy, ...]:
    """Return why each lead of this name would have got its owner, in order of arrival.

    Args:
        subject: What is replayed.
        leads: All of them, with at least the fields of the subject.
        lead: The name of one.
    """
    fair = without_unknown(design=subject.design, leads=leads)
    return explain_lead(design=fair, directory=subject.directory, leads=leads, lead=lead)


def _replayed(design: HandoffDesign, directory: Directory, leads: PastLeads) -> Backtest:
    fair = without_unknown(design=design, leads=leads)
    return replay(design=fair, directory=directory, leads=leads)


def _subject(
    connection: Connection, team: str, design: HandoffDesign, other: HandoffDesign | None
) -> Subject:
    directory = directories.load(connection, workspace=team).directory
    owners = {
        one.domain: owner
        for one in accounts.everyone(connection, workspace=team)
        if (owner := account_owner(directory=directory, account=one)) is not None
    }
    is_itself = other is not None and other.content_hash == design.content_hash
    return Subject(
        design=design, directory=directory, against=None if is_itself else other, owners=owners
    )


def _version(connection: Connection, team: str, asked: str) -> HandoffDesign:
    """Return the version that `ENT-3` or `ENT-3@2` names."""
    key, _, number = asked.strip().partition("@")
    key, plain = key.strip().upper(), number.strip().lower().removeprefix("v")
    found = None
    if not number:
        found = versions.latest(connection, workspace=team, design=key)
    elif plain.isdecimal() and len(plain) < 6:
        found = versions.get(connection, workspace=team, design=key, number=int(plain))
    if found is None:
        raise UnknownVersion(asked, _known(connection, team))
    return found.body


def _active(connection: Connection, team: str, key: str) -> HandoffDesign | None:
    design = designs.get(connection, workspace=team, key=key)
    if design is None or design.active_version is None:
        return None
    found = versions.get(connection, workspace=team, design=key, number=design.active_version)
    return None if found is None else found.body


def _known(connection: Connection, team: str) -> list[str]:
    everyone = designs.everyone(connection, workspace=team)
    return [
        f"{head.design}@{head.number}"
        for one in everyone
        for head in versions.of_design(connection, workspace=team, design=one.key)[:3]
    ]
