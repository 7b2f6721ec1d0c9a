"""What our callback doors are told: by a customer's Orchestration job or print provider, and by Notifications.

`POST /callbacks/exstream/v1/jobs/{token}` takes a `JobReport`, once for each (jobKey, event).
`POST /callbacks/notifications/v1/{token}` takes the status answer of Notifications; only its `job_id` is used.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.opentext.answers import Instant, Payload
from app.opentext.exstream.delivery import Event, JobNews


class JobReport(BaseModel):
    """One event of a job we handed over (a contract of ours). An `at` that cannot be read counts as none."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    job_key: Annotated[str, Field(alias="jobKey", min_length=1, max_length=300)]
    event: Event
    detail: str = Field(default="", max_length=2000)
    at: Instant = None

    def news(self, now: datetime) -> JobNews:
        """As the channel takes it; what happens later than now has a wrong clock and happens now."""
        at = min(self.at, now) if self.at else now
        return JobNews(self.job_key, self.event, at, self.detail)


class _Hint(Payload):
    job_id: str = Field(default="", max_length=200)


def hinted_job(body: bytes) -> str:
    """The job a notification names, "" where it names none. Nothing else in it is believed: ask for the status."""
    try:
        return _Hint.model_validate_json(body).job_id
    except ValidationError:
        return ""
