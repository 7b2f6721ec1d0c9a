"""Everything that can be made to go wrong, by name: what the control API lists and turns on.

Source: reference for OpenText Exstream, section 10 (faults) and 4.4 (errors).
"""

from sandbox.exstream.state import ExstreamState
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.world import World

SLOW_MILLISECONDS = 30_000
COMPOSING, SENDING = "/orchestration/*", "*/callbacks/*"

# Switches the stand-in works itself; each strikes as often as it was counted.
OWN = {
    "truncated_base64": "The next composition's outputs break off inside the base64.",
    "empty_data": "The next composition succeeds with an empty list of outputs.",
    "two_pdfs": "The next composition has two PDF outputs, from two queues.",
    "wrong_mime_type": "The next composition calls its PDF text/html.",
    "not_pdf_a": "The next composition's PDF is not PDF/A.",
    "engine_failure": "In the next composition an output fails (second error shape, HTTP 500).",
    "error_in_200": "In the next composition an output fails, inside HTTP 200.",
    "no_import_right": "The next composition's output is refused with the inner status 401.",
    "identity_outage": "The next composition meets Directory Services that are down (a bare 500).",
    "bounce": "The next recipient cannot be reached.",
    "webhook_unknown_job": "Before the next webhook comes one for a job nobody knows.",
}
# Switches that are rules of the kernel.
RULES: dict[str, tuple[str, dict[str, object]]] = {
    "slow_compose": ("The next composition takes 30 seconds.",
                     {"kind": "delay", "path": COMPOSING, "delay_ms": SLOW_MILLISECONDS}),
    "unavailable": ("The next call is answered with 503.", {"kind": "status", "status": 503}),
    "too_many": ("The next call is answered with 429.",
                 {"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}),
    "lost_answer": ("The next composition is done, and its answer lost.", {"kind": "drop_after", "path": COMPOSING}),
    "webhook_twice": ("The next webhook or callback comes twice.", {"kind": "duplicate", "path": SENDING}),
    "webhook_lost": ("The next webhook or callback is withheld.", {"kind": "withhold", "path": SENDING}),
}  # fmt: skip
NAMES = (*OWN, *RULES)


def listed(state: ExstreamState) -> list[dict[str, object]]:
    """Every switch, what it does, and how often the own ones still strike."""
    own: list[dict[str, object]] = [
        {"name": name, "what": what, "left": state.faults.get(name, 0)} for name, what in OWN.items()
    ]
    return own + [{"name": name, "what": what, "left": None} for name, (what, _) in RULES.items()]


def turn_on(world: World, state: ExstreamState, name: str, count: int = 1) -> None:
    """Let a fault strike `count` times from now on. Raises KeyError for an unknown one."""
    if name in OWN:
        state.faults[name] = state.faults.get(name, 0) + count
        return
    _, rule = RULES[name]
    world.faults.add(FaultRule.model_validate({"system": "exstream", "count": count} | rule))
