"""What can be wrong with a request to the workflow service, with the HTTP status it is answered with."""


class WorkflowError(Exception):
    """A refusal; `status` is the HTTP status, the text goes out as `exception`."""

    status = 400


class Refused(WorkflowError):
    """Known caller, not allowed to do this."""

    status = 403


class Missing(WorkflowError):
    """No such model, instance, task, variable or comment."""

    status = 404


class Conflict(WorkflowError):
    """Somebody else was first."""

    status = 409


class ProcessFailed(WorkflowError):
    """The process itself failed (expression, gateway, HTTP task); nothing of the call was kept."""


def missing(what: str, id: str) -> Missing:
    return Missing(f"Could not find a {what} with id '{id}'.")
