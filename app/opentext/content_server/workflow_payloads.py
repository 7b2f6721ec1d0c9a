"""What we read of the workflow engine's answers; everything else is dropped.

Source: Content Server Rest API 2.0.2, processes and workflows; OpenText's own Python client for recorded answers.
"""

from typing import Any

from pydantic import AliasChoices, Field

from app.opentext.answers import Instant, Payload, Text
from app.opentext.content_server.payloads import Many


class OfferedMaps(Payload):
    """`GET /v2/docworkflows`."""

    class Results(Payload):
        class Row(Payload):
            id: int = Field(validation_alias="DataID")
            name: Text = Field(default="", validation_alias="Name")

        data: Many[Row] = ()

    results: Results = Results()


class MapAttribute(Payload):
    name: Text = ""
    type_name: Text = ""


class MapDefinition(Payload):
    class Results(Payload):
        class Definition(Payload):
            class Package(Payload):
                class Data(Payload):
                    definitions: dict[str, Any] = Field(default_factory=dict)

                data: Data | None = None

            data_packages: Many[Package] = ()

        definition: Definition = Definition()

    results: Results = Results()

    def attributes(self) -> dict[str, MapAttribute]:
        """Definition key ("25397_8") → attribute; the entry of the map itself is left out."""
        found: dict[str, MapAttribute] = {}
        for package in self.results.definition.data_packages:
            for key, value in (package.data.definitions if package.data else {}).items():
                attribute = MapAttribute.model_validate(value if isinstance(value, dict) else {})
                if attribute.type_name != "Assoc" and attribute.name and "_" in key:
                    found[key] = attribute
        return found


class Draft(Payload):
    class Results(Payload):
        draftprocess_id: int

    results: Results


class Started(Payload):
    """The process id at the top (specification) or in `results` (recorded answers)."""

    class Results(Payload):
        process_id: int | None = None

    process_id: int | None = None
    results: Results = Results()

    @property
    def process(self) -> int | None:
        return self.process_id if self.process_id is not None else self.results.process_id


class Assignee(Payload):
    id: int | None = Field(default=None, validation_alias="userId")
    login: Text = Field(default="", validation_alias="loginName")


class Step(Payload):
    class Assignees(Payload):
        assignee: Many[Assignee] = ()

    process_id: int
    subprocess_id: int
    task_id: int
    name: Text = Field(default="", validation_alias="task_name")
    due: Instant = Field(default=None, validation_alias="task_due_date")
    started: Instant = Field(default=None, validation_alias="task_start_date")
    assignees: Assignees | None = Field(default=None, validation_alias="task_assignees")

    @property
    def logins(self) -> tuple[str, ...]:
        found = self.assignees.assignee if self.assignees else ()
        return tuple(each.login for each in found if each.login)


class ProcessStatus(Payload):
    """`GET /v2/workflows/status/processes/{id}`."""

    class Results(Payload):
        class Attachments(Payload):
            folder: int | None = Field(default=None, validation_alias="attachment_folder_id")

        class Steps(Payload):
            completed: Many[Step] = ()
            current: Many[Step] = ()

        class Details(Payload):
            status: Text = ""
            name: Text = Field(default="", validation_alias="wf_name")
            started: Instant = Field(default=None, validation_alias="date_initiated")
            due: Instant = Field(default=None, validation_alias="due_date")

        attachments: Attachments | None = None
        steps: Steps = Field(default=Steps(), validation_alias="step_list")
        details: Details = Field(default=Details(), validation_alias="wf_details")

    results: Results


class ActiveRow(Payload):
    process: int = Field(validation_alias="Work_WorkID")
    map: int | None = Field(default=None, validation_alias=AliasChoices("Map_MapObjID", "Map_MapID"))
    title: Text = Field(default="", validation_alias="SubWork_Title")
    started: Instant = Field(default=None, validation_alias="SubWork_DateInitiated")


class ActiveWorkflows(Payload):
    """The specification draws one object, its summary says list."""

    results: Many[ActiveRow] = ()


class OwnWorkflows(Payload):
    class Row(Payload):
        class Data(Payload):
            class Status(Payload):
                process_id: int
                name: Text = Field(default="", validation_alias="wf_name")
                status: Text = Field(default="", validation_alias="status_key")
                started: Instant = Field(default=None, validation_alias="date_initiated")

            wfstatus: Status

        data: Data

    results: Many[Row] = ()


class Activity(Payload):
    class About(Payload):
        event: Text = ""
        label: Text = ""

    action: Text = ""
    about: About | None = Field(default=None, validation_alias="action_properties")
    comment: Text = ""
    date: Instant = None
    user_id: int | None = None

    @property
    def disposition(self) -> str:
        return (self.about.event or self.about.label) if self.about else ""

    @property
    def label(self) -> str:
        return self.about.label if self.about else ""


class Activities(Payload):
    class Results(Payload):
        data: Many[Activity] = ()

    results: Results = Results()


class AssignmentList(Payload):
    class Row(Payload):
        class Data(Payload):
            class Assignment(Payload):
                name: Text = ""
                due: Instant = Field(default=None, validation_alias="date_due")
                workflow: int | None = Field(default=None, validation_alias="workflow_id")
                sub: int | None = Field(default=None, validation_alias="workflow_subworkflow_id")
                task: int | None = Field(default=None, validation_alias="workflow_subworkflow_task_id")

            assignments: Assignment

        data: Data

    results: Many[Row] = ()


class TaskForm(Payload):
    class Data(Payload):
        class Action(Payload):
            key: Text = ""
            label: Text = ""

        title: Text = ""
        instructions: Text = ""
        actions: Many[Action] = ()
        custom_actions: Many[Action] = ()
        member_accept: bool | None = False

    data: Data


class OneMember(Payload):
    class Results(Payload):
        class Data(Payload):
            class Properties(Payload):
                name: Text = ""

            properties: Properties = Properties()

        data: Data = Data()

    results: Results = Results()


class WorkspaceOfDocument(Payload):
    id: int | None = None
