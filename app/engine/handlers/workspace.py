"""Steps that find, create and fill business workspaces."""

from contextlib import suppress
from dataclasses import replace

from app.db.session import unit_of_work
from app.domain.cases import Case
from app.domain.commerce import Customer, Order
from app.domain.content import BusinessObject, Workspace, WorkspaceSpec
from app.domain.ids import ObjectType, ProductId
from app.domain.scenario import Subject
from app.domain.steps import EnsureWorkspace, UpdateWorkspace
from app.engine import knowledge, policies, properties, subjects
from app.engine.runs import Context, Done, Result
from app.engine.workspace_choice import BUSINESS_OBJECT_TYPES, chosen, triple_of
from app.errors import Conflict, NotFound, Permanent
from app.opentext.content_server.workspaces import SEVERAL


def business_object(context: Context, bo_type: str, object_id: str) -> BusinessObject:
    return triple_of(context.opentext, context.store_id, bo_type, object_id)


def ensure_workspace(context: Context, step: EnsureWorkspace) -> Result:
    """Parents first (their own workspace, remembered like any other), then the subject's, related to them."""
    parents = [found for parent in step.parents for found in _ensure_parents(context, parent)]
    spec = _spec(context, step.business_object_type, tuple(parents))
    workspace = _ensure(context, spec, context.subject, context.subject_type, context.subject_id)
    _remember(context, context.subject_type, context.subject_id, context.subject, spec.business_object, workspace)
    facts = {"workspace_id": workspace.id, "workspace_name": workspace.name, "workspace_url": workspace.url}
    return Done(f"Workspace “{workspace.name}” is ready.", facts, {"workspace_id": workspace.id})


def update_workspace(context: Context, step: UpdateWorkspace) -> Result:
    """The categories tell the present truth: status, decision, what is published."""
    spec = _spec(context, step.business_object_type, ())
    workspace = _ensure(context, spec, context.subject, context.subject_type, context.subject_id)
    _remember(context, context.subject_type, context.subject_id, context.subject, spec.business_object, workspace)
    return Done(f"Workspace “{workspace.name}” was brought up to date.", result={"workspace_id": workspace.id})


def _ensure(
    context: Context, spec: WorkspaceSpec, subject: Subject, object_type: ObjectType, object_id: str
) -> Workspace:
    """One call. The upsert answers with an id only: the workspace is called what people call its object.

    Where several match it goes on in the one a person chose; raises Permanent (`several_workspaces`) before that.
    """
    context.effects.still_mine()
    try:
        found = context.opentext.workspaces.ensure(spec)
    except Conflict as error:
        if error.specific_code != SEVERAL:
            raise
        node = chosen(context.deps, context.store_id, object_type.value, object_id, error.context["nodes"])
        if node is None:
            raise _unclear(object_type) from error
        found = context.opentext.workspaces.update(node, spec)
    return found if found.name else replace(found, name=subjects.name(subject))


def _unclear(object_type: ObjectType) -> Permanent:
    return Permanent(
        f"Several workspaces in OpenText match this {object_type.value}, so none was taken.", code=SEVERAL,
        hint="Choose the right one on the panel; it is remembered, and the work goes on.",
    )  # fmt: skip


def _spec(context: Context, bo_type: str, parents: tuple[BusinessObject, ...]) -> WorkspaceSpec:
    facts = context.facts
    if isinstance(context.subject, Order):
        facts = facts | {"policies_in_force": policies.lines(context.deps, context.store_id, context.subject)}
    values = properties.of(context.subject, context.external_store, context.reasons, facts)
    kind = bo_type or (context.subject.kind.value.upper() if isinstance(context.subject, Case) else "")
    return WorkspaceSpec(business_object(context, kind, context.subject_id), values, parents)


def _ensure_parents(context: Context, parent: ObjectType) -> list[BusinessObject]:
    """The workspaces of the objects this one hangs below; a guest has none, a custom line no product."""
    return [_ensure_parent(context, parent, one, subject) for one, subject in _above(context, parent)]


def _above(context: Context, parent: ObjectType) -> list[tuple[str, Subject]]:
    """What the subject hangs below, read from the store; what is gone there is left out."""
    subject, read = context.subject, context.store.read
    if not isinstance(subject, Order | Case | Customer):
        return []
    found: list[tuple[str, Subject]] = []
    with suppress(NotFound):
        if isinstance(subject, Customer):
            if parent is ObjectType.COMPANY and subject.company_id:
                found.append((subject.company_id, read.company(subject.company_id)))
        elif parent is ObjectType.ORDER and isinstance(subject, Case) and subject.order_id:
            found.append((subject.order_id, context.order()))
        elif parent is ObjectType.CUSTOMER and subject.customer_id:
            found.append((subject.customer_id, read.customer(subject.customer_id)))
        elif parent is ObjectType.COMPANY and subject.company_id:
            found.append((subject.company_id, read.company(subject.company_id)))
    if parent is ObjectType.PRODUCT and isinstance(subject, Case):
        for product_id in dict.fromkeys(item.product_id for item in subject.items if item.product_id):
            with suppress(NotFound):
                found.append((product_id, read.product(ProductId(product_id))))
    return found


def _ensure_parent(context: Context, parent: ObjectType, object_id: str, subject: Subject) -> BusinessObject:
    triple = business_object(context, BUSINESS_OBJECT_TYPES[parent], object_id)
    spec = WorkspaceSpec(triple, properties.of(subject, context.external_store, (), {}))
    workspace = _ensure(context, spec, subject, parent, object_id)
    _remember(context, parent, object_id, subject, triple, workspace)
    return triple


def _remember(
    context: Context,
    object_type: ObjectType,
    object_id: str,
    subject: Subject,
    triple: BusinessObject,
    workspace: Workspace,
) -> None:
    with unit_of_work(context.deps.database) as uow:
        subjects.remember(uow.session, context.store_id, object_type.value, object_id, subject)
        knowledge.remember_workspace(
            uow.session, context.store_id, object_type.value, object_id, subjects.name(subject), triple, workspace,
            subjects.version(subject),
        )  # fmt: skip
