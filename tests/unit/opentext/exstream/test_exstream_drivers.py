"""The rules for input data that designs rely on."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Permanent
from app.opentext.exstream import drivers
from tests.unit.opentext.exstream.talk import a_driver

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def refused(driver: dict[str, Any], template: str = "SF_INVOICE", job: str = "job-1") -> Permanent:
    with pytest.raises(Permanent) as caught:
        drivers.encode(template, driver, job)
    return caught.value


@pytest.mark.parametrize("name", ["store", "customer", "order", "lines", "totals", "invoice", "taxSummary"])
def test_a_missing_block_is_named(name: str) -> None:
    driver = a_driver()
    del driver[name]
    assert refused(driver).context["fields"] == name
    assert refused(a_driver() | {name: None}).context["fields"] == name


@pytest.mark.parametrize("name", ["schema", "template", "language", "jobKey"])
def test_what_the_data_is_about_must_be_said(name: str) -> None:
    driver = a_driver()
    meta = {key: value for key, value in driver["meta"].items() if key != name}  # type: ignore[attr-defined]
    assert refused(driver | {"meta": meta}).context["fields"] == f"meta.{name}"


def test_data_of_another_template_or_job_is_refused() -> None:
    driver = a_driver()
    assert refused(driver, job="job-2").context["fields"] == "meta.jobKey"
    other = driver | {"meta": driver["meta"] | {"template": "SF_POLICY"}}  # type: ignore[operator]
    assert refused(other).context["fields"] == "meta.template"


def test_meta_of_another_shape_is_refused() -> None:
    assert "meta.schema" in refused(a_driver() | {"meta": "x"}).context["fields"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, object(), {1: "x"}])
def test_what_cannot_travel_is_refused(bad: Any) -> None:
    assert refused(a_driver() | {"order": {"x": bad}}).specific_code == "bad_driver"


def test_large_data_is_refused_before_it_is_sent() -> None:
    assert refused(a_driver() | {"lines": ["ä" * 1_000_001]}).specific_code == "driver_too_large"


@given(VALUES)
def test_nothing_arrives_as_null_and_the_rest_arrives_as_it_was(value: Any) -> None:
    data = drivers.encode("SF_INVOICE", a_driver() | {"order": {"x": value}}, "job-1")
    assert json.loads(data)["order"]["x"] == _without_none(value)
    assert data == drivers.encode("SF_INVOICE", a_driver() | {"order": {"x": value}}, "job-1")


def _without_none(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items()}
    return [_without_none(each) for each in value] if isinstance(value, list) else value


def test_unicode_travels_as_it_is() -> None:
    data = drivers.encode("SF_INVOICE", a_driver() | {"store": {"name": "王 🎉 é"}}, "job-1")
    assert "王 🎉 é".encode() in data
