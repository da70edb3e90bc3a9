"""`handoff sources`, `handoff leads import` and `handoff accounts import`."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.flows.keep.sources import bearer, signing_secrets
from bot.settings import Settings
from handoff.directory import Person
from storage import accounts, migrations, people, workspaces
from storage.database import Database
from storage.tables import lead_table
from tests.support.clocks import MONDAY

WORKSPACE = "T0NORTHWND"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Return the database that commands run in this folder work with."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    opened = Database("sqlite:///handoff.db")
    migrations.upgrade(opened)
    opened.run(
        lambda connection: workspaces.save(
            connection, workspace=WORKSPACE, name="Northwind", timezone="UTC", now=MONDAY
        )
    )
    yield opened
    opened.close()


def handoff(*arguments: str, **variables: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments, env=variables)


def ids(database: Database) -> list[str | None]:
    """Return the external ids of all leads."""
    with database.read() as connection:
        found = connection.execute(select(lead_table.c.external_id).order_by("external_id"))
        return [row[0] for row in found]


def test_a_source_is_added_keyed_listed_and_switched(database: Database) -> None:
    """A key is shown once; the list tells its id, by which it is revoked."""
    assert "no sources yet" in handoff("sources", "list").output
    assert handoff("sources", "add", "website").exit_code == 0
    made = handoff("sources", "key", "website", "--bearer").output
    (token,) = re.findall(r"hfk_\S+", made)
    handoff("sources", "off", "website")

    listed = handoff("sources", "list").output
    caller = bearer(database=database, token=token)

    assert "website: off" in listed
    assert token not in listed
    assert caller is not None
    assert not caller.is_on
    (key,) = re.findall(r"key_\w+", listed)
    assert handoff("sources", "on", "website").exit_code == 0
    assert handoff("sources", "revoke", key).exit_code == 0
    assert bearer(database=database, token=token) is None
    assert handoff("sources", "revoke", key).exit_code == 1


def test_a_signing_secret_is_derived_where_there_is_an_encryption_key(database: Database) -> None:
    """With the key the same secret comes back; without it there is none to sign with."""
    handoff("sources", "add", "website")
    made = handoff("sources", "key", "website", HANDOFF_ENCRYPTION_KEY="a key of the tests").output
    (secret,) = re.findall(r"whsec_\S+", made)

    def live(encryption_key: str | None) -> tuple[str, ...] | None:
        found = signing_secrets(
            database=database,
            name="website",
            workspace=None,
            default_secret=None,
            encryption_key=encryption_key,
        )
        return found and found[1]

    assert live("a key of the tests") == (secret,)
    assert live("another key") != (secret,)
    assert live(None) is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Web Site"), "cannot name a source"),
        (("add", "website"), "already"),
        (("add", "crm", "--design", "ENT-9"), "no design"),
        (("key", "other"), "handoff sources add other"),
        (("bind", "website", "ENT-9"), "no design"),
        (("bind", "website"), "the entry rules decide"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], said: str) -> None:
    """One sentence with what to do."""
    handoff("sources", "add", "website")

    assert said in handoff("sources", *arguments).output


def test_leads_come_in_and_bad_rows_go_out_for_repair(database: Database, tmp_path: Path) -> None:
    """The mended repair file brings in the rest; nothing is taken twice."""
    file = tmp_path / "leads.csv"
    file.write_text(
        "\ufeffexternal_id,email,company,phone\n"
        'a,ann@a.example,"A, Inc.",+442079460958\n'
        "b,nope,B,\n"
        "\n"
        ",bob@b.example,B\n"
        "d,dan@d.example,D,,extra\n"
        ",,Only Phone,+442079460959\n",
        encoding="utf-8",
    )

    first = handoff("leads", "import", str(file))
    again = handoff("leads", "import", str(file))

    assert first.exit_code == again.exit_code == 1
    assert "3 taken in." in first.output
    assert "3 known already." in again.output
    repair = tmp_path / "leads.repair.csv"
    rows = list(csv.reader(repair.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["external_id", "email", "company", "phone", "problem"]
    assert rows[1][:4] == ["b", "nope", "B", ""]
    assert "email is not an e-mail address" in rows[1][4]
    assert rows[2] == ["d", "dan@d.example", "D", "", "has 5 cells where 4 are named", "extra"]

    mended = repair.read_text(encoding="utf-8-sig").replace("nope", "bea@b.example")
    repair.write_text(mended.replace(',"extra"', ""), encoding="utf-8")
    last = handoff("leads", "import", str(repair))

    assert (last.exit_code, "2 taken in." in last.output) == (0, True)
    found = ids(database)
    assert [one for one in found if one in ("a", "b", "d")] == ["a", "b", "d"]
    assert len(found) == 5


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("leads", "external_id,email\n1,nope\n2,b@b.example\n"),
        ("accounts", "domain\nnope\nb.com\n"),
    ],
)
def test_a_repair_file_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, kind: str, rows: str
) -> None:
    """It says what to do; afterwards the same command tells of every row."""
    file, blocked = tmp_path / "rows.csv", tmp_path / "rows.repair.csv"
    file.write_text(rows)
    blocked.mkdir()

    stopped = handoff(kind, "import", str(file))
    blocked.rmdir()
    done = handoff(kind, "import", str(file))

    assert stopped.exit_code == 1
    assert isinstance(stopped.exception, SystemExit)
    assert f"{blocked}: It cannot be written: Is a directory." in stopped.output
    assert "run the same command again" in stopped.output
    assert "To be repaired: 1 row." in done.output
    assert len(blocked.read_text().splitlines()) == 2


@pytest.mark.usefixtures("database")
def test_a_mended_repair_file_is_not_written_over(tmp_path: Path) -> None:
    """Whoever imports the file again keeps what was mended by hand so far."""
    file, repair = tmp_path / "leads.csv", tmp_path / "leads.repair.csv"
    file.write_text("external_id,email\n1,nope\n2,nope\n")
    handoff("leads", "import", str(file))
    mended = repair.read_text(encoding="utf-8-sig").replace("nope", "ann@a.example", 1)
    repair.write_text(mended)

    again = handoff("leads", "import", str(file))

    assert repair.read_text() == mended
    assert "leads.repair.2.csv" in again.output
    assert (tmp_path / "leads.repair.2.csv").exists()
    third = handoff("leads", "import", str(file))
    assert "leads.repair.2.csv" in third.output


def test_a_file_without_names_of_fields_loses_no_lead(database: Database, tmp_path: Path) -> None:
    """Its first line is a person; taken for a heading, that one would be nobody."""
    file = tmp_path / "leads.csv"
    file.write_text("1,ann@a.example,Ann\n2,bob@b.example,Bob\n")

    done = handoff("leads", "import", str(file))

    assert done.exit_code == 2
    assert f"{file}: The first line names no field of a lead" in done.output
    assert ids(database) == []


def test_a_crm_export_comes_in_as_it_is(database: Database, tmp_path: Path) -> None:
    """Its columns are known by their usual names; one that is misspelt is told, and kept."""
    file = tmp_path / "export.csv"
    file.write_text("Record ID,Email Address,Contry\n88,pat@hub.example,US\n", "utf-8")

    imported = handoff("leads", "import", str(file))

    assert imported.exit_code == 0
    assert "“Contry” is no field of a lead" in imported.output
    assert "If it is `country`, name it so and import the file again." in imported.output
    assert ids(database) == ["88"]
    assert "No lead is known" not in handoff("why", "pat@hub.example").output


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_source_of_a_file_has_a_name(database: Database, tmp_path: Path, name: str) -> None:
    """Leads of a source that nobody can name would not be found again."""
    file = tmp_path / "leads.csv"
    file.write_text("email\nann@a.example\n")

    done = handoff("leads", "import", str(file), "--source", name)

    assert done.exit_code == 2
    assert "--source: a name has 1 to 200 characters" in done.output
    assert ids(database) == []


@pytest.mark.usefixtures("database")
def test_what_most_rows_lack_is_said_at_once(tmp_path: Path) -> None:
    """A mistake of the whole file is seen without opening another one."""
    file = tmp_path / "leads.csv"
    file.write_text("external_id,email\n1,a@b.example,more\n2,nope\n3,nope\n4,nope\n")

    said = handoff("leads", "import", str(file)).output

    most = said.index("3 rows: email is not an e-mail address")
    assert most < said.index("1 row: has 3 cells where 2") < said.index("To be repaired: 4 rows.")


def test_an_import_that_was_stopped_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts that were committed stay, and the same command does the rest."""
    monkeypatch.setattr("bot.flows.lead.import_rows.PART", 2)
    file = tmp_path / "leads.csv"
    lines = ["external_id,company", *(f"l{n},C{n}" for n in range(5))]
    file.write_text("\n".join(lines))
    from bot.flows.lead import import_rows

    whole, calls = import_rows.receive_leads, []

    def stopping(**arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(import_rows, "receive_leads", stopping)

    stopped = handoff("leads", "import", str(file))
    half = ids(database)
    done = handoff("leads", "import", str(file))

    assert stopped.exit_code != 0
    assert half == ["l0", "l1"]
    assert done.exit_code == 0
    assert "3 taken in." in done.output
    assert ids(database) == [f"l{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name the fields"),
        ("email,EMAIL\n", "names a field twice: email"),
        ("email\na\0b\n", "NUL"),
        ('email\n"open\n', "Line 2"),
        ("email\n", "no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    database: Database, tmp_path: Path, text: str, said: str
) -> None:
    """The sentence names the place."""
    file = tmp_path / "leads.csv"
    file.write_text(text)

    assert said in handoff("leads", "import", str(file)).output
    assert ids(database) == []


def test_old_rows_need_a_design_before_their_clocks_can_start(
    database: Database, tmp_path: Path
) -> None:
    """Without one there is no response SLA, and to start clocks would only call somebody."""
    file = tmp_path / "leads.csv"
    file.write_text("email,submitted_at\nann@a.example,2026-01-05T09:00:00Z\n")

    asked = handoff("leads", "import", str(file))
    kept = handoff("leads", "import", str(file), "--history")

    told = " ".join(asked.output.split())
    assert "no design is at work that could take the lead; activate one and import" in told
    assert "--start-clocks" not in told
    assert kept.exit_code == 0
    assert ids(database) != []


def test_an_import_checks_its_options(database: Database, tmp_path: Path) -> None:
    """An unknown design, or both ways to treat old rows, change nothing."""
    file = tmp_path / "leads.csv"
    file.write_text("email\nann@a.example\n")

    unknown = handoff("leads", "import", str(file), "--design", "ENT-9")
    both = handoff("leads", "import", str(file), "--history", "--start-clocks")

    assert "No design “ENT-9”" in unknown.output
    assert both.exit_code == 2
    assert ids(database) == []


def test_accounts_come_in_with_their_owners(database: Database, tmp_path: Path) -> None:
    """Each domain and alias is an account; what cannot be one goes out for repair."""
    file = tmp_path / "accounts.csv"
    file.write_text(
        "Domain,Name,Owner Email,Country,Kind,Aliases\n"
        "https://www.acme.com/,Acme GmbH & Co. KG,Dana@Example.com,Germany,customer,acme.de\n"
        "gmail.com,Mail,,,,\n"
        "nowhere,N,,,,\n"
        "b.com,B,nope,,,\n"
        "c.com,C,,,friend,\n"
        "d.com,D,,,,,x\n"
    )

    done = handoff("accounts", "import", str(file))

    assert "Stored: 1 row." in done.output
    assert done.exit_code == 1
    with database.read() as connection:
        found = accounts.by_domain(
            connection, workspace=WORKSPACE, domains=["acme.com", "acme.de", "gmail.com"]
        )
    assert set(found) == {"acme.com", "acme.de"}
    acme = found["acme.com"]
    assert (acme.name_key, acme.owner_email, acme.country, acme.rank) == (
        "acme",
        "dana@example.com",
        "DE",
        3,
    )
    assert len((tmp_path / "accounts.repair.csv").read_text().splitlines()) == 6


def test_accounts_of_a_crm_export_tell_what_was_left_out(
    database: Database, tmp_path: Path
) -> None:
    """Its own headings are understood, other columns are named, and so are unknown owners."""
    known = Person(key="U1", name="Dana", email="dana@example.com", timezone="UTC")
    database.run(
        lambda connection: people.sync(connection, workspace=WORKSPACE, people=[known], now=MONDAY)
    )
    file = tmp_path / "accounts.csv"
    file.write_text(
        "Company name,Company Domain Name,Account Owner Email,Account Owner,Record ID\n"
        "Acme,acme.com,dana@example.com,Dana Lopez,1\n"
        "Bolt,bolt.com,gone@example.com,Ivo Gone,2\n"
        "Cargo,cargo.com,,,3\n"
    )

    done = handoff("accounts", "import", str(file))

    assert done.exit_code == 0
    assert "Stored: 3 rows." in done.output
    assert "say nothing about an account: Record ID." in done.output
    assert "nobody in Slack is (yet): gone@example.com." in done.output
    with database.read() as connection:
        found = accounts.by_domain(connection, workspace=WORKSPACE, domains=["acme.com"])
    assert (found["acme.com"].name, found["acme.com"].owner_email) == ("Acme", "dana@example.com")


@pytest.mark.parametrize(
    "command",
    [
        ("leads", "import", "rows.csv"),
        ("accounts", "import", "rows.csv"),
        ("sources", "add", "website"),
        ("sources", "list"),
        ("leads", "refused"),
        ("team", "export"),
    ],
)
def test_a_workspace_that_nobody_knows_takes_nothing(
    database: Database, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """A misspelt --workspace is told; leads that went there nobody would ever see."""
    (tmp_path / "rows.csv").write_text("domain,email\nacme.com,a@acme.com\n")

    done = handoff(*command, "--workspace", "T0NORTHWIND")

    assert done.exit_code == 1
    assert "Got “T0NORTHWIND”. Known: T0NORTHWND." in done.output
    with database.read() as connection:
        assert connection.execute(select(lead_table)).all() == []


@pytest.mark.usefixtures("database")
def test_accounts_without_domains_are_no_accounts(tmp_path: Path) -> None:
    """One sentence, not one for each row."""
    file = tmp_path / "accounts.csv"
    file.write_text("name,owner\nAcme,dana@example.com\n")

    done = handoff("accounts", "import", str(file))

    assert done.exit_code == 2
    assert "No column is headed `domain`" in done.output
    assert not (tmp_path / "accounts.repair.csv").exists()


def test_a_busy_database_is_a_sentence(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program writes, a command says so and changes nothing."""
    monkeypatch.setattr("storage.database.LOCK_TIMEOUT", timedelta(milliseconds=10))

    with database.write():
        done = handoff("sources", "add", "website")

    assert done.exit_code == 1
    assert "busy with other work. Nothing was saved" in done.output
    assert "no sources yet" in handoff("sources", "list").output
