"""Starts the stand-ins, the queue's server and the product's processes, watches them, ends them all.

One thread, the one that calls `run`, starts every program: on Linux they end with the thread that started them. Other
threads (the control API) hand it what they want done and wait.
"""

import contextlib
import logging
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.control import make_control
from sandbox.demo import databases, programs, queue_server
from sandbox.demo.children import Children
from sandbox.demo.databases import sqlite_path
from sandbox.demo.environment import app_environment
from sandbox.demo.folder import StateFolder
from sandbox.desk import make_desk
from sandbox.kernel.world import World
from sandbox.server import Server
from sandbox.stage import PORTS, Addresses, Stage

log = logging.getLogger(__name__)
READY_WITHIN, QUEUE_WITHIN, RELEASE_WITHIN = 60.0, 15.0, 60.0
QUEUE, RELEASE = "queue", "release"
Say = Callable[[str], None]


class CannotStart(Exception):
    """Something stands in the way; the message says what a person can do."""


@dataclass(frozen=True)
class Order:
    """Something another thread wants the main thread to do."""

    work: Callable[[], Any]
    done: "Future[Any]"


class Supervisor:
    """One demo: `run` starts it and stays until `stop` (or a signal). `reset` gives everything a fresh start."""

    def __init__(self, folder: StateFolder, port: int, say: Say) -> None:
        self.folder, self.port, self.say = folder, port, say
        self.addresses = Addresses.from_port(port)
        self.children = Children(folder, say)
        self.environment: Mapping[str, str] = {}
        self.ready = threading.Event()
        self._orders: queue.Queue[Order] = queue.Queue()
        self._stop = threading.Event()

    def run(self, on_ready: Callable[["Supervisor"], None]) -> None:
        """Everything, from the ports to the last goodbye. Raises CannotStart."""
        check_ports(self.port)
        with ExitStack() as stack:
            stack.enter_context(self._signals())
            socket_path = stack.enter_context(self.folder.socket())
            self.stage = self._load_world()
            self.environment = app_environment(self.folder, self.stage, queue_server.url_of(socket_path))
            stack.callback(self._save, final=True)
            stack.enter_context(self._servers())
            stack.enter_context(self._clockwork())
            stack.callback(self._end_children)
            if self.owns_queue:
                self.children.start(QUEUE, queue_server.command(self.folder, socket_path), os.environ)
            self._start_app()
            self.ready.set()
            if not self._stop.is_set():
                on_ready(self)
            self._watch()
            self.say("Ending …")

    def stop(self) -> None:
        self._stop.set()

    # For the control API

    def reset(self) -> None:
        """A fresh world and an app without data, ready again when this returns. For other threads."""
        done: Future[Any] = Future()
        self._orders.put(Order(self._reset, done))
        done.result(READY_WITHIN + RELEASE_WITHIN)

    def processes(self) -> dict[str, int | None]:
        """Process ids by name."""
        return self.children.pids()

    @property
    def owns_queue(self) -> bool:
        return "ECM_REDIS_URL" not in os.environ

    # The world

    def _load_world(self) -> Stage:
        world = World()
        try:
            world.load(self.folder.world)
        except Exception as error:  # a pickle of another version fails in its own ways
            aside = self.folder.world.with_suffix(".unreadable")
            self.folder.world.replace(aside)
            log.exception("the saved world cannot be read")
            self.say(f"The saved stand-ins cannot be read ({type(error).__name__}); starting fresh. Kept: {aside}")
        return Stage(world, self.addresses)

    def _save(self, *, final: bool = False) -> None:
        if final:
            self.stage.world.touched()
        self.stage.world.save_if_touched(self.folder.world)

    @contextlib.contextmanager
    def _clockwork(self) -> Iterator[None]:
        """Every second: what is due in the stand-ins happens, and the world is saved."""
        ended = threading.Event()

        def work() -> None:
            while not ended.wait(1):
                began = time.monotonic()
                for job in (self.stage.tick, self._save):
                    try:
                        job()
                    except Exception:
                        log.exception("a stand-in's clockwork failed")
                ended.wait(min(10, 3 * (time.monotonic() - began)))  # a large world is saved less often

        thread = threading.Thread(target=work, name="clockwork", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(15)
            self.stage.world.deliveries.close()

    @contextlib.contextmanager
    def _servers(self) -> Iterator[None]:
        apps = self.stage.services()
        apps |= {"desk": make_desk(self.stage), "control": make_control(self.stage, self)}
        with ExitStack() as stack:
            for name, app in apps.items():
                server = Server(app, self.port + PORTS[name]).start()
                stack.callback(server.stop)
            yield

    # The app

    def _end_children(self) -> None:
        """The product first, so that it finds its queue while it finishes."""
        self.children.stop(*programs.PROCESSES)
        self.children.stop()

    def _start_app(self) -> None:
        if self.owns_queue:
            queue_server.wait_until_it_answers(self.environment["ECM_REDIS_URL"], QUEUE_WITHIN)
        lines = programs.read_procfile()
        self._prepare_database(lines[RELEASE])
        variables = {"PORT": str(self.port), "HOST": "127.0.0.1"}
        if sqlite_path(self.environment):
            variables["WEB_WORKERS"] = "1"  # on SQLite one process writes
        environment = programs.process_environment(self.environment)
        for name in programs.PROCESSES:
            self.children.start(name, programs.command(lines[name], variables | dict(os.environ)), environment)
        self._wait_until_ready()

    def _prepare_database(self, line: str) -> None:
        """The release step, left out where these very migrations ran on this very file before: it costs seconds."""
        stamp, path = self.folder.path / "released", sqlite_path(self.environment)
        wanted = programs.migrations_digest(self.environment["ECM_DATABASE_URL"])
        if path is not None and path.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        stamp.unlink(missing_ok=True)
        self._release(line)
        stamp.write_text(wanted)

    def _release(self, line: str) -> None:
        """Run the release step to its end."""
        child = self.children.start(RELEASE, programs.command(line, {}), programs.process_environment(self.environment))
        until = time.monotonic() + RELEASE_WITHIN
        while child.is_running and time.monotonic() < until and not self._stop.is_set():
            time.sleep(0.05)
        status = child.leash.poll() if child.leash else None
        self.children.stop(RELEASE)
        if status != 0 and not self._stop.is_set():
            raise CannotStart(f"The database could not be prepared. {last_words(child.log_file)}")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        with httpx.Client(base_url=self.addresses.app, timeout=2, trust_env=False) as client:
            while not self._stop.is_set():
                self.children.watch()
                with contextlib.suppress(httpx.HTTPError):
                    if client.get("/healthz").status_code == 200 and self._are_all_running():
                        return
                if time.monotonic() > until:
                    raise CannotStart(f"The app does not get ready. {last_words(self.folder.logs / 'web.log')}")
                time.sleep(0.1)

    def _are_all_running(self) -> bool:
        return all(child.is_running and child.pid for child in self.children.all.values())

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.children.watch()
            with contextlib.suppress(queue.Empty):
                self._carry_out(self._orders.get(timeout=0.2))

    def _carry_out(self, order: Order) -> None:
        try:
            order.done.set_result(order.work())
        except Exception as error:
            log.exception("an order failed")
            order.done.set_exception(error)

    def _reset(self) -> None:
        self.children.stop(*programs.PROCESSES, at_once=True)
        self.stage.world.reset()
        databases.empty(self.environment)
        queue_server.forget_everything(self.environment["ECM_REDIS_URL"])
        self._start_app()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {
            number: signal.signal(number, lambda *_: self._stop.set())
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def last_words(log_file: Path, lines: int = 4) -> str:
    """What a person needs to see of a log that tells why something failed."""
    with contextlib.suppress(OSError):
        found = log_file.read_text("utf-8", "replace").splitlines()[-lines:]
        return "\n".join([f"{log_file} ends with:", *(f"    {line[:300]}" for line in found)])
    return f"See {log_file}"


def check_ports(first: int) -> None:
    """Raises CannotStart naming the ports that somebody else uses."""
    taken = [first + step for step in PORTS.values() if not _is_free(first + step)]
    if taken:
        numbers = ", ".join(map(str, taken))
        one = len(taken) == 1
        raise CannotStart(f"Port {numbers} is in use." if one else f"Ports {numbers} are in use.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
