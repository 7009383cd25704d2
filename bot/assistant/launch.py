"""Runs Rasa's own command line in this environment: `python launch.py train|run|test|data …`.

Puts the stand-ins in place first, keeps Rasa from calling home, and keeps people's words out of its log.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("SANIC_WORKERS", "1")
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    from cap import quiet, stand_ins  # noqa: PLC0415 - the path is set just above

    stand_ins.install()
    serving = "run" in sys.argv[1:2]
    quiet.keep_words_out(serving=serving)
    from rasa.__main__ import main as rasa  # noqa: PLC0415 - only now can Rasa be imported

    rasa()


if __name__ == "__main__":
    main()
