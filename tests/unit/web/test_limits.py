"""The in-process counters."""

import pytest

from app.errors import Rejected
from app.web import limits
from app.web.limits import Window


def test_one_too_many_is_refused_with_the_time_to_wait():
    window = Window(3, 60)
    for _ in range(3):
        window.take("a")
    with pytest.raises(Rejected) as caught:
        window.take("a")
    assert caught.value.status == 429
    assert 0 < caught.value.context["retry_after"] <= 60
    window.take("b")


def test_a_new_window_starts_when_the_old_one_is_over():
    window = Window(1, 0.0)
    window.take("a")
    window.take("a")


def test_the_oldest_keys_are_forgotten_before_memory_grows():
    window = Window(1, 60)
    for number in range(limits.KEYS + 1):
        window.take(str(number))
    window.take("0")
    assert len(window._counts) == limits.KEYS
