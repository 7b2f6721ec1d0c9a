"""The query budget of an app in a shop: a leaky bucket of points. Source: Admin GraphQL API, rate limits.

The published rule counts each app alone; `rival` lets a second program of the same app spend a share of it.
"""

from datetime import datetime

from sandbox.shopify.state import Bucket

PLANS = {"basic": 100.0, "grow": 100.0, "advanced": 200.0, "plus": 1000.0}
SECONDS_FULL = 20
MOST_FOR_ONE = 1000


def make(plan: str, now: datetime) -> Bucket:
    rate = PLANS[plan]
    return Bucket(rate * SECONDS_FULL, rate, rate * SECONDS_FULL, now)


def fill(bucket: Bucket, now: datetime) -> None:
    """What has run in since it was last looked at, less what the rival took."""
    seconds = max(0.0, (now - bucket.at).total_seconds())
    grown = bucket.available + seconds * (bucket.restore - bucket.rival)
    bucket.available, bucket.at = max(0.0, min(bucket.size, grown)), now
    if bucket.blocked_until is not None and now < bucket.blocked_until:
        bucket.available = 0.0


def take(bucket: Bucket, points: float, now: datetime) -> bool:
    """Charge the requested cost; False (and nothing charged) when there is not enough."""
    fill(bucket, now)
    if bucket.available < points:
        return False
    bucket.available -= points
    return True


def give_back(bucket: Bucket, points: float) -> None:
    bucket.available = min(bucket.size, bucket.available + points)


def status(bucket: Bucket) -> dict[str, float]:
    return {
        "maximumAvailable": bucket.size,
        "currentlyAvailable": int(bucket.available),
        "restoreRate": bucket.restore,
    }
