"""How fast one conversation, or all from one address, may send.

Danger is never held back here: refused text is still screened.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import TooFastError

SIGN_INS = 20
"""Tries of one name in a minute."""
SIGN_INS_FROM = 60
"""Tries from one address in a minute: a whole shift may begin behind one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Moving windows in memory.

    `messages`: per conversation and `window`; `messages_from`: of all conversations of one address
    in it; the others per address and minute.
    """

    messages: int
    window: timedelta
    starts: int
    resumes: int
    messages_from: int
    relaxed: bool = False
    limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    def check_message(self, conversation: str, *, address: str | None = None) -> None:
        """Raises TooFastError with the time after which to try again."""
        if self.relaxed:
            return
        seconds = int(self.window.total_seconds())
        self._check(RateLimitItemPerSecond(self.messages, seconds), "message", conversation)
        if address is not None:
            item = RateLimitItemPerSecond(self.messages_from, seconds)
            self._check(item, "message_from", address)

    def check_start(self, address: str) -> None:
        if not self.relaxed:
            self._check(RateLimitItemPerMinute(self.starts), "start", address)

    def check_sign_in(self, username: str, *, address: str) -> None:
        """Never relaxed: a password must not be guessed."""
        self._check(RateLimitItemPerMinute(SIGN_INS), "sign_in", username)
        if not self.relaxed:
            self._check(RateLimitItemPerMinute(SIGN_INS_FROM), "sign_in_from", address)

    def check_resume(self, address: str) -> None:
        """Never relaxed: a resume code must not be guessed."""
        self._check(RateLimitItemPerMinute(self.resumes), "resume", address)

    def _check(
        self, item: RateLimitItemPerSecond | RateLimitItemPerMinute, kind: str, who: str
    ) -> None:
        if self.limiter.hit(item, kind, who):
            return
        window = self.limiter.get_window_stats(item, kind, who)
        raise TooFastError(retry_after=timedelta(seconds=max(1.0, window.reset_time - time.time())))
