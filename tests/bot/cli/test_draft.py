"""Designs on the command line: the whole set of files, or clear errors and no file at all."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from bot.cli import main, output_folder
from bot.gateways import press
from handoff.plan import load_plan
from handoff.routing.export import load_rules

DAY = "2026-03-02"
PLAN = "plan-20260302T120000Z.json"
FILES = {
    "design.md",
    "design.html",
    "design.pdf",
    PLAN,
    "rules.yaml",
    "rules.json",
    "escalation-tree.svg",
    "plan-graph.svg",
    *(
        f"charts/{name}.{form}"
        for name in (
            "attainment-by-sla",
            "attainment-by-team",
            "late-by-hour",
            "backlog-by-hour",
            "coverage",
        )
        for form in ("png", "svg")
    ),
}


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def brief() -> Path:
    """Return the example brief as a file."""
    return written("brief.yaml", handoff("draft", "--example").stdout)


def handoff(*arguments: str) -> Result:
    """Run a command on a fixed day."""
    return CliRunner().invoke(main, arguments)


def written(name: str, text: str) -> Path:
    """Return a file with this text."""
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def names_in(folder: str) -> set[str]:
    """Return the names of all files in a folder and below."""
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files}


def test_the_example_becomes_every_file(brief: Path) -> None:
    """Documents, plan, rules and drawings are written, and said; nothing else is left behind."""
    result = handoff("draft", str(brief), "--out", "deep/er", "--date", DAY)

    assert result.exit_code == 0, result.output
    assert "ENT-1: Hand Enterprise leads from marketing to sales" in result.stdout
    assert "Written to deep/er: design.md, " in result.stdout
    assert names_in("deep/er") == FILES
    out = Path("deep/er")
    assert (out / "design.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "escalation-tree.svg").read_text().startswith("<svg ")
    chart = (out / "charts/attainment-by-sla.svg").read_text()
    assert chart in (out / "design.html").read_text()
    assert "](charts/attainment-by-sla.svg)" in (out / "design.md").read_text()
    assert (out / "design.pdf").read_bytes().count(b"/Subtype/Image") >= 5
    plan = load_plan((out / PLAN).read_text())
    assert plan.content_hash in (out / "design.md").read_text()
    rules = load_rules((out / "rules.yaml").read_text())
    assert rules == load_rules((out / "rules.json").read_text())


def test_the_same_brief_and_day_give_the_same_bytes(brief: Path) -> None:
    """Drafting again changes nothing, and leaves the folder's other files alone."""
    handoff("draft", str(brief), "--out", "one", "--date", DAY)
    Path("two").mkdir()
    written("two/notes.txt", "mine")
    handoff("draft", str(brief), "--out", "two", "--date", DAY)
    handoff("draft", str(brief), "--out", "two", "--date", DAY)

    assert names_in("two") == FILES | {"notes.txt"}
    for name in FILES:
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()


def test_what_stands_against_signing_is_said(brief: Path) -> None:
    """An SLA that cannot be kept and a coverage gap are named beside the files."""
    text = brief.read_text().replace("leads_per_week: 60 ", "leads_per_week: 900 ")
    text = re.sub(r"cro: \[.*\]", "cro: [dana@example.com]", text)
    text += "  time_off:\n    - {person: dana@example.com, from: 2026-03-01, to: 2026-04-30}\n"

    result = handoff("draft", str(written("b.yaml", text)), "--out", "out", "--date", DAY)

    assert "The team cannot keep this SLA as designed." in result.stdout
    assert "1 coverage gap: see “Escalation” in the document." in result.stdout


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_time_is_refused(brief: Path, day: str) -> None:
    """No calendar goes that far; a sentence says how far one does."""
    result = handoff("model", str(brief), "--date", day)

    assert result.exit_code == 2
    assert result.stderr == f"--date: {day} is not a day of 1970 to 2200.\n"


def test_a_stranger_is_pointed_out(brief: Path) -> None:
    """A fallback whom the team does not know may be a misspelt address."""
    text = brief.read_text().replace("fallback: sam@", "fallback: smasm@")

    result = handoff("model", str(written("b.yaml", text)), "--date", DAY)

    assert result.exit_code == 0
    assert "b.yaml: smasm@example.com has no pod and no role in the team." in result.stderr


def test_a_brief_can_borrow_its_team(brief: Path) -> None:
    """With --team the brief needs no team of its own."""
    own, _, team = brief.read_text().partition("team:  ")
    lines = [line.removeprefix("  ") for line in team.splitlines()[1:]]
    written("team.yaml", "\n".join(lines))
    alone = written("alone.yaml", own)

    refused = handoff("draft", str(alone), "--out", "out", "--date", DAY)
    drafted = handoff("draft", str(alone), "--team", "team.yaml", "--out", "out", "--date", DAY)

    assert refused.exit_code == 2
    assert "alone.yaml:" in refused.stderr
    assert "team: is missing; add roles, calendars and pods" in refused.stderr
    assert drafted.exit_code == 0, drafted.output
    assert names_in("out") == FILES


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("goal: pipeline ", "goal: fame ", "b.yaml:6: goal: “fame” is not one of pipeline"),
        ("response_sla: 2h", "response_sla: 40d", "b.yaml:8: response_sla: "),
        ("clock: business", "clcok: business", "clcok: is not a known field; did you mean `cl"),
        ("segment: ent", "segment: [ent", "b.yaml:6: This is not YAML: "),
        ("America/New_York", "Mars/Olympus", "“Mars/Olympus” is not a time zone"),
        ("- CRM", "- \x07", "The file holds characters that YAML does not allow."),
    ],
)
def test_a_bad_brief_is_refused_at_its_place(
    brief: Path, old: str, new: str, problem: str
) -> None:
    """File, line, field and what to do; exit code 2; nothing is written."""
    text = brief.read_text()
    assert old in text

    result = handoff(
        "draft",
        str(written("b.yaml", text.replace(old, new))),
        "--out",
        "out",
        "--date",
        DAY,
    )

    assert result.exit_code == 2
    assert problem in result.stderr
    assert not Path("out").exists()


def test_what_is_no_text_is_refused() -> None:
    """A file in another encoding is named, without a traceback."""
    Path("b.yaml").write_bytes("segment: é".encode("latin-1"))

    result = handoff("draft", "b.yaml", "--out", "out")

    assert (result.exit_code, result.stderr) == (
        2,
        "b.yaml: This is not a text in UTF-8. Save it as UTF-8.\n",
    )


def test_a_condition_that_only_drafting_reads_is_refused(
    brief: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What drafting itself cannot use is told like everything else."""
    from handoff.calendars import BadCalendar

    def refuse(**_: object) -> None:
        raise BadCalendar(calendar="default", reason="it is never open.")

    monkeypatch.setattr("handoff.draft.draft", refuse)

    result = handoff("draft", str(brief), "--out", "out", "--date", DAY)

    assert (result.exit_code, result.stderr) == (
        2,
        "brief.yaml: Calendar “default”: it is never open.\n",
    )


@pytest.mark.parametrize("arguments", [["draft"], ["draft", "brief.yaml"]])
def test_a_draft_needs_a_brief_and_a_folder(arguments: list[str], brief: Path) -> None:
    """Without one of them the command shows how it is called."""
    assert brief.exists()

    result = handoff(*arguments)

    assert result.exit_code == 2
    assert "handoff draft brief.yaml --out DIR" in result.stderr


def test_nothing_is_written_when_the_press_fails(
    brief: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files are made before the first is written."""

    def jam(_: str, *, images: Mapping[str, bytes]) -> bytes:
        assert images
        raise press.PressFailed("The PDF could not be made.", detail="paper jam")

    monkeypatch.setattr(press, "press_pdf", jam)

    result = handoff("draft", str(brief), "--out", "out", "--date", DAY)

    assert result.exit_code == 1
    assert "The PDF could not be made" in result.stderr
    assert not Path("out").exists()


def test_a_full_disk_leaves_no_half_of_a_set() -> None:
    """If one file cannot be written to its end, none of them gets its name."""

    def fill_up() -> Iterator[bytes]:
        yield b"2"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        output_folder.write_together(folder=Path("out"), files={"a": b"1", "b": fill_up()})

    assert names_in("out") == set()


def test_a_folder_that_cannot_be_made_is_named(brief: Path) -> None:
    """The reason of the operating system is passed on, with exit code 1."""
    written("file", "")

    result = handoff("draft", str(brief), "--out", "file/below", "--date", DAY)

    assert result.exit_code == 1
    assert "file/below: It cannot be written: " in result.stderr


def test_the_proof_alone_for_people_and_for_programs(brief: Path) -> None:
    """As a table in words, and as JSON."""
    plain = handoff("model", str(brief), "--date", DAY)
    as_json = handoff("model", str(brief), "--date", DAY, "--format", "json")

    assert plain.exit_code == as_json.exit_code == 0
    assert "THE TEAM CAN KEEP THIS SLA" in plain.stdout
    assert "Smallest team for the target" in plain.stdout
    assert max(map(len, plain.stdout.splitlines())) <= 88
    assert json.loads(as_json.stdout)["verdict"] == "holds"


def test_the_model_of_now_needs_no_date(brief: Path) -> None:
    """Without --date it is today."""
    assert handoff("model", str(brief)).exit_code == 0


@pytest.mark.parametrize("name", ["brief", "plan", "rules", "team"])
def test_each_format_has_a_schema(name: str) -> None:
    """It is a valid schema and says of what."""
    schema = json.loads(handoff("schema", name).stdout)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"].startswith("Handoff ")


def test_an_unknown_format_names_the_known_ones() -> None:
    """A usage error, exit code 2."""
    result = handoff("schema", "design")

    assert result.exit_code == 2
    assert "'brief', 'plan', 'rules', 'team'" in result.stderr
