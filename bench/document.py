"""Puts a run's table into a document, between two marks. The words around them are people's."""

import re
from collections.abc import Mapping
from pathlib import Path

from bench.figures import Result
from bench.report import Run, circumstances, made_of, short
from bench.table import FIGURES

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
HEADS = (
    "| figure | what | measured | floor | goal | met | made of |",
    "|---|---|---|---|---|---|---|",
)
NOT_YET = "not in a run yet"
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|.*$", re.MULTILINE)


class NoMarksError(LookupError):
    """The document has no place for the table."""


def write(path: Path, run: Run) -> None:
    """In place of what was between the marks; a row that this run lacks stays as it was.

    Raises NoMarksError.
    """
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end):
        raise NoMarksError(f"{path} lacks {BEGIN} and {END}")
    kept = {row.group(1): row.group() for row in ROW.finditer(old)}
    path.write_text(f"{before}{BEGIN}\n{as_markdown(run, kept)}\n{END}{after}", encoding="utf-8")


def as_markdown(run: Run, kept: Mapping[str, str]) -> str:
    """Every published figure: of this run, else as it was `kept`."""
    rows = {**kept} | {result.figure.name: _row(result) for result in run.results}
    lines = [rows.get(one.name) or _row(Result(one, (), NOT_YET)) for one in FIGURES]
    return "\n".join([*HEADS, *lines, "", f"The last run: {circumstances(run)}."])


def _row(result: Result) -> str:
    figure = result.figure
    value = "–" if result.value is None else f"{short(result.value)}{figure.unit}"
    cells = (
        f"`{figure.name}`",
        figure.title,
        value,
        short(figure.floor),
        short(figure.goal),
        result.verdict,
        re.sub(r"[|\n]+", " ", made_of(result))[:200],
    )
    return f"| {' | '.join(cells)} |"
