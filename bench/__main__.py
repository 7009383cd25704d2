"""`python -m bench [--quick] [--write FILE] [name …]` measures and prints; `--list` names rows."""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench import document, report
from bench.figures import Figure
from bench.measuring import measure_all
from bench.stage import QUICK, WHOLE, Stage
from bench.table import FIGURES
from web.settings import ROOT

RESULTS = ROOT / "var" / "bench.json"


def main(arguments: Sequence[str]) -> int:
    """1 when a figure is below its floor, faulty or could not be measured."""
    options = _parser().parse_args(arguments)
    if options.list:
        print("\n".join(f"{figure.name:20} {figure.title}" for figure in FIGURES))
        return 0
    figures = _chosen(options.name)
    run = uvloop.run(_run(figures, options))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(report.as_json(run), encoding="utf-8")
    if options.write:
        document.write(options.write, run)
    print(f"\n{report.as_table(run)}")
    return 0 if report.is_good(run) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help="rows to measure; without any, all but the slow")
    parser.add_argument("--quick", action="store_true", help="once each, small sizes")
    parser.add_argument(
        "--json", type=Path, default=RESULTS, help="where programs find the results"
    )
    parser.add_argument("--write", type=Path, help="put the table between this document's marks")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    return parser


def _chosen(names: Sequence[str]) -> list[Figure]:
    known = {figure.name: figure for figure in FIGURES}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no such row: {', '.join(unknown)}. Known: {', '.join(known)}")
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    return [figure for figure in FIGURES if figure.by_default]


async def _run(figures: Sequence[Figure], options: argparse.Namespace) -> report.Run:
    """Ended by a signal, it still ends what it started."""
    me = asyncio.current_task()
    assert me is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    sizes = QUICK if options.quick else WHOLE
    with tempfile.TemporaryDirectory(prefix="cap-chat-bench-") as folder:
        async with Stage.set_up(sizes, Path(folder)) as stage:
            return await measure_all(figures, stage, quick=options.quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
