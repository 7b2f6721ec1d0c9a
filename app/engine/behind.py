"""Questions to OpenText for a page: the page waits a moment, the question goes on behind it.

A page never waits for OpenText to become quick again. What is not answered within the moment is asked on in a thread,
and the answer is handed to whoever asks the same next: once, soon, in this process alone. Nothing else is kept of it,
for what a person may see is OpenText's to say every time.
"""

import contextvars
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from app.errors import Retryable

KEPT = 25.0  # seconds an answer waits for whoever asks again: longer than a panel waits between two looks
MOST = 16  # questions that go on at once; one more is not begun
T = TypeVar("T")


class StillAsking(Retryable):
    """OpenText has not answered yet; the question goes on. Asking the same again in a moment brings the answer."""

    code = "still_asking"


class Behind:
    """One per process. `moment`: seconds a page waits; 0 asks in place, for as long as it takes."""

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._asked: dict[Hashable, tuple[Future[Any], list[float]]] = {}
        self._lock = threading.Lock()

    @property
    def is_at_once(self) -> bool:
        """Whether questions are asked in place."""
        return self._moment <= 0

    @property
    def is_busy(self) -> bool:
        """Whether any question goes on."""
        with self._lock:
            return any(not future.done() for future, _ended in self._asked.values())

    def ask(self, key: Hashable, question: Callable[[], T], *, moment: float | None = None, is_kept: bool = False) -> T:
        """The answer to this or to the same question asked before. Raises what it raises, and StillAsking.

        `moment`: seconds to wait where that is not what a page waits. `is_kept`: the answer stays for who asks next.
        """
        if self.is_at_once:
            return question()
        future = self._begun(key, question)
        try:
            answer: T = future.result(self._moment if moment is None else moment)
        except TimeoutError as late:
            if not future.done():
                raise StillAsking("OpenText has not answered yet.") from late
            raise
        finally:
            if future.done() and not (is_kept and future.exception() is None):
                self._forget(key, future)
        return answer

    def _begun(self, key: Hashable, question: Callable[[], T]) -> "Future[T]":
        with self._lock:
            self._sweep()
            if key in self._asked:
                return self._asked[key][0]
            if sum(not future.done() for future, _ended in self._asked.values()) >= MOST:
                raise StillAsking("OpenText has not answered yet.")
            future, ended = Future[T](), list[float]()
            self._asked[key] = future, ended
        context = contextvars.copy_context()
        run = threading.Thread(target=context.run, args=(_answer, question, future, ended), name="behind", daemon=True)
        run.start()
        return future

    def _sweep(self) -> None:
        """Answers nobody came for."""
        now = time.monotonic()
        old = [key for key, (_future, ended) in self._asked.items() if ended and now - ended[0] > KEPT]
        for key in old:
            del self._asked[key]

    def _forget(self, key: Hashable, future: "Future[Any]") -> None:
        with self._lock:
            if key in self._asked and self._asked[key][0] is future:
                del self._asked[key]


def _answer(question: Callable[[], T], future: "Future[T]", ended: list[float]) -> None:
    try:
        answer = question()
    except Exception as error:  # raised where it is waited for
        ended.append(time.monotonic())
        future.set_exception(error)
    else:
        ended.append(time.monotonic())
        future.set_result(answer)
