"""What a query costs: scalars 0, objects 1, connections their size times a node, mutations 10, the dearest branch of
an abstract type. Source: Admin GraphQL API, rate limits.
"""

from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

MUTATION = 10
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


class Counter:
    """Counts one operation before it runs."""

    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables

    def of(self, operation: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            return 0
        base = MUTATION if operation.operation == OperationType.MUTATION else 0
        return base + self._selection(operation.selection_set, root)

    def _selection(self, selected: SelectionSetNode, parent: Composite) -> int:
        plain, branches = 0, [0]
        for node in selected.selections:
            if isinstance(node, FieldNode):
                plain += self._field(node, parent)
                continue
            inner, kind = self._spread(node, parent)
            cost = self._selection(inner, kind)
            if kind is parent:
                plain += cost
            else:
                branches.append(cost)
        return plain + max(branches)

    def _spread(self, node: Any, parent: Composite) -> tuple[SelectionSetNode, Composite]:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            condition = fragment.type_condition.name.value
            return fragment.selection_set, self._type(condition)
        inline: InlineFragmentNode = node
        kind = self._type(inline.type_condition.name.value) if inline.type_condition else parent
        return inline.selection_set, kind

    def _type(self, name: str) -> Composite:
        found = self._schema.type_map[name]
        assert isinstance(found, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))  # noqa: S101  # validated
        return found

    def _field(self, node: FieldNode, parent: Composite) -> int:
        if node.name.value.startswith("__") or isinstance(parent, GraphQLUnionType):
            return 0
        field = parent.fields[node.name.value]
        kind = get_named_type(field.type)
        if is_leaf_type(kind) or node.selection_set is None:
            return 0
        assert isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))  # noqa: S101  # no input
        if kind.name == "PageInfo":
            return 0
        inside = self._selection(node.selection_set, kind)
        if kind.name.endswith("Connection"):
            return inside * self._size(node)
        if kind.name.endswith(("Edge", "Payload")):
            return inside
        listed = is_list_type(field.type.of_type if is_non_null_type(field.type) else field.type)
        return (1 + inside) * (self._size(node) if listed else 1)

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(0, int(value.value))
                if isinstance(value, VariableNode):
                    given = self._variables.get(value.name.value)
                    return given if isinstance(given, int) and given > 0 else 1
        return 1
