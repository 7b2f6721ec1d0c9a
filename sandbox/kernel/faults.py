"""Fault switches: what the control API may make go wrong, where, how often."""

import random
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

# What can go wrong with an API request, and with a delivery that a stand-in sends out.
RequestFault = Literal["status", "delay", "drop_before", "drop_after", "truncate"]
DeliveryFault = Literal["withhold", "duplicate"]


class ConnectionDropped(ConnectionError):
    """The stand-in hangs up without an answer."""


class FaultRule(BaseModel):
    """One switch. `path` is a pattern with `*`; `count` uses up, `probability` is drawn for each request.

    `kind`: status (answer `status` instead of working), delay (`delay_ms`, then work as usual), drop_before (hang up,
    nothing done), drop_after (do it, then hang up), truncate (do it, send half the answer, hang up), and for webhooks
    and callbacks sent by a stand-in: withhold, duplicate. `headers` and `body` shape the answer of a status fault.
    `operation` is a pattern, too: the name of a GraphQL request's operation, empty for any other request.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = Field(default_factory=lambda: uuid4().hex[:12])
    system: str = "*"
    method: str = "*"
    path: str = "*"
    operation: str = "*"
    kind: RequestFault | DeliveryFault
    status: int = Field(default=503, ge=100, le=599)
    delay_ms: int = Field(default=0, ge=0, le=600_000)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    count: int | None = Field(default=None, ge=1)
    probability: float = Field(default=1.0, gt=0, le=1)


@dataclass
class Faults:
    """The active rules, oldest first. Thread safe."""

    rules: list[FaultRule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def add(self, rule: FaultRule) -> FaultRule:
        with self._lock:
            self.rules.append(rule)
        return rule

    def remove(self, rule_id: str | None = None) -> int:
        with self._lock:
            kept = [r for r in self.rules if rule_id is not None and r.id != rule_id]
            removed = len(self.rules) - len(kept)
            self.rules = kept
        return removed

    def hits(
        self, system: str, method: str, path: str, kinds: tuple[str, ...], operation: str = ""
    ) -> list[FaultRule]:  # fmt: skip
        """The rules that strike this request now; each counted one is used up by one."""
        struck: list[FaultRule] = []
        with self._lock:
            for rule in list(self.rules):
                if rule.kind in kinds and _matches(rule, system, method, path, operation) and _drawn(rule):
                    struck.append(rule)
                    if rule.count is not None:
                        rule.count -= 1
                        if rule.count == 0:
                            self.rules.remove(rule)
        return struck


def _matches(rule: FaultRule, system: str, method: str, path: str, operation: str) -> bool:
    is_here = fnmatchcase(system, rule.system) and rule.method in ("*", method) and fnmatchcase(path, rule.path)
    return is_here and fnmatchcase(operation, rule.operation)


def _drawn(rule: FaultRule) -> bool:
    return rule.probability >= 1 or random.random() < rule.probability  # noqa: S311  # a test switch, not a secret
