"""When to try again. Jitter only lengthens, so the last try is never earlier than the schedule's horizon (75 hours)."""

import random

from app.errors import RateLimited, Retryable
from app.settings import Periods

LONG = 7200.0
BUG_ATTEMPTS = 3


def next_attempt(periods: Periods, attempts: int, error: Retryable, draw: random.Random | None = None) -> float | None:
    """Seconds until the next try after `attempts` tries; None when the schedule is used up."""
    source = draw or random.Random()  # noqa: S311  # spreads load, hides nothing
    if isinstance(error, RateLimited):
        return error.retry_after * source.uniform(1.0, 1.2) + source.uniform(0.0, 1.0)
    if attempts > len(periods.retry_after):
        return None
    delay = periods.retry_after[max(0, attempts - 1)]
    return delay * source.uniform(1.0, 1.5 if delay < LONG else 1.1)
