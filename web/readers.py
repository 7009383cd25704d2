"""Loads what reads messages: the screen and the understanding. Knows no service and no store."""

from dataclasses import dataclass

from bot.kinds import KindsReader
from bot.understanding import Understander
from handoff.screening import Screen

WARM_UP = "Dzień dobry, ok"  # not English, so that the multilingual reader is warm too


@dataclass(frozen=True, slots=True)
class Readers:
    """The screen and the understanding: slow to load, shared by everything that reads messages."""

    screen: Screen
    understander: Understander


def load_readers() -> Readers:
    """Both readers with their models. Seconds, and some hundred megabytes."""
    screen = Screen.load()
    screen.features(WARM_UP)  # the first person must not wait for what is made at first use
    return Readers(screen=screen, understander=Understander.load(KindsReader.load()))
