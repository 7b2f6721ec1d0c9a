"""Whether a document uses what the schema calls deprecated: the answer's header then says so."""

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, visit


class _Finder(Visitor):
    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info, self.found = info, False

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        definition = self._info.get_field_def()
        if definition is not None and definition.deprecation_reason is not None:
            self.found = True
        for argument in node.arguments or ():
            known = definition.args.get(argument.name.value) if definition else None
            if known is not None and known.deprecation_reason is not None:
                self.found = True


def used(schema: GraphQLSchema, document: DocumentNode) -> bool:
    info = TypeInfo(schema)
    finder = _Finder(info)
    visit(document, TypeInfoVisitor(info, finder))
    return finder.found
