"""The worker process: imports everything, then forks per drain (stock RQ worker, one queue, JSON, our job class)."""

import os
import sys

import structlog
from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from app import observability, wiring
from app.engine import jobs
from app.engine.doorbell import QUEUE, OnlyOurJobs
from app.settings import Settings

log = structlog.get_logger(__name__)
NICENESS = 10  # on a small machine the doors come first: a sender waits for them, nobody waits for the worker


def main() -> int:
    """Run until SIGTERM: the drain in flight ends first. Started again by the supervisor if Redis throws it out."""
    settings = Settings()
    observability.configure(settings)
    os.nice(NICENESS)
    jobs.make_deps = lambda: wiring.build(settings)
    connection = Redis.from_url(settings.redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=OnlyOurJobs)
    worker = Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        job_class=OnlyOurJobs,
        worker_ttl=60,
        maintenance_interval=30,
        default_result_ttl=0,
        log_job_description=False,
    )
    worker.work(with_scheduler=False, logging_level="WARNING")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OBJC_DISABLE_INITIALIZE_FORK_SAFETY", "YES")  # macOS refuses to fork otherwise
    sys.exit(main())
