"""What OpenText calls: our token endpoint, workflow decisions, news from Content Server, of deliveries. All hints."""

from app.web.callbacks.content import make_content_blueprint
from app.web.callbacks.exstream import make_job_blueprint, make_notification_blueprint
from app.web.callbacks.workflow import make_decision_blueprint, make_token_blueprint

__all__ = [
    "make_content_blueprint", "make_decision_blueprint", "make_job_blueprint", "make_notification_blueprint",
    "make_token_blueprint",
]  # fmt: skip
