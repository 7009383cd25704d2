"""`make fuzz`: a million hostile inputs, or as many as `--inputs` says. Exit 1 on any finding."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import throw


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cap-chat-fuzz-") as folder:
        tally = asyncio.run(
            throw(
                Path(folder),
                inputs=options.inputs,
                seed=options.seed,
                tell=lambda line: print(line, flush=True),
            )
        )
    print(f"{tally.total} inputs, {len(tally.findings)} findings")
    for finding in tally.findings:
        print(f"  {finding[:2000]}")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
