"""A shop's token: exchanged, refreshed in time and once, survived when an answer is lost, renewed with the secret."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.errors import NeedsReauth, Permanent, Rejected, Retryable
from app.stores.shopify.tokens import ShopToken
from sandbox import credentials
from tests.unit.stores.shopify.conftest import SHOP, STORE, TOKENS, Bench


def test_an_id_token_becomes_a_token_that_ends_and_can_be_refreshed(bench: Bench):
    token = bench.install()
    assert token.access.startswith("shpat_")
    assert "write_orders" in token.scopes
    assert token.refresh
    assert 3500 < (token.expires_at - bench.now()).total_seconds() <= 3600
    assert 89 < (token.refresh_expires_at - bench.now()).days + 1 <= 90
    assert bench.kept() == token


def test_a_token_survives_being_sealed_with_all_it_says(bench: Bench):
    token = bench.install()
    assert ShopToken.opened(token.sealed()) == token
    lasting = ShopToken("shpat_x", frozenset({"read_orders"}))
    assert ShopToken.opened(lasting.sealed()) == lasting


@given(st.text(max_size=40))
def test_a_sealed_token_with_fields_of_a_later_release_is_opened(extra: str):
    token = ShopToken("a", frozenset({"b"}))
    assert ShopToken.opened(token.sealed().replace("{", f'{{"later": {len(extra)}, ', 1)) == token


def test_a_token_is_refreshed_before_it_ends_and_not_sooner(bench: Bench):
    first = bench.install()
    access = bench.access()
    bench.pass_time(minutes=58)
    assert access.token() == first
    bench.pass_time(minutes=1, seconds=5)
    second = access.token()
    assert second.access != first.access
    assert bench.kept() == second
    assert bench.row().scopes.split() == sorted(second.scopes)


def test_many_threads_of_several_processes_refresh_once(any_bench: Bench):
    any_bench.install()
    any_bench.pass_time(hours=2)
    together = Barrier(6)
    views = [any_bench.access() for _ in range(3)]

    def use(number: int) -> str:
        together.wait()
        return views[number % 3].token().access

    with ThreadPoolExecutor(6) as pool:
        used = set(pool.map(use, range(6)))
    assert used == {any_bench.kept().access}
    assert any_bench.refreshes() == 1


def test_a_refresh_whose_answer_is_lost_is_asked_for_again_with_the_old_token(bench: Bench):
    first = bench.install()
    bench.pass_time(hours=2)
    bench.fault(TOKENS, "drop_after", count=1)
    access = bench.access()
    with pytest.raises(Retryable) as caught:
        access.token()
    assert caught.value.unknown_outcome
    assert bench.kept() == first
    assert bench.refreshes() == 1  # Shopify has given one out that nobody got
    second = access.token()
    assert bench.kept() == second
    assert bench.client(access).run("ShopInfo")["shop"]["name"] == "Nordwind Supply"


def test_while_shopify_cannot_refresh_a_token_that_still_lives_is_used(bench: Bench):
    first = bench.install()
    bench.pass_time(minutes=59, seconds=30)
    bench.fault(TOKENS, status=503)
    access = bench.access()
    assert access.token() == first
    bench.pass_time(minutes=1)
    with pytest.raises(Retryable):
        access.token()


def test_a_token_shopify_refuses_is_refreshed_and_the_call_repeated(bench: Bench):
    first = bench.install()
    client = bench.client()
    del bench.stage.shopify.state.tokens[first.access]
    assert client.run("ShopInfo")["shop"]["name"] == "Nordwind Supply"
    assert bench.kept().access != first.access


def test_another_processs_newer_token_is_taken_over(bench: Bench):
    bench.install()
    slow, quick = bench.access(), bench.access()
    bench.pass_time(hours=2)
    fresh = quick.token()
    assert slow.token() == fresh
    assert bench.refreshes() == 1


def test_with_a_dead_refresh_token_the_merchant_is_asked_to_open_the_app(bench: Bench):
    bench.install()
    bench.pass_time(hours=2)
    bench.admin.kill_refresh_tokens(SHOP)
    with pytest.raises(NeedsReauth) as caught:
        bench.access().token()
    assert caught.value.upstream == "shopify"
    assert caught.value.specific_code == "invalid_grant"
    assert "Open the app once" in caught.value.hint


def test_after_an_uninstall_there_is_no_token_and_none_is_brought_back(bench: Bench):
    bench.install()
    access = bench.access()
    bench.pass_time(hours=2)
    with unit_of_work(bench.database) as uow:
        row = uow.session.get_one(StoreRow, STORE)
        row.state, row.token = "uninstalled", None
        uow.session.add(row)
    with pytest.raises(NeedsReauth):
        access.token()
    assert bench.row().token is None


def test_a_token_the_next_visit_brought_wins_over_a_refresh_under_way(bench: Bench):
    bench.install()
    keeper = bench.keeper
    former = keeper.load()
    with keeper.holding():
        visit = bench.install()
        assert keeper.replace(former, ShopToken("stale", frozenset()).sealed(), frozenset()) is False
    assert bench.kept() == visit


def test_a_lease_left_behind_by_a_crash_ends_and_one_that_is_held_makes_others_wait(any_bench: Bench):
    any_bench.install()
    with any_bench.keeper.holding():
        waited: list[float] = []
        now = [0.0]

        def pause(seconds: float) -> None:
            waited.append(seconds)
            now[0] += 10

        impatient = type(any_bench.keeper)(
            any_bench.database, any_bench.vault, STORE, longest_call=1.0, monotonic=lambda: now[0], pause=pause
        )
        with pytest.raises(Retryable) as caught, impatient.holding():
            pytest.fail("two hold it")
        assert caught.value.specific_code == "token_busy"
        assert len(waited) > 1
    with any_bench.keeper.holding():
        pass


# The client secret


NEW = "a-new-shopify-secret-0123456789"


def test_after_a_rotation_a_token_is_got_anew_with_the_new_secret(bench: Bench):
    first = bench.install()
    bench.admin.rotate_secret(NEW)
    bench.secrets(NEW, credentials.SHOPIFY_CLIENT_SECRET)
    second = bench.access().token()
    assert second.access != first.access
    assert second.secret != first.secret
    bench.admin.revoke_old_secrets()
    assert bench.client().run("ShopInfo")["shop"]["name"] == "Nordwind Supply"
    assert bench.refreshes() == 1


def test_a_secret_shopify_does_not_know_yet_falls_back_to_the_former(bench: Bench):
    bench.install()
    bench.secrets(NEW, credentials.SHOPIFY_CLIENT_SECRET)
    bench.pass_time(hours=2)
    access = bench.access()
    assert {access.token().access for _ in range(3)} == {bench.kept().access}
    assert bench.refreshes() == 1  # not tried again with every call
    bench.admin.rotate_secret(NEW)
    bench.pass_time(minutes=11)
    assert bench.door.is_present(access.token())
    assert bench.door.somebody(SHOP, bench.admin.id_token(SHOP)).is_owner


def test_a_revoked_secret_says_what_the_operator_compares(bench: Bench):
    bench.install()
    bench.admin.rotate_secret(NEW)
    bench.admin.revoke_old_secrets()
    bench.pass_time(hours=2)
    with pytest.raises(NeedsReauth) as caught:
        bench.access().token()
    assert "ECM_SHOPIFY__CLIENT_SECRET" in caught.value.hint


# What the token endpoint may answer


def test_what_is_no_token_is_never_taken_for_one(bench: Bench):
    for status, body, error in (
        (400, {"error": "invalid_subject_token"}, Rejected), (401, {"error": "invalid_client"}, Rejected),
        (429, None, Retryable), (503, None, Retryable), (200, {"scope": "x"}, Rejected), (200, [], Rejected),
        (302, None, Permanent),
    ):  # fmt: skip
        bench.fault(TOKENS, status=status, body=body, count=1)
        with pytest.raises(error):
            bench.door.exchange(SHOP, bench.admin.id_token(SHOP))


def test_nothing_is_asked_of_a_host_that_is_no_shop(bench: Bench):
    for host in ("evil.example", f"{SHOP}.evil.example", "x@evil.example", f"{SHOP}/../x", "", f"{SHOP}\n"):
        with pytest.raises(Rejected):
            bench.door.exchange(host, "token")


def test_what_a_token_call_says_is_in_no_error(bench: Bench):
    bench.install()
    bench.pass_time(hours=2)
    bench.fault(TOKENS, status=400, body={"error": "invalid_grant", "error_description": bench.kept().refresh})
    with pytest.raises(NeedsReauth) as caught:
        bench.access().token()
    assert bench.kept().refresh not in f"{caught.value.message}{caught.value.hint}{caught.value.context}"
