"""The doors for what becomes of documents on their way to buyers: a customer's Exstream jobs, and Notifications.

Each stands at a secret address of one store. A report is kept and answered with 202; what it is about is read again.
"""

from flask import Blueprint, Response, g, jsonify

from app.engine import communications
from app.engine.admission import Admission
from app.engine.deps import Deps
from app.errors import Rejected
from app.opentext.exstream.callbacks import JobReport, hinted_job
from app.web import guards
from app.web.bodies import parse


def make_job_blueprint(deps: Deps) -> Blueprint:
    """POST /callbacks/exstream/v1/jobs/<token>: 202 for a report taken in, also the second time; 404 for no job."""
    bp = Blueprint("exstream_jobs", __name__)
    admission = Admission(deps)

    @bp.post("/<token>")
    def report(token: str) -> tuple[Response, int]:  # noqa: ARG001  # the guard has made the store of it
        told = parse(JobReport, g.raw)
        admission.check()
        communications.accept_report(deps, g.store_id, told, g.raw, guards.correlation_id())
        return jsonify(status="accepted"), 202

    return bp


def make_notification_blueprint(deps: Deps) -> Blueprint:
    """POST /callbacks/notifications/v1/<token>: 202 for every body that names a job, whoever's it is."""
    bp = Blueprint("notifications_status", __name__)
    admission = Admission(deps)

    @bp.post("/<token>")
    def status(token: str) -> tuple[Response, int]:  # noqa: ARG001
        job = hinted_job(g.raw)
        if not job:
            raise Rejected("Some fields are not valid.", status=422, code="bad_fields", fields=("job_id",))
        admission.check()
        communications.accept_status(deps, g.store_id, job, g.raw, guards.correlation_id())
        return jsonify(status="accepted"), 202

    return bp
