"""The bench measures every figure that is published and tells them in one shape."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.document import BEGIN, END, NoMarksError, write
from bench.figures import Result, Sample
from bench.report import Run
from bench.table import FIGURES
from bench.timing import percentile
from tests.house.product import ROOT

PERFORMANCE = ROOT / "docs" / "performance.md"


def test_every_published_figure_has_a_row_and_every_row_is_published():
    published = re.findall(r"^\| `([a-z0-9-]+)` \|", PERFORMANCE.read_text(), re.MULTILINE)
    assert published == [figure.name for figure in FIGURES]


def test_a_run_puts_its_rows_into_the_document_and_leaves_the_others(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text(f"Before\n{BEGIN}\n| `memory` | told earlier |\n{END}\nAfter\n")
    claims = next(figure for figure in FIGURES if figure.name == "claims")
    result = Result(claims, [Sample(0.5, {"ours_per_s": 100.0})])
    write(document, Run([result], quick=True, load=((0, 0, 0), (1, 1, 1)), seconds=2))
    text = document.read_text()
    assert text.startswith(f"Before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nAfter\n")
    assert (
        "| `claims` | queue claims/s of 20 practitioners ÷ a bare claim statement | 0.5 |" in text
    )
    assert "| floor | ours_per_s 100 |" in text
    assert "| `memory` | told earlier |" in text


def test_a_document_without_marks_is_left_alone(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text("Nothing of ours\n")
    with pytest.raises(NoMarksError):
        write(document, Run([], quick=True, load=((0, 0, 0), (0, 0, 0)), seconds=1))
    assert document.read_text() == "Nothing of ours\n"


def test_no_goal_is_easier_than_its_floor():
    assert [one.name for one in FIGURES if not one.reaches(one.goal, one.floor)] == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_quick_run_tells_its_figures_with_what_they_are_made_of(tmp_path: Path):
    told = tmp_path / "told.json"
    rows = ["socketio", "ack-p50"]
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--json", str(told), *rows],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "load average" in run.stdout, run.stderr[-2000:]
    found = json.loads(told.read_text())
    assert found["quick"] is True
    assert set(found["load_average"]) == {"before", "after"}
    assert [one["name"] for one in found["figures"]] == rows
    for one in found["figures"]:
        assert one["trouble"] is None
        assert one["value"] > 0
        assert len(one["samples"]) == 1
        assert all(part > 0 for part in one["parts"].values())
        assert one["verdict"] in {"goal", "floor", "below the floor"}


def test_an_unknown_row_is_refused():
    run = subprocess.run(
        [sys.executable, "-m", "bench", "no-such-row"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "no such row" in run.stderr


def test_a_percentile_is_one_of_the_values():
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7.0
