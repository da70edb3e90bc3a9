"""`handoff backtest`: past leads replayed through a design."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.brief_input import TeamOption, failing_to_draft, load_or_fail
from bot.cli.csv_input import open_csv
from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.input_file import read_text
from bot.cli.model import Form
from bot.cli.opening import Workspace, open_database_or_fail
from bot.cli.output_folder import write_together
from bot.cli.repair_file import RepairFile

if TYPE_CHECKING:
    from datetime import datetime

    from bot.flows.backtest.replay import Subject, Tested
    from handoff.brief import HandoffBrief
    from handoff.design import HandoffDesign
    from handoff.directory import Directory
    from handoff.replay.history import History

_MOST_TOLD = 10
_ACTIVE = "active"
_FORMAT_STANDS_WITHIN = 200


def backtest(  # noqa: PLR0917 - the options of the command, not called from code
    design: Annotated[
        str,
        typer.Argument(help="A design's key like ENT-3 or ENT-3@2, a brief file, or a plan file."),
    ],
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, metavar="LEADS", help="CSV in UTF-8."),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OURS=COLUMN", help="Which column a field is; repeatable."),
    ] = None,
    team: TeamOption = None,
    form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, metavar="DIR", help="Also write every lead as files there."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="DESIGN",
            help="What to compare with: a key, a brief file, or `active`.",
            show_default="the active version of a stored design",
        ),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(metavar="LEAD", help="Explain this one lead: who was weighed, and why."),
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Replay past leads: who would have got each, by which rule, and how fast.

    Nothing is stored and nobody is told. Rows that cannot be read go to LEADS.repair.csv.
    """
    from bot.clocks import RunningClocks
    from bot.flows.backtest.replay import run_backtest

    now = RunningClocks().now()
    asked = _Asked(design, against, team, workspace)
    subject = asked.subject(now)
    history, repair = _read(file, columns or [], subject, now)
    if not len(history.leads):
        repair.report()
        fail([f"{file}: There are no rows in the file."], code=BAD_INPUT)
    if why is not None:
        _explain(subject, history, why, form)
        repair.report()
        return
    tested = run_backtest(
        subject=subject,
        leads=history.leads,
        now=now,
        notes=history.notes(),
        refused_rows=repair.count,
    )
    _print(tested, form)
    if out is not None:
        _write(tested, out)
    repair.report()


@dataclass(frozen=True)
class _Asked:
    """What the command names: files, or what is stored."""

    design: str
    against: str | None
    team: Path | None
    workspace: str | None

    def subject(self, now: "datetime") -> "Subject":
        """Return what is replayed; end the command if it is not there."""
        text = _text_of(self.design)
        if text is None:
            return self._stored(self.design)
        if "handoff-plan/" in text[:_FORMAT_STANDS_WITHIN]:
            return self._of_plan(text)
        if self.against is None or _text_of(self.against) is not None:
            return self._of_briefs(now)
        return self._of_brief_and_stored(now)

    def _stored(self, design: str) -> "Subject":
        from bot.flows.backtest.replay import find_subject

        against = None if self.against == _ACTIVE else self.against
        with open_database_or_fail() as database, _failing_to_find():
            return find_subject(
                database=database, workspace=self.workspace, asked=design, against=against
            )

    def _of_plan(self, text: str) -> "Subject":
        """Return the version that a plan file belongs to; a plan alone has no rules."""
        from handoff.plan import BadPlan, load_plan

        try:
            plan = load_plan(text)
        except BadPlan as exc:
            fail([f"{self.design}: {exc}"], code=BAD_INPUT)
        subject = self._stored(f"{plan.key}@{plan.version}")
        if subject.design.content_hash != plan.content_hash:
            fail(
                [
                    f"{self.design}: {plan.key} v{plan.version} was changed since this plan was "
                    "written. Export the plan again."
                ],
                code=BAD_INPUT,
            )
        return subject

    def _of_briefs(self, now: "datetime") -> "Subject":
        from bot.flows.backtest.replay import Subject

        loaded = load_or_fail(brief=Path(self.design), team=self.team, as_of=now)
        other = None
        if self.against is not None:
            second = load_or_fail(brief=Path(self.against), team=self.team, as_of=now)
            other = _drafted(Path(self.against), second.brief, loaded.directory, now)
        return Subject(
            design=_drafted(Path(self.design), loaded.brief, loaded.directory, now),
            directory=loaded.directory,
            against=other,
        )

    def _of_brief_and_stored(self, now: "datetime") -> "Subject":
        """Return a brief beside a stored version: both with the team of the workspace."""
        from bot.flows.backtest.replay import directory_of, subject_of

        if self.against == _ACTIVE:
            fail(["A brief has no active version. Name a design: --against ENT-3"], code=BAD_INPUT)
        brief = Path(self.design)
        with open_database_or_fail() as database, _failing_to_find():
            directory = directory_of(database=database, workspace=self.workspace)
            loaded = load_or_fail(brief=brief, team=None, as_of=now, directory=directory)
            if loaded.directory != directory or self.team is not None:
                problem = "A brief with a team of its own cannot be compared with a stored design"
                fail([f"{brief}: {problem}. Leave the team out."], code=BAD_INPUT)
            return subject_of(
                database=database,
                workspace=self.workspace,
                design=_drafted(brief, loaded.brief, directory, now),
                against=self.against,
            )


def _text_of(name: str) -> str | None:
    """Return the text of a file; None if there is no file of that name."""
    path = Path(name)
    return read_text(path) if path.is_file() else None


@contextmanager
def _failing_to_find() -> Iterator[None]:
    from bot.flows.backtest.replay import UnknownVersion
    from bot.flows.workspace import WorkspaceUnclear

    with failing_on(UnknownVersion, WorkspaceUnclear):
        yield


def _drafted(
    file: Path, brief: "HandoffBrief", directory: "Directory", now: "datetime"
) -> "HandoffDesign":
    from handoff.defaults.catalogue import catalogue
    from handoff.draft import draft

    key = f"{catalogue().segments[brief.segment.base].prefix}-1"
    with failing_to_draft(file):
        return draft(brief=brief, directory=directory, key=key, version=1, as_of=now)


def _read(
    file: Path, columns: list[str], subject: "Subject", now: "datetime"
) -> "tuple[History, RepairFile]":
    """Read the leads; tell of each row that cannot be read, and keep it for repair."""
    from handoff.intake.columns import BadColumns, parse_mapping

    with open_csv(file) as (header, records):
        try:
            asked = parse_mapping("\n".join(columns))
            history = subject.history(header=header, asked=asked, now=now)
        except BadColumns as exc:
            hint = "" if columns else " On the command line: --map arrived_at=COLUMN"
            fail([f"{file}: {exc}{hint}"], code=BAD_INPUT)
        with RepairFile(file, header, then="mend it and run the backtest with it") as repair:
            for (line, cells), wrong in history.take(records):
                repair.add(tuple(cells), "; ".join(wrong))
                if repair.count <= _MOST_TOLD:
                    for one in wrong:
                        typer.secho(f"{file}:{line}: {one}", fg=typer.colors.RED, err=True)
    return history, repair


def _explain(subject: "Subject", history: "History", lead: str, form: Form) -> None:
    """Print why one lead would have got its owner."""
    from bot.flows.backtest.replay import explain
    from handoff.documents.replay_why import replayed_why_lines

    found = explain(subject=subject, leads=history.leads, lead=lead.strip())
    if not found:
        first = history.leads.ids[0]
        fail([f"No lead of the file is called “{lead}”. They are called like “{first}”."])
    for number, one in enumerate(found):
        if form is Form.JSON:
            typer.echo(one.model_dump_json(indent=2))
            continue
        if number:
            typer.echo()
        for line in replayed_why_lines(
            why=one, design=subject.design, directory=subject.directory
        ):
            typer.echo(line)


def _print(tested: "Tested", form: Form) -> None:
    from handoff.documents.plain import render_plain
    from handoff.documents.replay import replay_report

    if form is Form.JSON:
        typer.echo(tested.figures.model_dump_json(indent=2))
        return
    parts = replay_report(figures=tested.figures, directory=tested.subject.directory)
    typer.echo(render_plain(parts), nl=False)


def _write(tested: "Tested", folder: Path) -> None:
    """Write every lead, the load by day, the figures and the pictures into a folder."""
    from bot.gateways.press import PressFailed, draw_pictures
    from handoff.documents.replay import load_pictures
    from handoff.documents.replay_files import assignment_lines, load_lines

    subject = tested.subject
    with failing_on(PressFailed):
        drawn = draw_pictures(load_pictures(figures=tested.figures, directory=subject.directory))
    files: dict[str, bytes | Iterable[bytes]] = {
        "backtest.json": tested.figures.model_dump_json(indent=2).encode(),
        "assignments.csv": _encoded(
            assignment_lines(
                backtest=tested.backtest,
                design=subject.design,
                directory=subject.directory,
                before=tested.before,
            )
        ),
        "load.csv": _encoded(load_lines(backtest=tested.backtest, directory=subject.directory)),
    }
    for name, one in drawn.items():
        files |= {f"{name}.svg": one.svg.encode(), f"{name}.png": one.png}
    try:
        write_together(folder=folder, files=files)
    except OSError as exc:
        fail([f"{exc.filename or folder}: It cannot be written: {exc.strerror}."])
    typer.echo(f"Written to {folder}: {', '.join(files)}", err=True)


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as UTF-8, with the mark that spreadsheets look for."""
    yield "\ufeff".encode()
    for line in lines:
        yield line.encode()
