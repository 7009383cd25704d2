"""Which day and time it is for the filters, where the service is: in London."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from web.watch import Watch

LONDON = ZoneInfo("Europe/London")


def here() -> datetime:
    return Watch().now().astimezone(LONDON)


def today() -> date:
    return here().date()
