"""When it is tried again."""

import random

import pytest

from app.engine import policy
from app.errors import RateLimited, Retryable
from app.settings import Periods

PERIODS = Periods()
DOWN = Retryable("down")


def test_the_horizon_is_at_least_75_hours():
    assert sum(PERIODS.retry_after) >= 75 * 3600


@pytest.mark.parametrize("attempts", range(1, 12))
def test_jitter_only_lengthens(attempts):
    base = PERIODS.retry_after[attempts - 1]
    widest = 1.5 if base < policy.LONG else 1.1
    for seed in range(50):
        delay = policy.next_attempt(PERIODS, attempts, DOWN, random.Random(seed))
        assert base <= delay <= base * widest


def test_the_schedule_ends():
    assert policy.next_attempt(PERIODS, 12, DOWN) is None


def test_three_hundred_failures_of_one_second_spread():
    delays = [policy.next_attempt(PERIODS, 3, DOWN, random.Random(seed)) for seed in range(300)]
    bins = [int(delay // 10) for delay in delays]
    assert all(120 <= delay <= 180 for delay in delays)
    assert max(bins.count(one) for one in set(bins)) <= 90


def test_a_named_waiting_time_is_kept():
    assert policy.next_attempt(PERIODS, 50, RateLimited("slow", retry_after=120)) >= 120
