"""Drivers: the input data a communication is composed from, under rules that designs can rely on.

A designer maps areas to field names; a name that is missing or changed makes an empty area and no error. Hence: a
versioned schema, stable names, no null, the blocks each template needs, and bytes that are the same for the same data.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.errors import Permanent

LARGEST = 2_000_000  # bytes; nothing larger is sent
ALWAYS = ("meta", "store", "customer")
ABOUT = ("schema", "template", "language", "jobKey")  # in meta
BLOCKS: dict[str, tuple[str, ...]] = {
    "SF_ORDER_CONFIRMATION": ("order", "lines", "totals", "shipping"),
    "SF_INVOICE": ("order", "lines", "totals", "invoice", "taxSummary"),
    "SF_RECEIPT": ("order", "lines", "totals", "payments"),
    "SF_STATEMENT": ("account", "period", "openItems", "payments", "ageing"),
    "SF_AGEING_NOTICE": ("account", "openItems", "ageing"),
    "SF_RETURN_LETTER": ("return", "lines", "label"),
    "SF_REFUND": ("order", "lines", "refund"),
    "SF_POLICY": ("policy",),
    "SF_RETENTION": ("offer", "history", "consent"),
    "SF_CATALOG": ("catalog", "products", "images"),
    "SF_DELAY_NOTICE": ("order", "lines", "delay"),
    "SF_PARTIAL_NOTICE": ("order", "lines", "remaining", "shipment"),
    "SF_CANCEL_NOTICE": ("order", "lines", "cancel"),
    "SF_REVIEW_NOTICE": ("order", "review"),
    "SF_RECALL_NOTICE": ("order", "recall"),
    "SF_ONBOARDING": ("account", "contacts", "steps"),
    "SF_WARRANTY": ("products", "warranty"),
    "SF_CARE": ("products", "sections"),
}


def encode(template: str, driver: Mapping[str, Any], job_key: str) -> bytes:
    """The driver as it travels: UTF-8 JSON, members in the order given, `null` as the empty text.

    Raises Permanent (`bad_driver`, naming the fields; `driver_too_large`).
    """
    wrong = [name for name in (*ALWAYS, *BLOCKS.get(template, ())) if driver.get(name) is None]
    meta = driver.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    wrong += [f"meta.{name}" for name in ABOUT if not isinstance(meta.get(name), str) or not meta[name]]
    wrong += ["meta.template"] * (meta.get("template") not in (template, None, ""))
    wrong += ["meta.jobKey"] * (meta.get("jobKey") not in (job_key, None, ""))
    if wrong:
        fields = ", ".join(dict.fromkeys(wrong))
        raise Permanent(f"The input data of {template} lacks: {fields}.", code="bad_driver", fields=fields)
    try:
        data = json.dumps(_without_null(driver, template), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError) as error:
        raise Permanent(f"The input data of {template} cannot travel as JSON.", code="bad_driver") from error
    if len(data) > LARGEST:
        raise Permanent(
            f"The input data of {template} is larger than {LARGEST:,} bytes.", code="driver_too_large",
            size=len(data), hint="Split it, or leave out what the template does not print.",
        )  # fmt: skip
    return data


def _without_null(value: Any, where: str) -> Any:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        if bad := [key for key in value if not isinstance(key, str)]:
            raise TypeError(f"{where}: names must be text, not {bad[0]!r}")
        return {key: _without_null(each, f"{where}.{key}") for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_null(each, where) for each in value]
    return value
