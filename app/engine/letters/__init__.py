"""Whether there is something to write to a buyer: one rule for each occasion, by the name scenarios use.

A rule reads what it needs and says what the letter is about, or why there is none. It writes nothing anywhere.
"""

from collections.abc import Callable, Mapping

from app.engine.letters import accounts, after_purchase, catalogues, notices, retention
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context

Rule = Callable[[Context], Something | Nothing]
RULES: Mapping[str, Rule] = {
    "delay": notices.delay,
    "care": after_purchase.care,
    "warranty": after_purchase.warranty,
    "first_order": after_purchase.first_order,
    "new_company": after_purchase.new_company,
    "statement": accounts.statement,
    "overdue": accounts.overdue,
    "lapsed": retention.lapsed,
    "milestone": retention.milestone,
    "cart": retention.cart,
    "catalogue": catalogues.catalogue,
}

__all__ = ["RULES", "Nothing", "Rule", "Something"]
