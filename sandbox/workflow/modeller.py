"""The modeller's JSON (`modelType: json`) read as BPMN."""

from typing import Any

from sandbox.workflow.errors import WorkflowError


def to_bpmn(content: Any) -> str:
    raise WorkflowError(f"modelContent of type {type(content).__name__} is not read yet")
