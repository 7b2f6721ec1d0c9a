"""Records Management: classifications of nodes, bulk calls, retention schedules, codes. Source: sections 6.1 to 6.3.

RM names no body for most of these calls; `{}` is sent, because clients fail on an empty one.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import audit, records, shapes, tree
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import (
    CLASSIFICATION,
    CLASSIFICATIONS,
    EDIT_ATTRIBUTES,
    RM_CLASSIFICATION,
    Node,
    Rsi,
)
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import may, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal
from sandbox.content_server.wire import Exchange, Params
from sandbox.kernel.standin import json_response

NO_RM_NODE = (400, "Could not get node for {id}")
OK: dict[str, Any] = {}
DESTROY = 32


def details(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    record, row = node.record, records.details(x.state, node)
    may_write = may(x.actor, node, EDIT_ATTRIBUTES) and not record.finalized
    return json_response(
        {
            "canBeUnclassified": may_write,
            "canFinalize": may_write,
            "canRMClassify": may_write,
            "canRemoveClass": may_write and bool(row),
            "classVolumeID": x.state.volumes[CLASSIFICATIONS],
            "data": [row] if row else [],
            "definitions": {},
            "fields_order": list(row),
            "fields_to_show": dict.fromkeys(row, True),
            "haveFAtoClassify": may_write,
            "inherit_from": record.inherited_from is not None,
            "multiClass": True,
            "rm_metadataToken": records.token_of(node),
            "showTab": True,
            "vitalRecordCodes": [],
        }
    )


def classify(x: Exchange, id: int) -> Response:
    sent, node = x.parameters(), tree.find(x.actor, id)
    class_id = sent.required_integer("class_id")
    records.classify(x.actor, node, class_id, _token(sent), sent.values)
    if sent.flag("apply_to_sub_items"):
        for child in list(tree.descendants(x.state, node))[1:]:
            _try(lambda child=child: records.classify(x.actor, child, class_id, records.token_of(child)))  # type: ignore[misc]
    x.call.effect = f"node {id} classified as record {class_id}"
    return json_response(OK)


def describe(x: Exchange, id: int) -> Response:
    sent, node = x.parameters(), tree.find(x.actor, id)
    class_id = sent.integer("class_id")
    if class_id is not None and class_id != node.record.class_id:
        records.classify(x.actor, node, class_id, _token(sent) or "", sent.values)
    else:
        records.describe(x.actor, node, _token(sent), sent.values)
    x.call.effect = f"record details of {id} changed"
    return json_response(OK)


def declassify(x: Exchange, id: int, class_id: int) -> Response:
    records.declassify(x.actor, tree.find(x.actor, id), class_id, _token(x.sent))
    x.call.effect = f"record classification {class_id} removed from {id}"
    return json_response(OK)


def rsi_of_class(x: Exchange, id: int, class_id: int) -> Response:
    node, rsi = tree.find(x.actor, id), x.parameters().required("rsi")
    if node.record.class_id != class_id:
        raise Refusal(f"The item '{node.name}' does not have the RM Classification {class_id}.")
    records.set_rsi(x.actor, node, rsi, present=x.call.method == "POST")
    x.call.effect = f"retention schedule of {id} changed"
    return json_response(OK)


def confidential(x: Exchange, id: int, action: str) -> Response:
    node = tree.find(x.actor, id)
    require(x.actor, node, EDIT_ATTRIBUTES)
    node.record.confidential = action == "makeConfidential"
    node.record.token += 1
    x.call.effect = f"node {id} {action}"
    return json_response(OK)


def schedules(x: Exchange, id: int) -> Response:
    record = tree.find(x.actor, id).record
    rows = [{"class_id": record.class_id, "rsi": code} for code in record.rsis]
    return json_response({"data": rows, "definitions": {}})


def schedule_details(x: Exchange, id: int, rsi: str) -> Response:
    node = tree.find(x.actor, id)
    if rsi not in x.state.rsis:
        raise Refusal(f"Unknown RSI '{rsi}'")
    return json_response({"data": [records.schedule(node, x.state.rsis[rsi])]})


def _token(sent: Params) -> str | None:
    return sent.text("rm_metadataToken") or None


# --- many at once ---


def batch(x: Exchange, work: Callable[[Node], None], what: str) -> Response:
    """Each node on its own: one that is unknown, forbidden or refused does not stop the others."""
    ids = x.sent.integers("ids")
    if not ids:
        raise Refusal("ID is not specified", 404)
    done = [node_id for node_id in ids if _try(lambda node_id=node_id: work(tree.find(x.actor, node_id)))]  # type: ignore[misc]
    if done:
        x.call.effect = f"{what}: {', '.join(map(str, done))}"
    return json_response(OK)


def _try(work: Callable[[], None]) -> bool:
    try:
        work()
    except Refusal:
        return False
    return True


def add_classification(x: Exchange) -> Response:
    """RM or standard, as `classID` is."""
    class_id = x.parameters().integer("classID")
    found = x.state.nodes.get(class_id or 0)
    if found is None or found.type not in (CLASSIFICATION, RM_CLASSIFICATION):
        raise Refusal("Classification ID is not specified", 404)
    if found.type == RM_CLASSIFICATION:
        return batch(
            x,
            lambda node: records.classify(x.actor, node, found.id, records.token_of(node)),
            f"classified as record {found.id}",
        )
    return batch(x, lambda node: _add_standard(x, node, [found.id]), f"classified {found.id}")


def remove_classification(x: Exchange) -> Response:
    class_id = x.parameters().integer("classID")
    if class_id not in x.state.nodes:
        raise Refusal("Classification ID is not specified", 404)

    def remove(node: Node) -> None:
        if class_id in node.classification_ids:
            _set_standard(x, node, [item for item in node.classification_ids if item != class_id])
        else:
            records.declassify(x.actor, node, class_id or 0)

    return batch(x, remove, f"classification {class_id} removed")


BULK_NAMES = {
    "fileStatus": "file_status",
    "docDate": "record_date",
    "statusDate": "status_date",
    "nextReviewDate": "next_review_date",
    "vitalRecordCycle": "cycle_period",
}


def describe_many(x: Exchange) -> Response:
    sent = {BULK_NAMES.get(name, name): value for name, value in x.parameters().values.items() if name != "ids"}
    records.checked(x.state, sent)
    drop_rsi = x.sent.flag("rsiRemove")

    def describe_one(node: Node) -> None:
        records.describe(x.actor, node, records.token_of(node), sent)
        if drop_rsi:
            node.record.rsis = []

    return batch(x, describe_one, "record details changed")


def finalize_many(x: Exchange) -> Response:
    return batch(x, lambda node: records.finalize(x.actor, node), "records finalized")


def queue(x: Exchange) -> Response:
    """The background task is done at once here."""
    sent = x.parameters()
    if sent.text("task_name") != "rm_FinalizeRecord":
        raise Refusal(f"Unknown task '{sent.text('task_name')}'")
    node = tree.find(x.actor, sent.required_integer("id"))
    records.finalize(x.actor, node)
    x.call.effect = f"records finalized: {node.id}"
    return json_response(
        {"location": f"api/v1/rmqueues/{node.id}", "task_status": "completed", "errMsg": "", "http_status_code": 200}
    )


# --- standard classifications ---


def classifications(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    rows = [
        {
            "id": class_id,
            "name": x.state.nodes[class_id].name,
            "type": x.state.nodes[class_id].type,
            "selectable": True,
            "management_type": "manual",
            "score": None,
            "inherit_flag": False,
        }
        for class_id in node.classification_ids
    ]
    may_write = may(x.actor, node, EDIT_ATTRIBUTES)
    return json_response(
        {
            "bCanApplyClass": may_write,
            "bCanRemoveClass": may_write,
            "canModify": may_write,
            "classVolumeID": x.state.volumes[CLASSIFICATIONS],
            "data": rows,
            "definitions": {},
        }
    )


def set_classifications(x: Exchange, id: int) -> Response:
    """Takes the place of all the node had."""
    node, ids = tree.find(x.actor, id), x.parameters().integers("class_id")
    for class_id in ids:
        found = x.state.nodes.get(class_id)
        if found is None or found.type != CLASSIFICATION:
            raise Refusal(f"Could not get a classification for {class_id}")
    _set_standard(x, node, ids)
    x.call.effect = f"node {id} classified {ids}"
    return json_response(OK)


def remove_classifications(x: Exchange, id: int, class_id: int) -> Response:
    node = tree.find(x.actor, id)
    if class_id not in node.classification_ids:
        raise Refusal(NOT_ACCESSIBLE)
    _set_standard(x, node, [item for item in node.classification_ids if item != class_id])
    x.call.effect = f"classification {class_id} removed from {id}"
    return json_response(OK)


def _add_standard(x: Exchange, node: Node, ids: list[int]) -> None:
    _set_standard(x, node, node.classification_ids + [item for item in ids if item not in node.classification_ids])


def _set_standard(x: Exchange, node: Node, ids: list[int]) -> None:
    require(x.actor, node, EDIT_ATTRIBUTES)
    tree.check_not_finalized(node)
    node.classification_ids = list(dict.fromkeys(ids))
    tree.touch(x.actor, node)
    audit.note(x.state, node.id, 264, x.actor.user.id, x.actor.now)


# --- schedules, codes, volume ---


def volume(x: Exchange) -> Response:
    node = x.state.nodes[x.state.volumes[CLASSIFICATIONS]]
    return json_response({"id": node.id, "name": node.name, "type": node.type})


def all_schedules(x: Exchange) -> Response:
    page = page_of(sorted(x.state.rsis.values(), key=lambda item: item.id), x.query, 25)
    return x.answer({"ok": True, "data": {"rsis": [_rsi(item) for item in page.items]}}, collection=collection(page))


def schedule_names(x: Exchange) -> Response:
    query = x.sent.text("query").casefold()
    names = [{"name": code} for code in sorted(x.state.rsis) if query in code.casefold()]
    return json_response({"data": {"fast_codes": names}, "fast:codes": names})


def _rsi(item: Rsi) -> dict[str, Any]:
    return {
        "RSIID": item.id,
        "RSI": item.code,
        "Title": item.title,
        "Subject": "",
        "Description": item.description,
        "RSIStatus": "ACTIVE",
        "StatusDate": None,
        "DiscontFlag": 0,
        "Active": 1,
        "DispControl": 0,
        "RSIScheduleID": item.id,
        "RetStage": "Final",
        "RecordType": 0,
        "EventType": item.event_type,
        "RSIRuleCode": "",
        "DateToUse": item.date_to_use,
        "YearEndMonth": 12,
        "YearEndDay": 31,
        "RetYears": item.years,
        "RetMonths": item.months,
        "RetDays": item.days,
        "RetIntervals": 0,
        "EventRuleDate": shapes.local(item.fixed_date),
        "EventRule": "",
        "FixedRet": 0,
        "ActionCode": str(item.action_code),
        "ActionDescription": "Destroy" if item.action_code == DESTROY else "",
        "Disposition": "",
        "ApprovalFlag": 0,
        "MaximumRet": 0,
        "ObjectType": "LIV",
    }


def codes(x: Exchange) -> Response:
    hold_types = [{"code": kind, "description": kind.title()} for kind in x.state.hold_types]
    data: dict[str, Any] = {
        name: {
            "default_value": values[0][0],
            "values": [{"code": code, "description": text} for code, text in values],
        }
        for name, values in records.CODES.items()
    }
    data["hold_type"] = {"default_value": x.state.hold_types[0], "values": hold_types}
    data["cycle_period"] = {
        "default_value": 12,
        "values": [{"code": code, "description": text} for code, text in records.CYCLES.items()],
    }
    return x.answer({"ok": True, "data": data})


def codes_v1(x: Exchange) -> Response:
    names = {
        "file_status": "rmstatuscode",
        "essential": "rmesscode",
        "storage": "rmstorage",
        "accession": "rmaccession",
    }
    data: dict[str, Any] = {
        shown: [{"code": code, "description": text} for code, text in records.CODES[name]]
        for name, shown in names.items()
    }
    data["rmrsi"] = [{"code": item.code, "description": item.title} for item in x.state.rsis.values()]
    data["rmholdtype"] = [{"code": kind, "description": kind.title()} for kind in x.state.hold_types]
    data["rmcycleperiod"] = [{"code": code, "description": text} for code, text in records.CYCLES.items()]
    return json_response(data)


def classified(x: Exchange, class_id: int) -> Response:
    """What has a classification; `classifieditems`."""
    found = [
        node
        for node in x.state.nodes.values()
        if class_id in (node.record.class_id, *node.classification_ids)
        and tree.is_live(x.state, node)
        and may(x.actor, node, "see")
    ]
    page = page_of(found, x.query, 25)
    rows = [shapes.node_properties(x.state, node) for node in page.items]
    return json_response({"collection": collection(page), "results": rows})


RM = "/v1/nodes/<id>/rmclassifications"
ROUTES = (
    Route("GET", RM, details, unknown=NO_RM_NODE),
    Route("POST", RM, classify, unknown=NO_RM_NODE),
    Route("PUT", RM, describe, unknown=(400, "Cannot retrieve node")),
    Route("DELETE", f"{RM}/<class_id>", declassify, unknown=NO_RM_NODE),
    Route("POST DELETE", f"{RM}/<class_id>/rsis", rsi_of_class, unknown=NO_RM_NODE),
    Route("PUT", f"{RM}/<any(makeConfidential,removeConfidential):action>", confidential, ("action",)),
    Route("GET", "/v1/nodes/<id>/rsis", schedules),
    Route("GET", "/v1/nodes/<id>/rsi/<rsi>/GetRSIDetails", schedule_details, ("rsi",)),
    Route("GET", "/v1/nodes/<id>/classifications", classifications),
    Route("POST", "/v1/nodes/<id>/classifications", set_classifications),
    Route("DELETE", "/v1/nodes/<id>/classifications/<class_id>", remove_classifications),
    Route("POST", "/v1/rmclassifications/batchAddClassification", add_classification),
    Route("POST", "/v1/rmcassifications/batchRemoveClassification", remove_classification),
    Route("POST", "/v1/rmclassifications/RMMetadata", describe_many),
    Route("PUT", "/v1/rmclassifications/finalizerecords", finalize_many),
    Route("POST", "/v1/rmqueues", queue),
    Route("GET", "/v2/classificationvolume", volume),
    Route("GET", "/v2/classifieditems/<class_id>", classified),
    Route("GET", "/v2/rsis", all_schedules),
    Route("POST", "/v1/rsis", schedule_names),
    Route("GET", "/v2/recordsmanagement/rmcodes", codes),
    Route("GET", "/v1/recordsmanagement/rmcodes", codes_v1),
)
