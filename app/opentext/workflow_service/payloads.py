"""What we read of the Workflow Service's answers. Members differ between its APIs; absent ones are empty.

Source: OpenText's demo applications and the public API collection for the Workflow Service.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from app.opentext.answers import Instant, Payload, Text


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else []


class Variable(Payload):
    name: Text = ""
    value: Any = None


class Comment(Payload):
    author: Text = ""
    message: Text = ""
    time: Instant = None


class Instance(Payload):
    """A process instance, runtime or historic. Only the history knows `endTime` and `deleteReason`."""

    id: str
    name: Text = ""
    business_key: Annotated[Text, Field(validation_alias="businessKey")] = ""
    start_time: Annotated[Instant, Field(validation_alias="startTime")] = None
    end_time: Annotated[Instant, Field(validation_alias="endTime")] = None
    delete_reason: Annotated[Text, Field(validation_alias="deleteReason")] = ""
    suspended: bool | None = False
    ended: bool | None = False
    variables: Annotated[tuple[Variable, ...], BeforeValidator(_listed)] = ()
    comments: Annotated[tuple[Comment, ...], BeforeValidator(_listed)] = ()


class Assignment(Payload):
    user: Text = ""
    group: Text = ""
    type: Text = ""


class Task(Payload):
    """A task, open or historic."""

    id: str
    name: Text = ""
    key: Annotated[Text, Field(validation_alias=AliasChoices("taskDefinitionKey", "formKey"))] = ""
    category: Text = ""
    assignee: Text = ""
    owner: Text = ""
    delegation: Annotated[Text, Field(validation_alias="delegationState")] = ""
    created: Annotated[Instant, Field(validation_alias=AliasChoices("startTime", "createTime"))] = None
    ended: Annotated[Instant, Field(validation_alias=AliasChoices("endTime", "completedTime"))] = None
    due: Annotated[Instant, Field(validation_alias="dueDate")] = None
    delete_reason: Annotated[Text, Field(validation_alias="deleteReason")] = ""
    outcome: Text = ""
    assignments: Annotated[tuple[Assignment, ...], BeforeValidator(_listed)] = ()
    comments: Annotated[tuple[Comment, ...], BeforeValidator(_listed)] = ()
    variables: Annotated[tuple[Variable, ...], BeforeValidator(_listed)] = ()


class Model(Payload):
    """A deployed version of a process."""

    id: Text = ""
    key: Text = ""
    name: Text = ""
    version: int = 0
