"""Which day it is for the filters, where the service is: in London."""

from datetime import date
from zoneinfo import ZoneInfo

from web.watch import Watch

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    return Watch().now().astimezone(LONDON).date()
