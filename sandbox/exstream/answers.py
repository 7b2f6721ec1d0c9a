"""The two shapes in which this product says no, its wrapper, and how it writes a moment."""

from datetime import datetime
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from sandbox.exstream.state import Json
from sandbox.kernel.standin import json_response


class Refused(Exception):
    """Becomes the first shape: `{timestamp, status, message, error, details, errorCode, path}`."""

    def __init__(self, status: int, details: str, error_code: str | None = None) -> None:
        super().__init__(details)
        self.status, self.details, self.error_code = status, details, error_code


class WrongHeader(Exception):
    """A wrong header or parameter: a 400 with a body nobody can parse."""


class OutputFailed(Exception):
    """The engine ran and an output failed: the second shape, with the inner status as text."""

    def __init__(self, message: str, inner: int, queue: str, file: str = "", status: int = 500) -> None:
        super().__init__(message)
        self.inner, self.queue, self.file, self.status = inner, queue, file, status


def refusal(error: Refused, path: str, now: datetime) -> Response:
    body = {
        "timestamp": millis(now), "status": error.status, "message": HTTP_STATUS_CODES.get(error.status, "Error"),
        "error": None, "details": error.details, "errorCode": error.error_code, "path": path,
    }  # fmt: skip
    return json_response(body, error.status)


def wrong_header() -> Response:
    return Response("<html><body>HTTP Status 400 – Bad Request</body></html>", 400, content_type="text/html")


def output_failed(error: OutputFailed) -> Response:
    context = {"queueName": error.queue, "fileName": error.file, "customerNumber": "1"}
    data = [{"errorMessage": str(error), "statusCode": str(error.inner), "engineOutputContext": context}]
    return json_response({"status": "error", "data": data}, error.status)


def success(data: Any, status: int = 200, page: Json | None = None) -> Response:
    return json_response({"status": "success", "data": data} | ({"page": page} if page else {}), status)


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
