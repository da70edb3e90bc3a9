"""`handoff draft`: a design from a brief file, without Slack."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.blocks.kit import count
from bot.cli.brief_input import DateOption, TeamOption, day_or_now, failing_to_draft, load_or_fail
from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.output_folder import write_together
from bot.cli.waiting import PROVING, telling_if_long

if TYPE_CHECKING:
    from handoff.design import HandoffDesign

_MISSING = (
    "Say which brief to draft, and the folder to write into: handoff draft brief.yaml --out DIR. "
    "For a brief to start from: handoff draft --example > brief.yaml"
)


def draft(
    brief: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, metavar="BRIEF", help="YAML or JSON."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, metavar="DIR", help="The folder to write into.")
    ] = None,
    team: TeamOption = None,
    date: DateOption = None,
    example: Annotated[
        bool, typer.Option("--example", help="Only print a commented brief to start from.")
    ] = False,
) -> None:
    """Draft a design from a brief: document, plan, routing rules, drawings and charts."""
    if example:
        _print_example()
        return
    if brief is None or out is None:
        fail([_MISSING], code=BAD_INPUT)
    design, names = _drafted(brief, team=team, date=date)
    files = _files(design, names)
    try:
        write_together(folder=out, files=files)
    except OSError as exc:
        fail([f"{exc.filename or out}: It cannot be written: {exc.strerror}."])
    _tell(design)
    typer.echo(f"Written to {out}: {', '.join(files)}")


def _print_example() -> None:
    from handoff.brief_file import example_brief

    typer.echo(example_brief(), nl=False)


def _drafted(
    brief: Path, *, team: Path | None, date: DateOption
) -> "tuple[HandoffDesign, Mapping[str, str]]":
    """Return the design and the names of its people."""
    from handoff.defaults.catalogue import catalogue
    from handoff.draft import draft as draft_design
    from handoff.form_choices import names_of
    from handoff.sla.model import Depth

    loaded = load_or_fail(brief=brief, team=team, as_of=day_or_now(date))
    prefix = catalogue().segments[loaded.brief.segment.base].prefix
    with failing_to_draft(brief), telling_if_long(PROVING):
        design = draft_design(
            brief=loaded.brief,
            directory=loaded.directory,
            key=f"{prefix}-1",
            version=1,
            as_of=loaded.as_of,
            depth=Depth.FULL,
        )
    return design, names_of(directory=loaded.directory)


def _files(design: "HandoffDesign", names: Mapping[str, str]) -> dict[str, bytes]:
    """Return every file of a design by its name; made before the first is written."""
    from bot.gateways.press import PressFailed, draw_pictures, press_pdf
    from handoff.documents.escalation_tree import escalation_tree_svg
    from handoff.documents.plan_graph import plan_graph_svg
    from handoff.documents.render import images_of, render_html, render_markdown, render_typst
    from handoff.pictures.of_design import pictures_of
    from handoff.plan import dump_plan
    from handoff.routing.export import dump_rules

    rules = design.binding.routing
    with failing_on(PressFailed):
        drawn = draw_pictures(pictures_of(design=design))
        pdf = press_pdf(render_typst(design, names, drawn), images=images_of(drawn))
    texts = {
        "design.md": render_markdown(design, names, drawn),
        "design.html": render_html(design, names, drawn),
        f"plan-{design.as_of:%Y%m%dT%H%M%SZ}.json": dump_plan(design.plan),
        "rules.yaml": dump_rules(matrix=rules, form="yaml"),
        "rules.json": dump_rules(matrix=rules, form="json"),
        "escalation-tree.svg": escalation_tree_svg(design.binding, names),
        "plan-graph.svg": plan_graph_svg(design.plan),
        **{f"charts/{name}.svg": picture.svg for name, picture in drawn.items()},
    }
    return {
        **{name: text.encode() for name, text in texts.items()},
        **{f"charts/{name}": png for name, png in images_of(drawn).items()},
        "design.pdf": pdf,
    }


def _tell(design: "HandoffDesign") -> None:
    """Say what came of the brief, and what stands against signing it."""
    from handoff.documents.proof import verdict_callout

    verdict = verdict_callout(design.feasibility)
    typer.echo(f"{design.key}: {design.plan.objective}")
    typer.echo(f"{verdict.title}. {verdict.text}")
    if design.coverage.gaps:
        gaps = count(len(design.coverage.gaps), "coverage gap")
        typer.echo(f"{gaps}: see “Escalation” in the document.")
    for finding in design.lint:
        typer.echo(f"Routing {finding.severity.value}: {finding.message}")
