"""Waking a worker: one flag, one job, however many events. Redis may be slow, full or gone; nobody waits long."""

from typing import Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

QUEUE = "work"
WAKE = f"wake:{QUEUE}"
FLAG_SECONDS = 30
DRAIN = "app.engine.jobs.drain"
JOB_SECONDS = 150  # hard end of a drain: 40 s of claiming, then what is in flight ends within its own deadlines
log = structlog.get_logger(__name__)


class OnlyOurJobs(Job):
    """Names in Redis are data somebody may have written: only our drain is ever resolved, no callbacks at all."""

    @property
    def func(self) -> Any:
        if self.func_name != DRAIN or self.instance:
            raise NoSuchJobError(f"refused job {self.func_name!r}"[:200])
        return super().func

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


class RedisDoorbell:
    """Rings through Redis with timeouts a web request can bear. What is lost here the dispatcher's next look finds."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=0.2, socket_timeout=0.5, retry=Retry(NoBackoff(), 0)
        )
        self._queue = Queue(QUEUE, connection=self._client, serializer=JSONSerializer, job_class=OnlyOurJobs)

    def ring(self) -> None:
        """At most one job waits per flag; never raises."""
        try:
            if self._client.set(WAKE, b"1", nx=True, ex=FLAG_SECONDS):
                self._queue.enqueue(DRAIN, job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=86_400)
        except (RedisError, OSError) as error:
            log.warning("doorbell_failed", error=type(error).__name__)

    def clear(self) -> None:
        """A drain is about to look for the last time: what comes after rings again."""
        try:
            self._client.delete(WAKE)
        except (RedisError, OSError) as error:
            log.warning("doorbell_failed", error=type(error).__name__)

    def waiting_jobs(self) -> int | None:
        """Jobs on the queue; None when Redis does not answer."""
        try:
            return int(self._client.llen(f"rq:queue:{QUEUE}"))
        except (RedisError, OSError):
            return None
