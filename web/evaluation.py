"""The table of bars: what screen, gate and kinds together do on labelled lines they never saw.

`python -m web.evaluation [dev.jsonl | must_flag.jsonl | a file of such lines]`.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.routing import reach
from handoff.screening_model import lines as data
from handoff.screening_model.lines import Line
from models.vocabulary import AuthorType, Kind, Need, Priority, Reach
from web.cli.messages import Message, read
from web.readers import Readers, load_readers

AT_LEAST = "at least"
AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Said:
    """What the service would make of one line."""

    line: Line
    priority: Priority
    reach: Reach
    kinds: frozenset[Kind]
    needs: frozenset[Need]

    @property
    def reached(self) -> bool:
        return self.reach is Reach.PERSON

    @property
    def advised(self) -> bool:
        return self.priority.is_red

    @property
    def missed(self) -> bool:
        """As a line that must be flagged is missed."""
        return not (self.advised and self.reached)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the table: a share, and where it should lie."""

    name: str
    among: Callable[[Line], bool]
    counts: Callable[[Said], bool]
    floor: float
    goal: float
    is_alarm: bool = False


def _is_red(line: Line) -> bool:
    return line.priority.is_red


def _reached(said: Said) -> bool:
    return said.reached


def _advised(said: Said) -> bool:
    return said.advised


BARS = (
    Bar("emergency reached", lambda x: x.priority is Priority.EMERGENCY, _reached, 0.98, 0.995),
    Bar("very urgent and above reached", _is_red, _reached, 0.96, 0.99),
    Bar("the same, plainly worded", lambda x: _is_red(x) and x.is_plain, _reached, 0.99, 1.0),
    Bar("urgent reached", lambda x: x.priority is Priority.URGENT, _reached, 0.93, 0.97),
    Bar(
        "emergency shown advice",
        lambda x: x.priority is Priority.EMERGENCY,
        _advised,
        0.95,
        0.99,
    ),
    Bar(
        "not English, very urgent and above reached",
        lambda x: _is_red(x) and (x.language != "en" or "code_mixed" in x.traps),
        _reached,
        0.96,
        1.0,
    ),
    Bar(
        "non-clinical sent to a person",
        lambda x: x.is_plainly_non_clinical,
        _reached,
        0.10,
        0.05,
        is_alarm=True,
    ),
    Bar(
        "the same, plainly worded",
        lambda x: x.is_plainly_non_clinical and x.is_plain,
        _reached,
        0.03,
        0.01,
        is_alarm=True,
    ),
    Bar(
        "non-clinical shown advice",
        lambda x: x.is_plainly_non_clinical,
        _advised,
        0.03,
        0.003,
        is_alarm=True,
    ),
)


def say(readers: Readers, lines: Sequence[Line]) -> list[Said]:
    """Every line read as `cap-chat screen` and `understand` read it."""
    return [_say(readers, line) for line in lines]


def _say(readers: Readers, line: Line) -> Said:
    found = read(readers, Message(line.text, AuthorType(line.author), line.earlier))
    return Said(
        line=line,
        priority=found.verdict.priority,
        reach=reach(found.verdict, found.understanding),
        kinds=frozenset(found.understanding.kinds),
        needs=frozenset(found.understanding.needs),
    )


def figures(readers: Readers, lines: Sequence[Line]) -> dict[str, float]:
    """Each bar's share by name, and macro-F1 of kinds and needs."""
    return table(say(readers, lines))


def table(said: Sequence[Said]) -> dict[str, float]:
    found = {}
    for bar in BARS:
        some = [bar.counts(each) for each in said if bar.among(each.line)]
        name = f"{bar.name} (alarm)" if bar.is_alarm else bar.name
        found[name] = round(sum(some) / max(len(some), 1), 4)
    found["kinds macro-F1"] = macro_f1(Kind, [(each.kinds, each.line.kinds) for each in said])
    found["needs macro-F1"] = macro_f1(Need, [(each.needs, each.line.needs) for each in said])
    return found


def macro_f1(
    labels: Iterable[Kind | Need],
    pairs: Sequence[tuple[frozenset[Kind] | frozenset[Need], frozenset[Kind] | frozenset[Need]]],
) -> float:
    """The mean over the labels that occur of the harmonic mean of precision and recall."""
    found = []
    for label in labels:
        wanted = sum(label in truth for _, truth in pairs)
        if wanted:
            right = sum(label in said and label in truth for said, truth in pairs)
            found.append(2 * right / (wanted + sum(label in said for said, _ in pairs)))
    return round(sum(found) / max(len(found), 1), 4)


def rows(found: Mapping[str, float], said: Sequence[Said]) -> Iterable[str]:
    """The table as text: share, number, floor, goal, and whether the floor is met."""
    yield f"{'measure':<46}{'share':>7}{'n':>6}{'floor':>7}{'goal':>7}"
    for bar in BARS:
        name = f"{bar.name} (alarm)" if bar.is_alarm else bar.name
        share = found[name]
        number = sum(bar.among(each.line) for each in said)
        met = share <= bar.floor if bar.is_alarm else share >= bar.floor
        mark = "" if met or not number else "  below the floor"
        yield f"{name:<46}{share:>7.3f}{number:>6}{bar.floor:>7}{bar.goal:>7}{mark}"
    for name in ("kinds macro-F1", "needs macro-F1"):
        yield f"{name:<46}{found[name]:>7.3f}{len(said):>6}"


def main() -> None:
    pattern = sys.argv[1] if len(sys.argv) > 1 else data.DEV
    said = say(load_readers(), data.read(pattern))
    sys.stdout.write("\n".join(rows(table(said), said)) + "\n")
    missed = [each.line.id for each in said if each.line.priority.is_red and each.missed]
    sys.stdout.write(f"very urgent and above, not shown advice or not reached: {len(missed)}\n")


if __name__ == "__main__":
    main()
