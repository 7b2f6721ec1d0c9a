"""How answers of running servers relate to OpenText's published files, so that one can be held against the other.

The core file draws every object as a list of one object (`results`, `links`, `data`, `collection`, …) and none of the
three files says that an unset member is null. Recorded answers of real servers, as documented in OpenText's own Python
client (pyxecm), show plain objects and nulls; the stand-in follows those.
"""

import re
from typing import Any, NamedTuple

from tests.contract.openapi import Spec

JSON = dict[str, Any]


class Deviation(NamedTuple):
    """`path` and `problem` are patterns; `why` names what says otherwise than the file."""

    method: str
    path: str
    problem: str
    why: str


PYXECM = "the sample answers in OpenText's Python client"
DEVIATIONS = (
    Deviation("*", r".*", r"a body with status [45]\d\d is not declared",
              "the responses' own descriptions list the texts; Smart View reads them from `error`"),
    Deviation("POST", r"/v2/nodes(/\d+/versions)?", r"content type multipart/form-data is not declared",
              "the file's own `file` member, format binary, cannot travel url-encoded; pyxecm sends multipart"),
    Deviation("*", r"/v2/nodes/(list|\d+)", r"request\.body is not declared",
              "pyxecm sends these calls as one form field `body` with JSON"),
    Deviation("POST", r"/v2/search", r"(result_type|source_id): '\d+' is not of type 'integer'", PYXECM),
    Deviation("GET", r"/v1/nodes/\d+/rmclassifications",
              r"\.(multiple_classifications|secondary_class_ids|fields_order|vitalRecordCodes): \[.*is not of type",
              PYXECM),
    Deviation("GET", r"/v2/holds?", r"DateApplied: '[-:T\d]+' does not match 'YYYY-MM-DDTHH:mm:ss'",
              "the file's pattern is a date's spelling, not a regular expression"),
    Deviation("*", r"/v[12]/nodes/\d+/versions.*", r"\.locked: False is not of type 'integer'", PYXECM),
    Deviation("GET", r"/v2/nodes/\d+/permissions", r"\.permissions: \[.*is not of type 'string'",
              "the file's own request bodies and pyxecm: a list of permission names"),
    Deviation("GET", r"/v1/serverinfo", r"current_date: '[-:T\d]+' is not a 'date-time'",
              "the member's own description: YYYY-MM-DDThh:mm:ss"),
    Deviation("PUT", r"/v2/nodes/\d+/categories/\d+", r"request\.\d+_\d+ is not declared",
              "the operation's own description: one member per attribute, named by its key"),
    Deviation("POST", r"/v1/holds", r"status 200 is not declared", "pyxecm reads `holdID` from the answer"),
)  # fmt: skip


def known(method: str, path: str, problem: str) -> Deviation | None:
    """The deviation that explains a problem."""
    for item in DEVIATIONS:
        if item.method in ("*", method) and re.fullmatch(item.path, path) and re.search(item.problem, problem):
            return item
    return None


def fitted(spec: Spec, method: str, template: str, status: int, answer: Any) -> Any:
    """The answer with objects as lists where the file wants lists, and without unset members."""
    responses = spec.document["paths"][template][method.lower()]["responses"]
    declared = _resolved(spec, responses.get(str(status), responses.get(status, {})))
    schema = declared.get("content", {}).get("application/json", {}).get("schema", {})
    return _fit(spec, schema, answer)


def _fit(spec: Spec, schema: JSON, value: Any) -> Any:
    schema = _resolved(spec, schema)
    if isinstance(value, dict) and schema.get("type") == "array":
        return [_fit(spec, schema.get("items", {}), value)]
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        return {name: _fit(spec, properties.get(name, {}), item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_fit(spec, schema.get("items", {}), item) for item in value]
    return value


def _resolved(spec: Spec, schema: Any) -> JSON:
    """References followed one after the other."""
    while isinstance(schema, dict) and "$ref" in schema:
        node: Any = spec.document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        schema = node
    return schema if isinstance(schema, dict) else {}
