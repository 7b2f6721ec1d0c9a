"""One fetch for many threads, refresh at 80 % of life, refused tokens dropped once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import NeedsReauth, Retryable
from app.opentext.login import Token, TokenCache

KEY = ("service", "tenant")


class Hand:
    """A clock turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Issuer:
    """Gives token-1, token-2, …; slow enough that others must wait."""

    def __init__(self, life: float = 100.0, wait: float = 0.0) -> None:
        self.count, self.life, self.wait = 0, life, wait
        self.error: Exception | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Token:
        time.sleep(self.wait)
        with self._lock:
            self.count += 1
        if self.error is not None:
            raise self.error
        return Token(f"token-{self.count}", self.life)


def test_twenty_threads_without_a_token_cause_one_fetch() -> None:
    cache, issuer, start = TokenCache(), Issuer(wait=0.1), threading.Barrier(20)

    def ask(_: int) -> str:
        start.wait()
        return cache.get(KEY, issuer)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"token-1"}
    assert issuer.count == 1


def test_twenty_threads_with_the_same_refused_token_cause_one_fetch() -> None:
    cache, issuer, start = TokenCache(), Issuer(wait=0.05), threading.Barrier(20)
    refused = cache.get(KEY, issuer)

    def renew(_: int) -> str:
        start.wait()
        cache.forget(KEY, refused)
        return cache.get(KEY, issuer)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(renew, range(20))) == {"token-2"}
    assert issuer.count == 2


def test_a_failed_fetch_fails_for_everybody_who_waited_and_is_not_kept() -> None:
    cache, issuer, start = TokenCache(), Issuer(wait=0.1), threading.Barrier(8)
    issuer.error = NeedsReauth("refused", upstream="otds")

    def ask(_: int) -> str:
        start.wait()
        try:
            return cache.get(KEY, issuer)
        except NeedsReauth:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"refused"}
    assert issuer.count == 1
    issuer.error = None
    assert cache.get(KEY, issuer) == "token-2"


def test_a_token_is_refreshed_at_four_fifths_of_its_life() -> None:
    clock, issuer = Hand(), Issuer(life=100)
    cache = TokenCache(clock)
    assert cache.get(KEY, issuer) == "token-1"
    clock.now += 79.9
    assert cache.get(KEY, issuer) == "token-1"
    clock.now += 0.2
    assert cache.get(KEY, issuer) == "token-2"


def test_while_one_refreshes_early_the_others_go_on_with_the_old_token() -> None:
    clock = Hand()
    cache, slow, entered, leave = TokenCache(clock), Issuer(), threading.Event(), threading.Event()
    cache.get(KEY, slow)
    clock.now += 85

    def refresh() -> Token:
        entered.set()
        assert leave.wait(5)
        return Token("fresh", 100)

    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(cache.get, KEY, refresh)
        assert entered.wait(5)
        assert cache.get(KEY, refresh) == "token-1"
        leave.set()
        assert refreshing.result() == "fresh"


def test_an_early_refresh_that_fails_for_the_moment_keeps_the_old_token() -> None:
    clock, issuer = Hand(), Issuer(life=100)
    cache = TokenCache(clock)
    cache.get(KEY, issuer)
    clock.now += 90
    issuer.error = Retryable("down")
    assert cache.get(KEY, issuer) == "token-1"
    clock.now += 11
    with pytest.raises(Retryable):
        cache.get(KEY, issuer)


def test_a_late_renewal_of_an_older_token_changes_nothing() -> None:
    cache, issuer = TokenCache(), Issuer()
    first = cache.get(KEY, issuer)
    cache.renew(KEY, first, Token("second", 100))
    cache.renew(KEY, first, Token("late", 100))
    assert cache.get(KEY, issuer) == "second"


def test_ended_tokens_of_others_do_not_pile_up() -> None:
    clock, issuer = Hand(), Issuer(life=10)
    cache = TokenCache(clock)
    for number in range(100):
        cache.get(("service", str(number)), issuer)
        clock.now += 20
    assert len(cache._kept) == 1


def test_a_token_never_shows_in_its_representation() -> None:
    assert "abc" not in repr(Token("abc", 1.0))
