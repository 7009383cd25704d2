"""The service's one clock. In development it can be moved forward; it never goes back."""

from datetime import UTC, datetime, timedelta


class Watch:
    """Real time plus an offset that only grows."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Raises ValueError for a time that would go back."""
        if by < timedelta():
            raise ValueError("the clock never goes back")
        self.offset += by
