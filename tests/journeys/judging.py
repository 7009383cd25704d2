"""What an enquiry should have come to, against what staff can read of it. Plays nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.journeys.player import Played, Script

PLAIN = ("status", "next_step", "route", "author", "kind", "priority", "due_at")
ANYTHING = "*"  # expected to be there, whatever it is


def differences(script: Script, played: Played) -> list[str]:
    """Each point in which the enquiry is not what the script expects."""
    expect, found = script.expect, played.enquiry
    wrong = [
        f"{name}: {found.get(name)!r}, not {expect[name]!r}"
        for name in PLAIN
        if name in expect and not _is(expect[name], found.get(name))
    ]
    if "outcomes" in expect and sorted(found["outcomes"]) != sorted(expect["outcomes"]):
        wrong.append(f"outcomes: {found['outcomes']}, not {expect['outcomes']}")
    if "owner" in expect and found["owner"]["kind"] != expect["owner"]:
        wrong.append(f"owner: {found['owner']}, not {expect['owner']}")
    if "list" in expect and found["owner"]["id"] != expect["list"]:
        wrong.append(f"list: {found['owner']}, not {expect['list']}")
    wrong += _captured(expect.get("captured", {}), found["captured"])
    wrong += _said(expect, played)
    return wrong


def _captured(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if not _is(value, found.get(name)):
            yield f"captured {name}: {found.get(name)!r}, not {value!r}"


def _is(expected: Any, found: Any) -> bool:
    if expected == ANYTHING:
        return found is not None
    if isinstance(expected, list) and isinstance(found, list):
        return sorted(expected) == sorted(found)
    if isinstance(expected, list):
        return found in expected
    return bool(expected == (str(found).lower() if isinstance(found, bool) else found))


def _said(expect: Mapping[str, Any], played: Played) -> Iterator[str]:
    """`says` and `never_says`: wordings. A safety question that nobody foresaw is a fault."""
    said = {one.get("wording_id") for one in played.messages}
    for wording in expect.get("says", ()):
        if wording not in said:
            yield f"never said {wording}"
    for wording in expect.get("never_says", ()):
        if wording in said:
            yield f"said {wording}"
    if "safe_now" in played.unanswered:
        yield "asked whether they are safe, for no reason"
    if expect.get("asks_nothing_more", True) and played.asks and not expect.get("open"):
        yield f"still asks {played.asks}"
