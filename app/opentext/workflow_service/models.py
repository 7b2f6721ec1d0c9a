"""The workflow models we ship, ready for deployment: the file with the tenant's callback client filled in.

Credentials belong in the model's authentication details, not in variables: whoever may list tasks reads
variables. Source: OpenText workflow reference, how a process calls out.
"""

from pathlib import Path
from xml.sax.saxutils import escape

from app.errors import NotFound, Permanent

MODELS = (
    "sf_order_review",
    "sf_content_approval",
    "sf_return_approval",
    "sf_backorder",
    "sf_b2b_onboarding",
    "sf_complaint",
    "sf_special_price",
    "sf_document_collection",
)
FOLDER = Path(__file__).resolve().parents[3] / "extensions" / "opentext" / "workflow"
CLIENT_ID, CLIENT_SECRET = "{{callback_client_id}}", "{{callback_client_secret}}"


def load_model(key: str, client_id: str, client_secret: str) -> str:
    """The BPMN XML of one model, its callback client filled in. Raises NotFound for a key we do not ship.

    Both values are escaped as XML attribute text. An empty one is refused (Permanent): such a model could never
    report a decision.
    """
    xml = model_file(key)
    if not client_id or not client_secret:
        raise Permanent("The callback client needs an id and a secret.", model=key)
    return xml.replace(CLIENT_ID, _attribute(client_id)).replace(CLIENT_SECRET, _attribute(client_secret))


def model_file(key: str) -> str:
    """The same with its two placeholders left in, as it is shipped. Raises NotFound."""
    if key not in MODELS:
        raise NotFound(f"There is no workflow model named {key!r}.", model=key)
    return (FOLDER / f"{key}.bpmn").read_text(encoding="utf-8")


def _attribute(text: str) -> str:
    """Safe between double quotes. An expression is refused: the engine would evaluate it."""
    if "${" in text or "#{" in text:
        raise Permanent("The callback client's id and secret must not contain expressions.")
    return escape(text, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
