"""Every door stands in the table beside its guard, and nothing else is a door."""

from app.web import SURFACES, guards, senders
from app.web.approve import doors
from app.web.embedded import entrance
from app.web.extension_api import admin_extension, signed_download
from app.web.find.desk import side_bar
from app.web.inbox.mailed import asked_by_mail
from app.web.panel import sign_in_return

HARMLESS = {"GET", "HEAD", "OPTIONS"}
GUARDS = {
    guards.anyone, guards.merchant_session, guards.granted_code, guards.signed_request, guards.open_code,
    senders.signed_by_store, senders.signed_by_shop, entrance.document, entrance.bounced, entrance.returned_code,
    senders.token_client, senders.workflow_callback, senders.content_callback,
    senders.exstream_job, senders.notifications,
    senders.operator, senders.operator_hidden, senders.shopper, senders.uploader,
    senders.shelf_reader, sign_in_return.came_back, admin_extension, side_bar,
    asked_by_mail, doors.passer_by, doors.came_back, doors.approver,
    signed_download,
}  # fmt: skip


def test_every_surface_has_a_known_guard():
    assert {surface.guard for surface in SURFACES} == GUARDS


def test_every_address_belongs_to_a_surface_of_the_table(house):
    surfaces = house.flask.extensions["surfaces"]
    assert set(house.flask.blueprints) == set(surfaces)
    for rule in house.flask.url_map.iter_rules():
        name = rule.endpoint.rpartition(".")[0]
        assert rule.endpoint == "static" or name in surfaces, rule


def test_only_constant_answers_are_for_anyone(house):
    surfaces = house.flask.extensions["surfaces"]
    open_to_all = {
        str(rule)
        for rule in house.flask.url_map.iter_rules()
        if rule.endpoint != "static" and surfaces[rule.endpoint.rpartition(".")[0]][0].guard is guards.anyone
    }
    assert {path for path in open_to_all if not path.startswith("/assets/")} == {"/healthz"}


def test_only_doors_for_other_origins_answer_a_preflight(house):
    answering = {str(rule) for rule in house.flask.url_map.iter_rules() if "OPTIONS" in rule.methods}
    assert answering == {"/callbacks/content-server/<tenant>", "/shopify/api/<path:_any>"}


def test_every_merchant_change_says_which_role_it_needs(house):
    surfaces = house.flask.extensions["surfaces"]
    for rule in house.flask.url_map.iter_rules():
        surface, _ = surfaces.get(rule.endpoint.rpartition(".")[0], (None, None))
        if (
            surface
            and surface.guard in (guards.merchant_session, admin_extension)
            and not rule.methods <= {"GET", "HEAD", "OPTIONS"}
        ):
            assert hasattr(house.flask.view_functions[rule.endpoint], "required_role"), rule


def test_a_blueprint_without_a_surface_is_not_entered(house):
    stranger = house.flask.__class__.__mro__[1]  # Flask itself: a route put on the app belongs to no blueprint
    assert stranger.__name__ == "Flask"
    house.flask.add_url_rule("/back-door", view_func=lambda: "inside", endpoint="back_door")
    assert house.flask.test_client().get("/back-door", base_url="http://app.test").status_code == 404
