"""What holds for every workflow model we ship: valid BPMN, portable, documented, deployable in both forms."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import SpiffWorkflow.bpmn.parser as bpmn_parser
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.errors import NotFound, Permanent
from app.opentext.workflow_service import models, otwf
from app.opentext.workflow_service.models import FOLDER, MODELS, load_model
from sandbox.workflow import dialect, modeller

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
WORKFLOW = "{http://workflow.opentext.com}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
PORTABLE = {
    "startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "boundaryEvent",
    "callActivity", "sequenceFlow", "documentation",
}  # fmt: skip


@pytest.fixture(params=MODELS)
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tree(key: str) -> Any:
    return etree.fromstring(load_model(key, "client", "secret").encode())


def test_every_file_is_a_model_we_load_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.bpmn")) == sorted(MODELS)


def test_the_file_is_valid_by_the_bpmn_schema(key: str) -> None:
    folder = Path(bpmn_parser.__file__).parent / "schema"
    etree.XMLSchema(etree.parse(str(folder / "BPMN20.xsd"))).assertValid(tree(key))


def test_only_elements_of_the_portable_subset_are_used(key: str) -> None:
    process = tree(key).find(f"{BPMN}process")
    assert {etree.QName(e).localname for e in process} <= PORTABLE
    assert process.get("id") == key


def test_every_step_and_flow_is_drawn(key: str) -> None:
    root = tree(key)
    elements = {e.get("id") for e in root.find(f"{BPMN}process") if e.get("id")}
    assert {s.get("bpmnElement") for s in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")} == elements


def test_every_expression_names_a_variable_of_the_readme(key: str) -> None:
    text = load_model(key, "client", "secret")
    named = set(re.findall(r"\$\{(\w+)", text)) | set(re.findall(r"&& (\w+)", text)) - {"amp"}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {name for name in named - {"execution"} if f"`{name}`" not in readme} == set()


def test_the_readme_tells_every_decision(key: str) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{key}.bpmn`"))
    listed = {v for t in tree(key).iter(f"{BPMN}userTask") for v in _values(t)} - {"more_info"} | {"expired"}
    assert {value for value in listed if f"`{value}`" not in row} == set()


def _values(task: Any) -> list[str]:
    given = task.get("{http://workflow.opentext.com}possibleOutcomes", "")
    return [pair.partition(":")[2] for pair in given.split(",") if pair]


def test_no_placeholder_is_left_and_no_secret_is_shipped(key: str) -> None:
    assert "{{" not in load_model(key, "client", "secret")
    raw = (FOLDER / f"{key}.bpmn").read_text(encoding="utf-8")
    assert 'clientId="{{callback_client_id}}" clientSecret="{{callback_client_secret}}"' in raw


@settings(deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: "{" not in t)
)
def test_any_secret_survives_the_xml(secret: str) -> None:
    root = etree.fromstring(load_model("sf_order_review", "client", secret).encode())
    (details,) = root.iter("{http://workflow.opentext.com}authenticationDetails")
    assert details.get("clientSecret") == secret


@pytest.mark.parametrize(("client_id", "secret"), [("", "x"), ("x", ""), ("x", "${y}"), ("#{x}", "y")])
def test_a_client_that_could_not_work_is_refused(client_id: str, secret: str) -> None:
    with pytest.raises(Permanent):
        load_model("sf_order_review", client_id, secret)


@pytest.mark.parametrize("name", ["sf_unknown", "../../README", ""])
def test_a_model_we_do_not_ship_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        load_model(name, "client", "secret")


def test_a_task_with_a_deadline_tells_it_as_its_due_date(key: str) -> None:
    """Whoever looks at the task sees until when; a reminder is no deadline."""
    root = tree(key)
    tasks = {each.get("id"): each.get(f"{WORKFLOW}dueDate") for each in root.iter(f"{BPMN}userTask")}
    deadlines = {
        each.get("attachedToRef"): each.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
        for each in root.iter(f"{BPMN}boundaryEvent")
    }
    wanted = {task: None if until == "${reminder_days}" else until for task, until in deadlines.items()}
    assert tasks == wanted


def test_the_modellers_form_describes_the_same_process(key: str) -> None:
    """Read back into BPMN, the JSON runs exactly as the XML does."""
    xml = load_model(key, "client", 'a "secret"')
    content = json.loads(json.dumps(otwf.to_model_content(xml)))
    assert dialect.parse(modeller.to_bpmn(content)).spec == dialect.parse(xml).spec


def test_the_otwf_file_is_the_content_in_its_envelope(key: str) -> None:
    xml = load_model(key, "client", "secret")
    file = otwf.to_otwf(xml)
    assert set(file) == {"id", "schemaId", "data", "serviceName"}
    assert file["data"] == otwf.to_model_content(xml)
    assert file["id"] == otwf.to_otwf(xml)["id"]
    assert file["data"]["properties"]["process_id"] == key


def test_the_modellers_form_is_well_connected(key: str) -> None:
    shapes = {s["resourceId"]: s for s in otwf.to_model_content(load_model(key, "c", "s"))["childShapes"]}
    for shape in shapes.values():
        assert {out["resourceId"] for out in shape["outgoing"]} <= set(shapes)
        if shape["stencil"]["id"] == "SequenceFlow":
            assert shape["outgoing"] == [shape["target"]]
            assert sum({"resourceId": shape["resourceId"]} in s["outgoing"] for s in shapes.values()) == 1
    stencils = [s["stencil"]["id"] for s in shapes.values()]
    assert {"StartNoneEvent", "UserTask", "BoundaryTimerEvent", "HttpTask", "EndNoneEvent"} <= set(stencils)


def test_the_http_task_of_the_modellers_form_has_its_client_and_ignores_failures() -> None:
    content = otwf.to_model_content(load_model("sf_order_review", "callback-client", "s"))
    (task,) = (s["properties"] for s in content["childShapes"] if s["stencil"]["id"] == "HttpTask")
    assert task["authenticationdetails"]["clientId"] == "callback-client"
    assert task["authenticationdetails"]["useCurrentAuthToken"] is False
    assert task["httptaskignoreexception"] is True
    assert task["httptaskrequesturl"] == "${callback_base}/callbacks/workflow/v1/decisions"


@pytest.mark.parametrize(
    "step",
    [
        '<scriptTask id="x"/>',
        '<serviceTask id="x"/>',
        '<boundaryEvent id="x" attachedToRef="start"><errorEventDefinition/></boundaryEvent>',
    ],
)
def test_what_is_not_portable_has_no_modellers_form(step: str) -> None:
    process = f'<process id="p" isExecutable="true"><startEvent id="start"/>{step}</process>'
    xml = f'<definitions xmlns="{BPMN[1:-1]}">{process}</definitions>'
    with pytest.raises(Permanent, match="portable"):
        otwf.to_otwf(xml)


@pytest.mark.parametrize("xml", ["", "<definitions", f'<definitions xmlns="{BPMN[1:-1]}"/>'])
def test_what_is_no_model_is_refused(xml: str) -> None:
    with pytest.raises(Permanent):
        otwf.to_otwf(xml)


def test_the_models_are_found_wherever_the_process_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_model(MODELS[0], "c", "s").startswith("<?xml")
    assert models.FOLDER.is_absolute()


def test_the_command_writes_every_model_as_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert otwf.main([str(tmp_path / "out")]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert written == [tmp_path / "out" / f"{key}.otwf" for key in MODELS]
    for path in written:
        file = json.loads(path.read_text(encoding="utf-8"))
        assert file == otwf.to_otwf(models.model_file(path.stem))
        assert models.CLIENT_SECRET in path.read_text(encoding="utf-8")


def test_the_command_takes_the_clients_secret_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('a "secret"\n'))
    assert otwf.main([str(tmp_path), "--client-id", "callback-client"]) == 0
    file = json.loads((tmp_path / f"{MODELS[0]}.otwf").read_text(encoding="utf-8"))
    assert file == otwf.to_otwf(load_model(MODELS[0], "callback-client", 'a "secret"'))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(SystemExit):
        otwf.main([str(tmp_path), "--client-id", "callback-client"])
    assert "standard input" in capsys.readouterr().err
