"""One family of errors: a code, an HTTP status, a sentence by id.

Never carries chat text, names or numbers.
"""

from datetime import timedelta


class ServiceError(Exception):
    """An outcome that the caller can be told about; anything else is a bug."""

    code = "unavailable"
    status = 503

    def __init__(self, *, hint: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(hint or self.code)
        self.hint = hint
        self.retry_after = retry_after


class BadCommandError(ServiceError):
    code, status = "bad_command", 400


class NotSignedInError(ServiceError):
    code, status = "not_signed_in", 401


class NotAllowedError(ServiceError):
    code, status = "not_allowed", 403


class NotFoundError(ServiceError):
    """Also for "exists, but is not yours to see"."""

    code, status = "not_found", 404


class StillOpenError(ServiceError):
    """Somebody is still owed something, or the record must be kept."""

    code, status = "bad_command", 409


class AlreadyClaimedError(ServiceError):
    code, status = "already_claimed", 409


class AtCapacityError(ServiceError):
    code, status = "at_capacity", 409


class NotYoursError(ServiceError):
    code, status = "not_yours", 409


class ClosedError(ServiceError):
    code, status = "closed", 409


class TooLongError(ServiceError):
    code, status = "too_long", 413


class TooFastError(ServiceError):
    code, status = "too_fast", 429


class UnavailableError(ServiceError):
    code, status = "unavailable", 503


class DialogueUnavailableError(UnavailableError):
    """The bot is down, late or speaks nonsense: a person takes over."""
