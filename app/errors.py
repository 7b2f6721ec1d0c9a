"""Three answers to "what now?": later, never unchanged, or a person must reconnect.

Every error carries a stable `code` (for rows, metrics, filters), a sentence for people (`message`), ids in `context`.
Neither ever holds a token, a body or personal data.
"""

from typing import Any, ClassVar


class AppError(Exception):
    """Base of everything we raise on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, hint: str = "", **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint  # what a person can do next, one sentence, may be empty
        self.context = context
        self.specific_code = code or self.code


class Retryable(AppError):
    """Later may work: time-out, 5xx, locked node. `unknown_outcome`: a write may have happened, look first."""

    code = "temporarily_unavailable"

    def __init__(self, message: str, *, unknown_outcome: bool = False, **kw: Any) -> None:
        super().__init__(message, **kw)
        self.unknown_outcome = unknown_outcome


class RateLimited(Retryable):
    """The other side asks us to wait `retry_after` seconds; no attempt is counted."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: float = 30.0, **kw: Any) -> None:
        super().__init__(message, **kw)
        self.retry_after = retry_after


class CircuitOpen(RateLimited):
    """We leave a service alone that does not answer; asked again by itself after `retry_after` seconds."""

    code = "circuit_open"


class Permanent(AppError):
    """Never works unchanged: refused data, a broken rule. Recorded and shown, never repeated by itself."""

    code = "refused"


class NotFound(Permanent):
    """The object is not there (or not visible to us)."""

    code = "not_found"


class Conflict(Permanent):
    """Somebody changed or created it first; re-read, then decide."""

    code = "conflict"


class NeedsReauth(AppError):
    """A person must reconnect: token revoked, scope missing, credential refused. Pauses work for `upstream`."""

    code = "needs_reauth"

    def __init__(self, message: str, *, upstream: str, **kw: Any) -> None:
        super().__init__(message, **kw)
        self.upstream = upstream


class LostLease(AppError):
    """Our lease on the work ran out and somebody else has it: stop without a further effect."""

    code = "lost_lease"


class Rejected(AppError):
    """A door refuses a request. `status` is the HTTP status; the message is constant text, safe to show."""

    code = "rejected"

    def __init__(self, message: str, *, status: int = 400, **kw: Any) -> None:
        super().__init__(message, **kw)
        self.status = status
