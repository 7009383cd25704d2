"""The directory in a real store, SQLite and PostgreSQL: what a search shows, hides and costs."""

import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot import directory_store, open_referral
from bot.directory import Directory, Only, filter_line
from bot.directory_rows import digest_of
from bot.directory_seed import DIRECTORY_FILE
from bot.directory_store import Change
from chat.directory_file import export_text, import_text
from chat.seed import demo_services, seed_directory
from models import migrate
from models.engine import alone
from models.tables import directory_services
from tests.contracts.made_up_services import made_up
from tests.decisions.test_directory_queries import rows
from tests.postgres import fresh_database

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = date(2026, 11, 25)
SERVICES, P95_SECONDS = 5000, 0.050
FAR = 15  # km


@dataclass(frozen=True)
class Held:
    """A store with a directory in it."""

    url: str
    directory: Directory

    def search(self, query: str, **more: Any) -> list[str]:
        with alone(self.url, keep=False) as db:
            found = self.directory.search(db, query, **{"local": NOW, **more})
        return [hit.name for hit in found.services]

    def take(self, *raw: dict[str, Any], **more: Any) -> Any:
        text = json.dumps({"services": raw})
        return import_text(self.url, text, is_csv=False, demo=True, now=NOW, **more)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Held:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/directory.db" if is_sqlite else fresh_database()
    migrate.upgrade(url)
    return Held(url, Directory.load(demo=True))


@pytest.fixture
def starters(empty: Held) -> Held:
    seed_directory(empty.url, demo=True, now=NOW)
    return empty


def service(name: str, **more: Any) -> dict[str, Any]:
    made = next(iter(made_up(1)))
    made.pop("minimum_age")
    made["id"] = open_referral.made_id(name)
    made["service_at_locations"] = []
    made["attributes"] = [{"taxonomy_term": term(code)} for code in more.pop("codes", ("food",))]
    return {**made, "name": name, **more}


def term(code: str) -> dict[str, Any]:
    return {"id": open_referral.made_id("term", code), "code": code, "name": code}


def test_a_search_finds_the_nearest_local_service_first(starters: Held) -> None:
    found = starters.search("somewhere to go at night when im low in loughborough")
    assert found[0] == "Mental health cafe, Loughborough"


def test_a_service_asked_for_by_name_is_first(starters: Held) -> None:
    assert starters.search("samaritans number")[0] == "Samaritans"


def test_words_that_name_no_topic_search_what_services_say_of_themselves(empty: Held) -> None:
    empty.take(service("Kiln Friends", description="A room with a ceramic kiln."))
    empty.take(service("Other", description="Something else."))
    assert empty.search("kilns") == ["Kiln Friends"]


def test_the_public_never_sees_what_is_not_for_it(empty: Held) -> None:
    empty.take(
        service("Open"),
        service("Inactive", status="inactive"),
        service("Shut for now", status="temporarily closed"),
        service("Gone", status="defunct"),
        service("For staff", codes=("food", "professional-only")),
        service("Unconfirmed", x_cap={"show_public": False}),
    )
    assert empty.search("food bank") == ["Open"]
    assert "For staff" in empty.search("food bank", only=Only(for_professional=True))
    with alone(empty.url, keep=False) as db:
        for name in ("Inactive", "For staff", "Unconfirmed"):
            assert empty.directory.record(db, open_referral.made_id(name)) is None


def test_made_up_services_stay_in_development(empty: Held) -> None:
    empty.take(service("Real"), service("Made up", x_cap={"demo": True}))
    assert sorted(empty.search("food bank")) == ["Made up", "Real"]
    public = Held(empty.url, Directory.load(demo=False))
    assert public.search("food bank") == ["Real"]
    assert demo_services(empty.url) == 1
    refused = import_text(
        empty.url,
        json.dumps([service("Another", x_cap={"demo": True})]),
        is_csv=False,
        demo=False,
        now=NOW,
    )
    assert refused.count(None) == 1


def test_only_free_ones_and_only_those_open_now(empty: Held) -> None:
    weekday = [{"byday": "WE", "opens_at": "09:00", "closes_at": "17:00"}]
    sunday = [{"byday": "SU", "opens_at": "09:00", "closes_at": "17:00"}]
    empty.take(
        service("Free", cost_options=[{"amount": 0}], schedules=weekday),
        service("Costs", cost_options=[{"amount": 3}], schedules=sunday),
    )
    assert empty.search("food bank", only=Only(free=True)) == ["Free"]
    assert empty.search("food bank", only=Only(open_now=True)) == ["Free"]


def hours(days: str, opens: str | None = "09:00", closes: str | None = "17:00") -> dict[str, Any]:
    return {"byday": days, "opens_at": opens, "closes_at": closes}


AT_NIGHT = datetime(2026, 11, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "local", "names"),
    [
        ("food bank open now", NOW, ["Weekdays", "Ask them"]),
        ("food bank open now", AT_NIGHT, ["Late on Wednesdays", "Ask them"]),
        ("food bank open tonight", NOW, ["Late on Wednesdays", "Ask them"]),
        ("food bank open after 6pm", NOW, ["Late on Wednesdays", "Ask them"]),
        ("food bank open at 1am", NOW, ["Late on Wednesdays", "Ask them"]),
        ("food bank open on sundays", NOW, ["Sundays", "Ask them"]),
        ("anywhere open at the weekend for food", NOW, ["Sundays", "Ask them"]),
        ("food bank open on tuesdays", NOW, ["Weekdays", "Ask them"]),
    ],
)
def test_those_open_when_asked_come_first_then_those_of_unknown_hours(
    empty: Held, query: str, local: datetime, names: list[str]
) -> None:
    empty.take(
        service("Ask them", schedules=[]),
        service("Late on Wednesdays", schedules=[hours("WE", "18:00", "02:00")]),
        service("Sundays", schedules=[hours("SU")]),
        service("Weekdays", schedules=[hours("MO,TU,WE,TH,FR")]),
    )
    assert empty.search(query, local=local) == names


@pytest.mark.parametrize("only", [Only(), Only(or_farther=True), Only(free=False)])
def test_where_none_is_open_all_are_shown_and_that_is_said(empty: Held, only: Only) -> None:
    empty.take(service("Ask them", schedules=[]), service("Sundays", schedules=[hours("SU")]))
    with alone(empty.url, keep=False) as db:
        found = empty.directory.search(db, "food bank open now", local=NOW, only=only)
        sunday = empty.directory.search(db, "food bank open on sundays", local=NOW, only=only)
        nothing = empty.directory.search(db, "debt advice open now", local=NOW, only=only)
    assert found.none_open
    assert [hit.name for hit in found.services] == ["Ask them", "Sundays"]
    assert not sunday.none_open
    assert not nothing.none_open


def test_a_service_asked_for_by_name_is_shown_though_it_is_shut(empty: Held) -> None:
    empty.take(
        service("Kiln Friends", schedules=[hours("SU")]),
        service("Weekdays", schedules=[hours("MO,TU,WE,TH,FR")]),
    )
    asked = "is the kiln friends food bank open now"
    assert empty.search(asked) == ["Kiln Friends", "Weekdays"]


def test_the_filter_of_lines_keeps_its_shape_when_hours_are_asked_for(starters: Held) -> None:
    line = {"id": 7, "query": "crisis cafe open now in loughborough"}
    with alone(starters.url, keep=False) as db:
        told = filter_line(line, directory=starters.directory, db=db, local=NOW)
    assert list(told) == ["id", "topics", "place", "audience", "when", "services"]
    assert told["when"] == {}
    assert told["services"]


def test_age_keeps_out_what_is_for_others(empty: Held) -> None:
    empty.take(
        service("Children", codes=("therapy",), maximum_age=17),
        service("Adults", codes=("therapy",), minimum_age=18),
    )
    assert empty.search("counselling for my daughter shes 13") == ["Children"]
    assert empty.search("counselling, im 42") == ["Adults"]


def test_what_was_not_checked_for_long_is_shown_as_stale(empty: Held) -> None:
    empty.take(
        service("Fresh", assured_date="2026-11-01"),
        service("Old", assured_date="2026-01-01"),
        service("Never checked"),
    )
    with alone(empty.url, keep=False) as db:
        cards = [
            empty.directory.card(db, open_referral.made_id(name), today=TODAY)
            for name in ("Fresh", "Old", "Never checked")
        ]
    assert {card["name"]: card["stale"] for card in cards if card} == {
        "Fresh": False,
        "Old": True,
        "Never checked": True,
    }


def test_a_change_is_seen_by_the_next_search(empty: Held) -> None:
    empty.take(service("Soup"))
    assert empty.search("food bank") == ["Soup"]
    empty.take(service("Soup", description="New words.", alert="Moved."))
    with alone(empty.url, keep=False) as db:
        card = empty.directory.card(db, open_referral.made_id("Soup"), today=TODAY)
    assert card is not None
    assert (card["what"], card["alert"]) == ("New words.", "Moved.")


def test_a_dry_run_reports_and_changes_nothing(starters: Held) -> None:
    report = starters.take(service("New"), dry_run=True)
    assert (report.count(Change.ADDED), report.kept) == (1, 75)
    with alone(starters.url, keep=False) as db:
        assert len(db.execute(select(directory_services.c.id)).all()) == 75


def test_an_import_says_what_changed_and_what_is_wrong(empty: Held) -> None:
    empty.take(service("Soup"), service("Same"))
    report = empty.take(
        service("Soup", description="New words.", url="https://example.org"),
        service("Same"),
        service("Bad", url="javascript:alert(1)", status="open"),
    )
    assert [(entry.change, entry.fields) for entry in report.entries] == [
        (Change.CHANGED, ("description", "url")),
        (Change.UNCHANGED, ()),
        (None, ("status", "url")),
    ]


@pytest.mark.parametrize("as_csv", [False, True])
def test_what_is_exported_comes_in_again_unchanged(starters: Held, as_csv: bool) -> None:
    exported = export_text(starters.url, as_csv=as_csv)
    if as_csv:  # a flat sheet holds less: a second round changes nothing more
        import_text(starters.url, exported, is_csv=True, demo=True, now=NOW)
        exported = export_text(starters.url, as_csv=True)
    report = import_text(starters.url, exported, is_csv=as_csv, demo=True, now=NOW)
    assert report.count(Change.UNCHANGED) == len(report.entries) == 75


def test_nothing_of_the_starter_file_is_lost(starters: Held) -> None:
    stored = json.loads(DIRECTORY_FILE.read_text(encoding="utf-8"))
    exported = {
        row["id"]: row for row in json.loads(export_text(starters.url, as_csv=False))["services"]
    }
    for read in open_referral.read_all(stored):
        assert read.document is not None
        assert digest_of(exported[read.document["id"]]) == digest_of(read.document)


def test_where_none_is_near_the_nearest_are_shown_and_said_to_be_farther(starters: Held) -> None:
    query = "food bank near Hinckley"
    assert starters.search(query) == []
    with alone(starters.url, keep=False) as db:
        found = starters.directory.search(db, query, local=NOW, only=Only(or_farther=True))
        near = starters.directory.search(
            db, "mental health cafe Loughborough", local=NOW, only=Only(or_farther=True)
        )
    assert found.widened
    assert [hit.name for hit in found.services] == ["Demo: Highfields Food Hub"]
    assert found.services[0].distance_km is not None
    assert found.services[0].distance_km > FAR
    assert near.services
    assert not near.widened


def test_no_place_is_shown_that_is_farther_than_was_asked(starters: Held) -> None:
    query = "mental health cafe near Shepshed"
    near = starters.search(query, only=Only(within_km=10.0))
    assert "Mental health cafe, Loughborough" in near
    assert "Mental health cafe, Loughborough" not in starters.search(query + " within 3 km")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    is_sqlite = request.param == "sqlite"
    folder = tmp_path_factory.mktemp("crowded")
    url = f"sqlite:///{folder}/directory.db" if is_sqlite else fresh_database()
    migrate.upgrade(url)
    with alone(url) as db:
        for read in open_referral.read_all(list(made_up(SERVICES))):
            assert read.document is not None
            directory_store.put(db, read.document, now=NOW)
    return Held(url, Directory.load())


@pytest.mark.slow
def test_a_search_of_five_thousand_services_takes_milliseconds(crowded: Held) -> None:
    """Counted in this thread's time, each query at its quickest of three: what else a machine does
    is no fault of the search. PostgreSQL's own is not in it; `python -m bench directory` has it.
    """
    queries = [row.query for row in rows("first")]
    with alone(crowded.url, keep=False) as db:
        took = [[_search(crowded, db, query) for query in queries] for _ in range(3)]
    p95 = statistics.quantiles(map(min, *took), n=20)[-1]
    print(f"search of {SERVICES} services: p95 {p95 * 1000:.1f} ms")  # noqa: T201 - the figure
    assert p95 <= P95_SECONDS, f"{p95 * 1000:.1f} ms"


def _search(crowded: Held, db: Connection, query: str) -> float:
    start = time.thread_time()
    crowded.directory.search(db, query, local=NOW)
    return time.thread_time() - start
