"""File first: outputs become documents, and from then on only what was filed is ever sent.

Composing gives a `Communication` with bytes, filing a `FiledCommunication` without; channels take only the latter and
read the bytes back, held to the SHA-256 of what was composed.
"""

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath

from app.domain.content import Communication, Document, FiledCommunication, FiledOutput, Output
from app.domain.ids import NodeId
from app.errors import Permanent

File = Callable[[Output], Document]  # must find an equal document again rather than file it twice
Read = Callable[[NodeId, int], bytes]  # one version's content


def file_first(communication: Communication, file: File, *, with_driver: bool = True) -> FiledCommunication:
    """File every output (and the input data, as JSON beside the first). Repeatable as far as `file` is.

    Raises what `file` raises, and Permanent (`filed_bytes_differ`) where the repository holds something else.
    """
    outputs = communication.outputs + ((_driver(communication),) if with_driver else ())
    return FiledCommunication(
        job_key=communication.job_key,
        template=communication.template,
        template_version=communication.template_version,
        domain=communication.domain,
        communication_id=communication.communication_id,
        driver_sha256=communication.driver_sha256,
        outputs=tuple(_filed(each, file(each)) for each in outputs),
        composed_at=communication.composed_at,
        notes=communication.notes,
    )


def filed_bytes(output: FiledOutput, read: Read) -> bytes:
    """What was filed, read back. Raises Permanent (`filed_bytes_differ`) when it is not what was composed."""
    content = read(output.document, output.version)
    if hashlib.sha256(content).hexdigest() != output.sha256:
        raise _differs(output.document, output.version)
    return content


def _filed(output: Output, document: Document) -> FiledOutput:
    if (document.sha256 or output.sha256) != output.sha256 or document.size != len(output.content):
        raise _differs(document.id, document.version)
    return FiledOutput(
        document.id, document.version, document.name, output.mime_type, len(output.content), output.sha256
    )


def _driver(communication: Communication) -> Output:
    first = communication.outputs[0].file_name if communication.outputs else communication.template
    return Output(f"{PurePosixPath(first).stem} data.json", "application/json", "driver", communication.driver)


def _differs(document: NodeId, version: int) -> Permanent:
    return Permanent(
        "The filed document is not what was composed; it is not sent.", code="filed_bytes_differ",
        document=document, version=version, hint="Look at the document's versions in Content Server.",
    )  # fmt: skip
