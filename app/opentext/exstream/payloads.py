"""What we read of Communications' answers. Unknown members are dropped.

Source: OpenText's Communications samples (Postman collection, SDK); the Notifications quick start for its status.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from app.opentext.answers import Instant, Payload, Text


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else []


class Problem(Payload):
    """The services' own error: infrastructure, Design Asset Service. The first of the two shapes."""

    status: int = 0
    message: Text = ""
    details: Text = ""
    error_code: Annotated[Text, Field(validation_alias="errorCode")] = ""


class OutputContext(Payload):
    queue_name: Annotated[Text, Field(validation_alias="queueName")] = ""
    file_name: Annotated[Text, Field(validation_alias="fileName")] = ""
    customer_number: Annotated[Text, Field(validation_alias="customerNumber")] = ""


class ComposedOutput(Payload):
    """One output, or (the second error shape) what stood in its way; `statusCode` is text there."""

    content: Text = ""
    mime_type: Annotated[Text, Field(validation_alias="mimeType")] = ""
    error_message: Annotated[Text, Field(validation_alias="errorMessage")] = ""
    status_code: Annotated[Text, Field(validation_alias="statusCode")] = ""
    context: Annotated[OutputContext | None, Field(validation_alias="engineOutputContext")] = None


class Composed(Payload):
    """The answer to a composition; with `status` "error" its members tell what failed."""

    status: Text = ""
    data: tuple[ComposedOutput, ...]


class Batch(Payload):
    """A job that was taken in."""

    job_id: Annotated[str, Field(validation_alias="jobId", min_length=1)]
    id: Text = ""


class Batches(Payload):
    status: Text = ""
    data: Annotated[tuple[Batch, ...], Field(min_length=1)]


class Version(Payload):
    """`versionString` of the services, `servicesVersion` of the editor."""

    version: Annotated[str, Field(validation_alias=AliasChoices("versionString", AliasPath("body", "servicesVersion")))]


class Domain(Payload):
    id: str
    production: bool | None = False


class Domains(Payload):
    data: tuple[Domain, ...]


class Resource(Payload):
    """An asset: `id` stays over versions. States DRAFT, REVIEW, APPROVED, REJECTED."""

    id: str
    name: Text = ""
    version: Text = ""
    type: Text = ""
    state: Text = ""


class Resources(Payload):
    data: tuple[Resource, ...]


class OneResource(Payload):
    data: Resource


class Link(Payload):
    subject: Annotated[Text, Field(validation_alias="linkSubjectId")] = ""
    object: Annotated[Text, Field(validation_alias="linkObjectId")] = ""
    type: Annotated[Text, Field(validation_alias="typeId")] = ""


class Links(Payload):
    data: tuple[Link, ...]


class DataSource(Payload):
    name: Text = ""
    prod_dsn: Annotated[Text, Field(validation_alias="prodDsn")] = ""


class Queue(Payload):
    driver: Text = ""
    name: Text = ""


class Manifest(Payload):
    """Not wrapped, unlike everything else of this service."""

    data_sources: Annotated[tuple[DataSource, ...], Field(validation_alias="dsnlist")]
    queues: Annotated[tuple[Queue, ...], Field(validation_alias="queueList")]


# Notifications


class Job(Payload):
    job_id: Annotated[str, Field(min_length=1, max_length=200)]


class Attempt(Payload):
    state: Text = ""
    code: Annotated[Text, Field(validation_alias="gamma_code")] = ""
    first_attempt: Instant = None
    delivery_time: Instant = None


class SmsEvent(Payload):
    event_time: Instant = None
    status: Text = ""
    message: Text = ""


class EmailEvents(Payload):
    """`dsn`, `html_open` and `opt_out` in whatever form; only their presence and times are read."""

    dsn: Any = None
    html_open: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = ()
    opt_out: Any = None
    pull: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = ()


class Events(Payload):
    email: Annotated[EmailEvents | None, Field(validation_alias="email_delivery_events")] = None
    sms: Annotated[tuple[SmsEvent, ...], BeforeValidator(_listed), Field(validation_alias="sms_delivery_events")] = ()


class JobDelivery(Payload):
    """One recipient. `ref_base64` is the reference given when sending."""

    ref_base64: Text = ""
    email: Text = ""
    sms: Text = ""
    attempts: Annotated[tuple[Attempt, ...], BeforeValidator(_listed), Field(validation_alias="delivery_attempts")] = ()
    events: Events | None = None


class JobStatus(Payload):
    """`job_state` says that the job ran, not that anybody got anything: read `deliveries`."""

    job_id: str
    job_state: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    reference_base64: Annotated[Text, Field(validation_alias="customer_reference_base64")] = ""  # ours
    deliveries: Annotated[tuple[JobDelivery, ...], BeforeValidator(_listed)] = ()
