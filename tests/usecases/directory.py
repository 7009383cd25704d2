"""Entries of the directory for tests: made up, with only what the test is about."""

from datetime import date

from bot import directory_store, open_referral
from tests.usecases.desk import Desk


async def put_entry(
    desk: Desk, *, name: str = "Oak Hub", term: str = "food", checked: date | None = None
) -> str:
    """One active service, last checked on this day; yields its id."""
    service_id = open_referral.made_id("service of a test", name)
    held = {"id": open_referral.made_id("term", term), "code": term, "name": term}
    raw = {
        "id": service_id,
        "name": name,
        "description": "Help for people of Leicester.",
        "status": "active",
        "organization": {"id": open_referral.made_id("organization", name), "name": name},
        "attributes": [{"taxonomy_term": held}],
        **({"assured_date": checked.isoformat()} if checked else {}),
    }
    (read,) = open_referral.read_all([raw])
    document = read.document
    assert document is not None
    await desk.service.store.write(
        lambda tx: directory_store.put(tx.connection, document, now=desk.now)
    )
    return service_id
