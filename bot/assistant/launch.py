"""Runs Rasa's own command line in this environment: `python launch.py train|run|test|data …`.

Stand-ins first; no calls home; no people's words in the log; ends when its parent does.
"""

import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["SANIC_WORKERS"] = "1"
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    from cap import quiet, stand_ins  # noqa: PLC0415 - the path is set just above

    stand_ins.install()
    quiet.keep_words_out(serving="run" in sys.argv[1:2])
    if os.environ.get("CAP_ASSISTANT_CHILD"):
        threading.Thread(target=_end_with_parent, daemon=True).start()
    from rasa.__main__ import main as rasa  # noqa: PLC0415 - only now can Rasa be imported

    rasa()


def _end_with_parent() -> None:
    """Our standard input is a pipe that the parent holds: it ends when the parent does."""
    while os.read(0, 1024):
        pass
    os._exit(0)  # nothing is lost: every turn carries its state


if __name__ == "__main__":
    main()
