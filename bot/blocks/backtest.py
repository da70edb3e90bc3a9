"""The backtest in Slack: the form, the window while it runs, what came out."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.ids import Callback, Field
from handoff.documents.replay import (
    ReplayFigures,
    difference_sentence,
    headline,
    prediction_sentence,
)

_MOST_ROWS = 10
_TONES = {
    "good": ":white_check_mark:",
    "warn": ":grey_question:",
    "bad": ":warning:",
}


def ask_view(
    *,
    versions: Sequence[tuple[str, str]] = (),
    chosen: str | None = None,
    draft: str = "",
    notice: str | None = None,
) -> kit.View:
    """Return the form that asks what to replay.

    Args:
        versions: Versions to choose from, as (name, label); none for a draft.
        chosen: The one that is chosen at first.
        draft: Id of the draft whose review is open, if it is that one.
        notice: What to say at the top.
    """
    which = []
    if versions:
        options = [kit.option(label, name) for name, label in versions]
        select = kit.select(options, action=Field.BACKTEST_DESIGN, chosen=chosen or versions[0][0])
        which = [kit.input_block("Design", select, block_id=Field.BACKTEST_DESIGN)]
    return kit.modal(
        callback=Callback.BACKTEST_ASK,
        title="Backtest",
        submit="Replay",
        metadata=draft,
        blocks=[
            *([kit.context(kit.escape(notice))] if notice else []),
            kit.section(
                "Past leads are replayed through the design: who would have got each, by which "
                "rule, and how fast. Nothing is changed and nobody is told."
            ),
            *which,
            kit.input_block(
                "Past leads",
                {
                    "type": "file_input",
                    "action_id": Field.BACKTEST_FILE,
                    "filetypes": ["csv"],
                    "max_files": 1,
                },
                block_id=Field.BACKTEST_FILE,
                hint="A CSV file; its first line names the fields. One column says when each "
                "lead came in.",
                optional=True,
            ),
            kit.input_block(
                "Or the leads of the last days",
                kit.number_input(action=Field.BACKTEST_DAYS, minimum="1", maximum="730"),
                block_id=Field.BACKTEST_DAYS,
                hint="Those that Handoff took in.",
                optional=True,
            ),
            kit.input_block(
                "Columns with other names",
                kit.text_input(
                    action=Field.BACKTEST_MAPPING,
                    multiline=True,
                    placeholder="score=Fit grade",
                ),
                block_id=Field.BACKTEST_MAPPING,
                hint="FIELD=COLUMN, one on a line. The usual names of HubSpot and Salesforce are "
                "known.",
                optional=True,
            ),
        ],
    )


def running_view(*, external_id: str) -> kit.View:
    """Return what is shown while the leads are replayed."""
    return _shown(
        [
            kit.section(
                ":hourglass_flowing_sand: The leads are being replayed. You may close this: the "
                "result comes as a message from Handoff, with every lead in a file."
            )
        ],
        external_id=external_id,
    )


def result_view(*, figures: ReplayFigures, external_id: str) -> kit.View:
    """Return what came out."""
    return _shown(result_blocks(figures), external_id=external_id)


def failed_view(*, problem: str, external_id: str) -> kit.View:
    """Return why it could not be done."""
    return _shown([kit.section(failed_text(problem))], external_id=external_id)


def failed_text(problem: str) -> str:
    """Return why it could not be done, in one line."""
    return f":warning: *The backtest could not be done.* {kit.escape(problem)}"


def result_text(figures: ReplayFigures) -> str:
    """Return what came out in a few lines, for the message with the files."""
    found = headline(figures)
    lines = [
        f"*Backtest of {kit.escape(figures.design)} v{figures.version}*: "
        f"{_TONES[found.tone]} {kit.escape(found.title)}",
        kit.escape(found.text),
        f"Predicted: {kit.escape(prediction_sentence(figures))}.",
    ]
    difference = difference_sentence(figures)
    if difference is not None:
        lines.append(f"*{kit.escape(difference)}.*")
    if figures.refused_rows:
        rows = kit.count(figures.refused_rows, "row")
        lines.append(f":warning: {rows} could not be read; a file says why.")
    return "\n".join(lines)


def result_blocks(figures: ReplayFigures) -> list[kit.Block]:
    """Return what came out, with the rules, the load of each rep and what nobody got."""
    blocks = [kit.section(result_text(figures))]
    for title, counts in (
        ("By rule", [(f"{one.name or one.row} ({one.rule})", one.leads) for one in figures.rules]),
        ("By rep", [(one.name, one.leads) for one in figures.load]),
        ("Not assigned, because", list(figures.not_assigned.items())),
        ("To a stand-in, because", list(figures.to_stand_ins.items())),
    ):
        if counts:
            blocks.append(kit.section(f"*{title}*\n{_counts(counts)}"))
    blocks += [kit.context(kit.escape(note)) for note in figures.notes]
    return blocks


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    lines = [f"• {kit.escape(kit.cut(name, 150))}: {n:,}" for name, n in counts[:_MOST_ROWS]]
    if len(counts) > _MOST_ROWS:
        lines.append(f"• and {len(counts) - _MOST_ROWS:,} more; see the file")
    return "\n".join(lines)


def _shown(blocks: Sequence[kit.Block], *, external_id: str) -> kit.View:
    return kit.modal(
        callback=Callback.BACKTEST_SHOWN,
        title="Backtest",
        close="Close",
        blocks=blocks,
        external_id=external_id,
    )
