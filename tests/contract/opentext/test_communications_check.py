"""The connection test of Exstream and of OpenText Notifications: the failing step by name, and the way to mend it."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.opentext import check
from app.opentext.check import CheckStep, check_connection
from app.opentext.connection import NotificationsConnection, TemplateLocation
from sandbox import credentials
from sandbox.exstream.seed import UNFINISHED, communication_id
from tests.contract.opentext.exstream_land import ExstreamLand, connection


@pytest.fixture
def land() -> Iterator[ExstreamLand]:
    made = ExstreamLand()
    yield made
    made.close()


STEPS = (check.EXSTREAM_TOKEN, check.EXSTREAM_REACHABLE, check.TEMPLATES, check.NOTIFICATIONS)


def steps_of(land: ExstreamLand, *wanted: str, **exstream: Any) -> dict[str, CheckStep]:
    """The steps about communications, by what they ask."""
    found = check_connection(connection(**exstream), land.outbound, (), wanted)
    return {step.name.partition(": ")[0]: step for step in found if step.name.startswith(STEPS)}


def test_a_good_connection_passes_every_step_and_composes_nothing(land: ExstreamLand) -> None:
    steps = steps_of(land, "SF_INVOICE")
    assert tuple(steps) == STEPS
    assert all(step.ok for step in steps.values()), steps
    assert "templates can be composed" in steps[check.TEMPLATES].message
    assert land.composed() == 0
    assert not land.calls("send")


@pytest.mark.parametrize(
    ("changes", "fails", "word"),
    [
        ({"client_secret": "wrong"}, check.EXSTREAM_TOKEN, "refused"),
        ({"client_id": "nobody"}, check.EXSTREAM_TOKEN, "region"),
        ({"tenant": "elsewhere"}, check.EXSTREAM_TOKEN, "region"),
        ({"url": "http://nowhere.test"}, check.EXSTREAM_TOKEN, "reached"),
        ({"templates": (TemplateLocation("SF_INVOICE", communication_id("nobody")),)}, check.TEMPLATES, "SF_INVOICE"),
        ({"templates": (TemplateLocation("SF_INVOICE", communication_id(UNFINISHED)),)}, check.TEMPLATES, "approved"),
        ({"notifications": NotificationsConnection("http://exstream.test", credentials.NOTIFICATIONS_USER, "wrong")},
         check.NOTIFICATIONS, "enter them again"),
        ({"notifications": NotificationsConnection("http://nowhere.test", "a", "b")}, check.NOTIFICATIONS, "reached"),
    ],
)  # fmt: skip
def test_the_failing_step_is_named_and_says_what_to_do(
    land: ExstreamLand, changes: dict[str, Any], fails: str, word: str
) -> None:
    steps = steps_of(land, **changes)
    assert [name for name, step in steps.items() if step.ok is False] == [fails]
    assert word in f"{steps[fails].message} {steps[fails].hint}"
    assert steps[fails].hint


def test_what_needs_the_sign_in_is_not_tried_without_it(land: ExstreamLand) -> None:
    steps = steps_of(land, client_secret="wrong")
    assert [name for name, step in steps.items() if step.ok is None] == [check.EXSTREAM_REACHABLE, check.TEMPLATES]
    assert steps[check.NOTIFICATIONS].ok, "another service with an account of its own"


def test_a_template_a_scenario_needs_and_nobody_chose_is_named_and_stops_nothing(land: ExstreamLand) -> None:
    steps = steps_of(land, "SF_INVOICE", "SF_NOT_CHOSEN")
    assert steps[check.TEMPLATES].ok
    assert "SF_NOT_CHOSEN" in steps[check.TEMPLATES].message
    broken = steps_of(land, templates=(TemplateLocation("SF_INVOICE", ""),))
    assert broken[check.TEMPLATES].ok is False
    assert not broken[check.TEMPLATES].blocks, "a design can be chosen after the connection was saved"


def test_no_step_shows_a_secret(land: ExstreamLand) -> None:
    for changes in ({}, {"client_secret": "wrong-4711"}, {"url": "http://nowhere.test"}):
        said = str(steps_of(land, **changes))
        assert "4711" not in said
        assert credentials.EXSTREAM_CLIENT_SECRET not in said
