"""Composing on demand: once per job key, every output, and the evidence of how it came about.

Source: OpenText's Communications samples, on-demand generation by communication id.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.content import Communication, Output
from app.errors import NotFound, Permanent
from app.opentext.exstream import drivers, mapping
from app.opentext.exstream.client import ExstreamApi
from app.opentext.exstream.templates import Template, Templates

LARGEST_ANSWER = 100_000_000  # bytes of base64, all outputs
NOT_ARCHIVE = "not an archive format"
WANTED = {"pdf": mapping.PDF, "html": mapping.HTML, "json": mapping.JSON, "interactive": mapping.INTERACTIVE}


def _now() -> datetime:
    return datetime.now(UTC)


class Composer:
    """Composes. Whoever calls keeps the result under its job key: the service composes, and may count, every call."""

    def __init__(self, api: ExstreamApi, templates: Templates, now: Callable[[], datetime] = _now) -> None:
        self._api, self._templates, self._now = api, templates, now

    def compose(
        self, key: str, driver: Mapping[str, Any], job_key: str, want: Sequence[str] = ("pdf",)
    ) -> Communication:
        """One communication with all its outputs, wanted or not; each in `want` (pdf, html, json) must be there.

        Raises, beside the errors of `ExstreamApi`, Permanent: a template that cannot be used, `bad_driver`,
        `nothing_composed`, `wrong_output_type`, `output_missing`; Retryable: `unreadable_output`.
        """
        template = self._templates.resolve(key)
        data = drivers.encode(key, driver, job_key)
        started, composed_at = time.monotonic(), self._now()
        headers = {
            "communicationId": template.communication_id,
            "driverDataSource": template.data_source,
            "Content-Type": "application/json",
        }
        try:
            composed = self._api.compose(template.domain, data, headers, LARGEST_ANSWER)
        except (NotFound, Permanent) as error:
            if isinstance(error, NotFound) or error.specific_code == "bad_header":
                self._templates.forget(key)  # it was changed since it was looked at
            raise
        elapsed = round((time.monotonic() - started) * 1000)
        outputs = mapping.outputs(composed)
        _check_wanted(key, outputs, want)
        return Communication(
            job_key, key, template.version, template.domain, template.communication_id, data,
            _in_order(template, outputs), composed_at, elapsed, _notes(outputs),
        )  # fmt: skip


def archive_output(communication: Communication, archive_queue: str = "") -> Output:
    """The one to keep as the record: a PDF, of the named queue where there are several, else the first output."""
    return min(communication.outputs, key=lambda each: (each.mime_type != mapping.PDF, each.queue != archive_queue))


def _check_wanted(key: str, outputs: Sequence[Output], want: Sequence[str]) -> None:
    missing = [name for name in want if WANTED[name] not in {each.mime_type for each in outputs}]
    if missing:
        raise Permanent(
            f"{key} was composed without {', '.join(missing)}.", code="output_missing", template=key,
            hint="Add the output queue to the communication in Exstream.",
        )  # fmt: skip


def _in_order(template: Template, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """The archive's queue first, then the manifest's order."""
    order = [template.archive_queue, *(queue.name for queue in template.queues)]
    return tuple(sorted(outputs, key=lambda each: order.index(each.queue) if each.queue in order else len(order)))


def _notes(outputs: Sequence[Output]) -> tuple[str, ...]:
    plain = [each for each in outputs if each.mime_type == mapping.PDF and not mapping.is_archive_format(each.content)]
    return tuple(f"{each.file_name}: {NOT_ARCHIVE}" for each in plain)
