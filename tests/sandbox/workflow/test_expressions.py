"""The expression language of the models."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.workflow import expressions
from sandbox.workflow.errors import ProcessFailed, WorkflowError


class Table:
    """A scope over a plain dictionary."""

    instance_id, business_key = "i-1", "bk-1"

    def __init__(self, **values: Any) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str) -> Any:
        return self.values[name]

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value


SCOPE = Table(
    decision="approved", amount=120, text_amount="120", ratio=0.5, yes=True, nothing=None, empty_text="",
    contract={"properties": {"value": 7}, "odd key": "x", "list": ["a", "b"]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('${decision == "approved"}', True),
        ("${decision != 'approved'}", False),
        ("${amount > 100 && decision == 'approved'}", True),
        ("${amount < 100 || yes}", True),
        ("${!yes}", False),
        ("${not yes or amount ge 120 and amount le 120}", True),
        ("${text_amount > 100}", True),
        ("${text_amount == 120}", True),
        ("${yes == 'true'}", True),
        ("${ratio * 2 + 1}", 2.0),
        ("${-amount + 20 % 3}", -118),
        ("${(amount - 20) / 4}", 25),
        ("${contract.properties.value}", 7),
        ("${contract['odd key']}", "x"),
        ("${contract.list[1]}", "b"),
        ("${yes ? 'a' : 'b'}", "a"),
        ("${empty empty_text}", True),
        ("${empty nothing}", True),
        ("${empty decision}", False),
        ("${nothing == null}", True),
        ("${nothing < 1}", False),
        ("${'a' < 'b'}", True),
        ('${"quote \\" in it"}', 'quote " in it'),
        ("${'}'}", "}"),
        ("${yes || no_such_name}", True),
        ("${!yes && no_such_name.member}", False),
        ("${execution.getVariable('no_such_name')}", None),
        ("${execution.hasVariable('amount')}", True),
        ("${execution.processInstanceBusinessKey}", "bk-1"),
        ("  ${amount}\n", 120),
    ],
)
def test_an_expression_has_its_value(expression: str, value: Any) -> None:
    assert expressions.evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("PT4H", "PT4H"),
        ("Order ${amount}: ${decision}", "Order 120: approved"),
        ('{"case":"${decision}","n":${amount}}', '{"case":"approved","n":120}'),
        ("${yes}${nothing}${ratio}", "true0.5"),
        ("${contract.list}", '["a", "b"]'),
        ("$ {amount} $${amount}", "$ {amount} $120"),
    ],
)
def test_a_template_is_filled(template: str, text: str) -> None:
    assert expressions.text(template, SCOPE) == text


def test_nothing_is_escaped_in_a_template() -> None:
    """The trap of the dialect: a quote breaks the JSON around it."""
    assert expressions.text('{"name":"${n}"}', Table(n='O"Neil')) == '{"name":"O"Neil"}'


def test_a_variable_is_set() -> None:
    table = Table()
    expressions.evaluate('${execution.setVariable("decision", "expired")}', table)
    assert table.values == {"decision": "expired"}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("${unknown}", "Unknown property used in expression"),
        ("${contract.unknown}", "Unknown property used in expression"),
        ("${contract.list[5]}", "Unknown property used in expression"),
        ("${execution.deleteEverything()}", "Unknown method"),
        ("${decision.upper()}", "Unknown method"),
        ("${execution.setVariable('one')}", "Error invoking"),
        ("${amount", "Error parsing"),
        ("${amount ==}", "Error parsing"),
        ("${amount amount}", "Error parsing"),
        ("${'open}", "Error parsing"),
        ("${a.1}", "Error parsing|Unknown"),
        ("${'a' + 1}", "Error evaluating"),
        ("${amount / 0}", "Error evaluating"),
        ("${__import__('os')}", "Error parsing|Unknown"),
    ],
)
def test_a_wrong_expression_fails_with_a_reason(expression: str, reason: str) -> None:
    with pytest.raises(ProcessFailed, match=reason):
        expressions.evaluate(expression, SCOPE)


@pytest.mark.parametrize("expression", ["${amount}", "${decision}", "${nothing}", "true"])
def test_a_condition_is_true_or_false_and_nothing_else(expression: str) -> None:
    with pytest.raises(ProcessFailed, match="non-Boolean"):
        expressions.truth(expression, SCOPE)


@settings(deadline=None)
@given(st.text(alphabet="${}()[].,'\"!&|=<>?: abyes0123+-*/%", max_size=40))
def test_no_text_breaks_the_reader(source: str) -> None:
    """Whatever somebody deploys, it is evaluated or refused; nothing else."""
    with suppress(WorkflowError):
        assert isinstance(expressions.text(source, SCOPE), str)
