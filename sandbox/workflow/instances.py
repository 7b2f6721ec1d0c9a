"""Process instances: start, suspend, terminate, their variables and comments."""

from dataclasses import dataclass, field

from sandbox.workflow.core import Actor, Core, UnitOfWork
from sandbox.workflow.errors import Conflict, Missing, Refused, WorkflowError, missing
from sandbox.workflow.runs import ProcessRun
from sandbox.workflow.state import Comment, Instance, Model, Variable


@dataclass
class Start:
    """What a start asks for; exactly one of key, definition id and message says which process."""

    key: str | None = None
    definition_id: str | None = None
    message: str | None = None
    name: str | None = None
    business_key: str | None = None
    variables: list[Variable] = field(default_factory=list)
    transient: list[Variable] = field(default_factory=list)
    comment: str | None = None
    later: bool = False


class InstanceActions(Core):
    """What is done with a process instance as a whole."""

    def start(self, asked: Start, by: Actor) -> Instance:
        """Start and run to the first wait state; with `later`, leave even that to the next job run."""
        model = self._startable(asked)
        work = UnitOfWork(self)
        id = work.new_id()
        instance = Instance(
            id=id,
            definition_id=model.definition_id,
            key=model.key,
            name=asked.name,
            business_key=asked.business_key,
            started=work.now,
            started_by=by.name,
            root_id=id,
            not_begun=asked.later,
            variables={v.name: v for v in [*asked.transient, *asked.variables]},
        )
        if asked.comment:
            instance.comments.append(Comment(work.new_id(), by.name, asked.comment, work.now, id))
        work.add(instance)
        if not asked.later:
            ProcessRun(work, instance).begin()
            for variable in asked.transient:
                if instance.variables.get(variable.name) is variable:
                    del instance.variables[variable.name]
        work.keep()
        return instance

    def _startable(self, asked: Start) -> Model:
        given = [x for x in (asked.key, asked.definition_id, asked.message) if x]
        if len(given) != 1:
            raise WorkflowError("Either processDefinitionId, processDefinitionKey or message is required.")
        if asked.key:
            return self.latest(asked.key)
        if asked.definition_id:
            model = self.definition(asked.definition_id)
            if model.removed:
                raise missing("process definition", asked.definition_id)
            return model
        for model in sorted(self.models(), key=lambda m: -m.version):
            if model.start_message == asked.message and self.latest(model.key) is model:
                return model
        raise Missing(f"Cannot start process instance by message: no subscription to message '{asked.message}'")

    def set_suspended(self, id: str, suspended: bool, by: Actor, comment: str | None = None) -> Instance:
        with self.changing(id) as work:
            instance = work.instance(id)
            if instance.suspended is suspended:
                word = "suspended" if suspended else "active"
                raise Conflict(f"Process instance with id '{id}' is already {word}.")
            instance.suspended = suspended
            if comment:
                instance.comments.append(Comment(work.new_id(), by.name, comment, work.now, id))
        return instance

    def terminate(self, id: str, by: Actor) -> Instance:
        with self.changing(id) as work:
            instance = work.instance(id)
            ProcessRun(work, instance).terminate(f"deleted by {by.name}")
        return instance

    def create_variables(self, id: str, given: list[Variable]) -> list[Variable]:
        with self.changing(id) as work:
            table = work.instance(id).variables
            if taken := [v.name for v in given if v.name in table]:
                raise Conflict(f"Variable '{taken[0]}' is already present on process instance '{id}'.")
            table.update({v.name: v for v in given})
        return given

    def update_variable(self, id: str, given: Variable) -> Variable:
        with self.changing(id) as work:
            table = work.instance(id).variables
            if given.name not in table:
                raise Missing(f"Process instance '{id}' does not have a variable with name: '{given.name}'.")
            table[given.name] = given
        return given

    def comment(self, id: str, message: str, by: Actor, task_id: str | None = None) -> Comment:
        with self.changing(id) as work:
            comment = Comment(work.new_id(), by.name, message, work.now, id, task_id)
            work.instance(id).comments.append(comment)
        return comment

    def delete_comment(self, id: str, comment_id: str, by: Actor) -> None:
        with self.changing(id) as work:
            instance = work.instance(id)
            comment = next((c for c in instance.comments if c.id == comment_id), None)
            if comment is None:
                raise missing("comment", comment_id)
            if comment.author != by.name:
                raise Refused("Only its author may delete a comment.")
            instance.comments.remove(comment)

    def trigger(self, execution_id: str, given: list[Variable]) -> None:
        """Continue a waiting receive task."""
        for instance in self.instances():
            for step, waiting in instance.waiting.items():
                if waiting.execution_id == execution_id:
                    if waiting.kind != "receive":
                        raise WorkflowError(f"Execution '{execution_id}' does not wait for a trigger.")
                    with self.changing(instance.id) as work:
                        work.instance(instance.id).variables.update({v.name: v for v in given})
                        ProcessRun(work, work.instance(instance.id)).leave(step)
                    return
        raise missing("execution", execution_id)
