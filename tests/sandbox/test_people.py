"""The demo's people: one list, the same in all three services, and somebody for every group a workflow asks."""

import re
from pathlib import Path

import httpx
import pytest

from app.opentext.provisioning import load
from sandbox.content_server.seed import DEFAULT_GROUP_ID, members
from sandbox.otds.state import make_state
from sandbox.people import GROUPS, PASSWORD, PEOPLE, Person
from sandbox.stage import Stage
from sandbox.workflow.state import State

README = Path(__file__).parents[2] / "sandbox" / "README.md"


def nobody(_environ: object, _start: object) -> list[bytes]:
    raise AssertionError("the app is not asked")


def test_all_three_services_know_the_same_people_in_the_same_groups() -> None:
    wanted = {person.login: set(person.groups) for person in PEOPLE}
    assert {name: set(groups) for name, groups in State().people.items()} == wanted
    known = {each.id: each for each in members()}
    own = {
        each.name: {known[group].name for group in each.groups if group != DEFAULT_GROUP_ID}
        for each in known.values()
        if each.name.endswith("@demo")
    }
    assert own == wanted
    directory = make_state()
    found = {
        login: {group.name for group in directory.groups.values() if login in group.members}
        for login in directory.users
        if login in wanted
    }
    assert found == wanted


def test_every_group_has_somebody_and_the_set_up_names_them_all() -> None:
    assert {group for person in PEOPLE for group in person.groups} == set(GROUPS)
    assert {each.name for each in load().groups} == set(GROUPS)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_everybody_signs_in_with_the_one_password(person: Person) -> None:
    stage = Stage.in_process(nobody)
    try:
        with httpx.Client(transport=stage.transport) as http:
            credentials = {"userName": person.login, "password": PASSWORD}
            answer = http.post(f"{stage.otds_url}/rest/authentication/credentials", json=credentials)
            assert answer.status_code == 200, answer.text
            refused = http.post(
                f"{stage.otds_url}/rest/authentication/credentials", json=credentials | {"password": "another"}
            )
            assert refused.status_code == 401
    finally:
        stage.world.deliveries.close()


def test_the_readme_lists_everybody_with_their_groups() -> None:
    rows = re.findall(r"^\| (`\S+@demo`(?:, `\S+@demo`)*) \| ([^|]+) \|", README.read_text("utf-8"), re.MULTILINE)
    told = {
        login: set() if groups.strip() == "none" else {name.strip() for name in groups.split(",")}
        for logins, groups in rows
        for login in re.findall(r"`([^`]+)`", logins)
    }
    assert told == {person.login: set(person.groups) for person in PEOPLE}
