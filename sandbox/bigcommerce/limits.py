"""The request quota of a store: a fixed window shared by all apps, told in headers on every answer."""

from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.state import Store


def count(store: Store, now: datetime) -> None:
    """Use up one request. Refused (429) when the window's quota is spent."""
    window = store.window
    if window.started is None or now - window.started >= timedelta(milliseconds=store.window_ms):
        window.started, window.used = now, 0
    if window.used >= store.quota:
        raise Refused(429)
    window.used += 1


def show(store: Store, now: datetime, response: Response) -> None:
    left = max(0, store.quota - store.window.used)
    spent = (now - store.window.started) / timedelta(milliseconds=1) if store.window.started else 0
    reset = max(0, int(store.window_ms - spent))
    response.headers["X-Rate-Limit-Requests-Left"] = str(left)
    response.headers["X-Rate-Limit-Requests-Quota"] = str(store.quota)
    response.headers["X-Rate-Limit-Time-Reset-Ms"] = str(reset)
    response.headers["X-Rate-Limit-Time-Window-Ms"] = str(store.window_ms)
    response.headers["X-BC-ApiLimit-Remaining"] = str(left)
    if response.status_code == 429:
        response.headers["X-Retry-After"] = str(-(-reset // 1000))
