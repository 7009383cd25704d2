"""The practice list as the NHS publishes it: what is taken, what is dropped, what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fields.names import read_gp_practice
from bot.practice_import import Became, keep, take
from bot.practices import PRACTICES_FILE, Practice, gp_in_area, read_list, use_list
from models.errors import BadCommandError
from web.cli.__main__ import main

HEAD = "code,name,address,postcode,status\n"
MARKET = 'C82001,THE MARKET PLACE SURGERY,"12 MARKET PLACE, COALVILLE",LE67 3AA,A\n'
NORTH = 'C82002,NORTHGATE MEDICAL CENTRE,"1 NORTHGATE, LEICESTER",le11aa,ACTIVE\n'
HELD = Practice("C82009", "Old Mill Practice", "Oakham", "LE15 6AA", "03W")


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "gp_practices.csv"
    use_list(path)
    yield path
    use_list(PRACTICES_FILE)


def published(code: str, *, status: str = "A", closed: str = "", setting: str = "4") -> str:
    cells = [code, "BRIDGE STREET SURGERY", "Y60", "QK1", "BRIDGE STREET", "", "", "LOUGHBOROUGH"]
    cells += ["LEICESTERSHIRE", "LE11 1AA", "19740401", closed, status, "B", "04V"]
    cells += [""] * 10 + [setting, ""]
    return ",".join(cells) + "\n"


def test_a_sheet_with_column_names_is_read_as_people_say_it() -> None:
    taken = take(HEAD + MARKET + NORTH, ())
    assert [(one.name, one.town, one.postcode) for one in taken.practices] == [
        ("The Market Place Surgery", "Coalville", "LE67 3AA"),
        ("Northgate Medical Centre", "Leicester", "LE1 1AA"),
    ]
    assert [one.in_area for one in taken.practices] == ["yes", "yes"]


def test_the_published_file_is_read_without_column_names() -> None:
    taken = take(
        published("C82010")
        + published("C82011", status="C")
        + published("C82012", closed="20200101")
        + published("Y00013", setting="8"),
        (),
    )
    assert taken.practices == (
        Practice("C82010", "Bridge Street Surgery", "Loughborough", "LE11 1AA", "04V"),
    )
    assert [line.became for line in taken.lines] == [
        Became.ADDED,
        Became.CLOSED,
        Became.CLOSED,
        Became.PASSED_OVER,
    ]


def test_closed_ones_are_dropped_and_what_the_file_does_not_hold_is_kept() -> None:
    other = Practice("C82003", "Ash Road Surgery", "Wigston", "LE18 1AA", "04C")
    closed = "C82009,OLD MILL PRACTICE,OAKHAM,LE15 6AA,CLOSED\n"
    taken = take(HEAD + closed + MARKET, (HELD, other))
    assert [one.code for one in taken.practices] == ["C82001", "C82003"]
    assert (taken.count(Became.CLOSED), taken.kept) == (1, 1)


def test_every_bad_line_is_named_and_takes_nothing_else_with_it() -> None:
    bad = "82001,,NOWHERE,LE,X\n" + "C82009,OLD MILL,OAKHAM,nothing,A\n" + MARKET
    taken = take(HEAD + MARKET + "\n" + bad, (HELD,))
    assert [(line.number, line.faults) for line in taken.lines if line.faults] == [
        (4, ("code", "name", "postcode", "status")),
        (5, ("postcode",)),
        (6, ("code again",)),
    ]
    assert [one.code for one in taken.practices] == ["C82001", "C82009"]


@pytest.mark.parametrize(
    "text", ["", "hello\n", "code,name\nC82001,A\n", HEAD, HEAD + "x,y,z,,\n", '{"a": 1}']
)
def test_what_is_no_practice_list_is_refused_whole(text: str) -> None:
    with pytest.raises(BadCommandError):
        take(text, (HELD,))


def test_the_reader_of_practices_uses_the_imported_list_at_once(imported: Path) -> None:
    assert read_gp_practice("quarrybank").value == "Quarrybank Surgery"
    keep(take(HEAD + MARKET + NORTH, ()).practices, imported)
    assert read_gp_practice("its the market place one in coalville").value == (
        "The Market Place Surgery"
    )
    assert read_gp_practice("northgate med centre").value == "Northgate Medical Centre"
    assert gp_in_area("northgate medical centre") == "yes"
    assert read_gp_practice("quarrybank").value != "Quarrybank Surgery"


def test_the_command_reports_and_a_dry_run_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(HEAD + MARKET + "C82002,,,LE1 1AA,A\n", encoding="utf-8")
    command = ["practices", "import", str(sheet), "--var", str(tmp_path)]
    assert main([*command, "--dry-run"]) == 1
    assert not (tmp_path / "gp_practices.csv").exists()
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "refused   line     3 C82002: name" in told
    assert "dry run: 1 added" in told
    assert [one.code for one in read_list(tmp_path / "gp_practices.csv")] == ["C82001"]
    assert main(["practices", "import", str(tmp_path / "none.csv"), "--var", str(tmp_path)]) == 2
