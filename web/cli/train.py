"""`cap-chat train`: trains the assistant and the screen where their sources have changed."""

import argparse
import sys

from web import rasa_process, training
from web.settings import Settings


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    if not rasa_process.model_path().is_file():
        sys.stdout.write("training the assistant (about half a minute)\n")
        sys.stdout.flush()
    try:
        rasa_process.train()
    except rasa_process.TrainingFailedError as error:
        sys.stderr.write(f"cap-chat: the assistant cannot be trained:\n{error}\n")
        return 2
    if training.is_stale():
        sys.stdout.write("training the screen (some minutes at the most)\n")
        sys.stdout.flush()
        training.train()
    return 0
