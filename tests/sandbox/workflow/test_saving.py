"""A second start finds everything again: waiting tasks, running timers, called processes, tokens."""

from datetime import timedelta
from pathlib import Path

import httpx

from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from tests.sandbox.workflow.harness import (
    ANNA,
    Harness,
    Receiver,
    boundary_timer,
    flow,
    http_task,
    process,
    straight,
    user_task,
)


def again(before: Harness, path: Path) -> Harness:
    """Save, forget, load: a harness on the saved world, with the same receiver and the old token."""
    before.world.touched()
    before.world.save_if_touched(path)
    receiver, bearer = before.receiver, before.client.headers["Authorization"]
    before.close()
    after = Harness(_loaded(path, receiver), receiver)
    after.client = httpx.Client(
        transport=after.anonymous._transport, base_url="http://workflow.test", headers={"Authorization": bearer}
    )
    return after


def _loaded(path: Path, receiver: Receiver) -> World:
    world = World(transport=InProcess({"app.test": receiver}), inline=True)
    assert world.load(path)
    return world


def test_a_waiting_task_is_completed_after_a_restart(flows: Harness, tmp_path: Path) -> None:
    flows.deploy(process(straight(user_task("one"), user_task("two"), http_task())))
    instance = flows.start("p", n=1)
    flows.decide(ANNA)
    after = again(flows, tmp_path / "world")
    assert [t["name"] for t in after.tasks()] == ["Task two"]
    assert after.decide(ANNA).status_code == 204
    assert after.history(instance["id"])["endTime"]
    assert len(after.receiver.calls) == 1
    after.close()


def test_a_running_timer_fires_after_a_restart_when_it_was_due_before(flows: Harness, tmp_path: Path) -> None:
    body = straight(user_task(), http_task()) + boundary_timer("late", "task", "PT1H") + flow("late", "call")
    flows.deploy(process(body))
    instance = flows.start("p")
    flows.world.clock.advance(timedelta(minutes=40))
    after = again(flows, tmp_path / "world")
    after.later(minutes=15)
    assert len(after.tasks()) == 1
    after.later(minutes=6)
    assert after.tasks() == []
    assert after.history(instance["id"])["endTime"]
    assert len(after.receiver.calls) == 1
    after.close()


def test_a_called_process_returns_after_a_restart(flows: Harness, tmp_path: Path) -> None:
    flows.deploy(process(straight(user_task("child_task")), key="child"))
    flows.deploy(process(straight('<callActivity id="ask" calledElement="child"/>', user_task("after")), key="parent"))
    flows.start("parent")
    after = again(flows, tmp_path / "world")
    after.decide(ANNA)
    assert [t["name"] for t in after.tasks()] == ["Task after"]
    after.close()


def test_half_of_a_parallel_join_survives_a_restart(flows: Harness, tmp_path: Path) -> None:
    body = (
        '<startEvent id="start"/><endEvent id="end"/><parallelGateway id="fork"/><parallelGateway id="join"/>'
        + user_task("a") + user_task("b") + flow("start", "fork") + flow("fork", "a") + flow("fork", "b")
        + flow("a", "join") + flow("b", "join") + flow("join", "end")
    )  # fmt: skip
    flows.deploy(process(body))
    instance = flows.start("p")
    task = flows.tasks(name="Task a")[0]
    flows.act(task["id"], "claim", assignee=ANNA)
    flows.act(task["id"], "complete")
    after = again(flows, tmp_path / "world")
    assert after.history(instance["id"])["endTime"] is None
    after.decide(ANNA)
    assert after.history(instance["id"])["endTime"]
    after.close()


def test_models_switches_and_ids_go_on_where_they_were(flows: Harness, tmp_path: Path) -> None:
    flows.deploy(process(straight(user_task())))
    first = flows.start("p")
    flows.engine.set_switches(omit_page=True)
    after = again(flows, tmp_path / "world")
    assert after.engine.state.switches.omit_page is True
    second = after.start("p")
    assert second["id"] > first["id"]
    assert [m.version for m in after.engine.models()] == [1]
    after.close()


def test_what_is_kept_of_a_finished_instance_is_small(flows: Harness) -> None:
    flows.deploy(process(straight(user_task())))
    instance = flows.start("p")
    assert flows.engine.instance(instance["id"]).progress
    flows.decide(ANNA)
    assert flows.engine.instance(instance["id"]).progress is None


def test_two_worlds_give_the_same_ids() -> None:
    seen = []
    for _ in range(2):
        harness = Harness()
        harness.deploy(process(straight(user_task())))
        seen.append((harness.start("p")["id"], harness.tasks()[0]["id"]))
        harness.close()
    assert seen[0] == seen[1]
