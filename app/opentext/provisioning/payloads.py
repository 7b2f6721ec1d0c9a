"""What we read of the administration's answers; everything else is dropped.

Source: OpenText's own Python client (external systems, business object types, category forms); Records Management 26.1.
"""

from typing import Any

from pydantic import Field

from app.opentext.answers import Payload, Text
from app.opentext.content_server.payloads import Many


class SystemList(Payload):
    class Row(Payload):
        name: Text = Field(default="", validation_alias="extsystem_name")
        connection_type: Text = Field(default="", validation_alias="conn_type")
        enabled: bool | None = True

    results: Many[Row] = ()


class TypeList(Payload):
    """Rows without a type occur; the reader drops them."""

    class Row(Payload):
        class Data(Payload):
            class Properties(Payload):
                id: int | None = Field(default=None, validation_alias="bo_type_id")
                type: Text = Field(default="", validation_alias="bo_type")
                system: Text = Field(default="", validation_alias="ext_system_id")
                workspace_type: int | None = Field(default=None, validation_alias="workspace_type_id")

            properties: Properties = Properties()

        data: Data = Data()

    results: Many[Row] = ()


class Mapping(Payload):
    property: Text = Field(default="", validation_alias="bo_prop_name")
    attribute: Text = Field(default="", validation_alias="att_name")


class Mappings(Payload):
    """`GET /v2/businessobjecttypes/{id}`: which property fills which attribute."""

    class Results(Payload):
        class Tab(Payload):
            class Data(Payload):
                class Properties(Payload):
                    class Creation(Payload):
                        class Group(Payload):
                            set: Text = Field(default="", validation_alias="set_name")
                            mappings: Many[Mapping] = ()

                        properties: Many[Mapping] = Field(default=(), validation_alias="propertyMappings")
                        groups: dict[str, Group] = Field(default_factory=dict, validation_alias="propertyGroups")

                    config: Creation = Field(default=Creation(), validation_alias="fWkspCreationConfig")

                properties: Properties = Properties()

            data: Data = Data()

        tab: Tab = Field(default=Tab(), validation_alias="GeneralTab")

    results: Results = Results()

    @property
    def config(self) -> "Mappings.Results.Tab.Data.Properties.Creation":
        return self.results.tab.data.properties.config


class FormField(Payload):
    title: Text = ""
    type: Text = ""
    longest: int | None = Field(default=None, validation_alias="maxLength")
    values: tuple[str, ...] | None = Field(default=None, validation_alias="enum")


class CategoryForm(Payload):
    """The form of a category on some item: what attributes it has. Keys: `{category}_{attribute}`."""

    class Form(Payload):
        class Schema(Payload):
            properties: dict[str, Any] = Field(default_factory=dict)

        shape: Schema = Field(default=Schema(), validation_alias="schema")

    forms: Many[Form] = ()

    def fields(self) -> dict[str, FormField]:
        """Attributes by their title."""
        found = {}
        for form in self.forms:
            for value in form.shape.properties.values():
                field = FormField.model_validate(value if isinstance(value, dict) else {})
                if field.title:
                    found[field.title] = field
        return found


class Codes(Payload):
    class Results(Payload):
        class Data(Payload):
            class HoldTypes(Payload):
                class Code(Payload):
                    code: Text = ""

                values: Many[Code] = ()

            hold_type: HoldTypes = HoldTypes()

        data: Data = Data()

    results: Results = Results()


class MadeType(Payload):
    class Results(Payload):
        id: int = Field(validation_alias="wksp_type_id")

    results: Results


class MadeSchedule(Payload):
    class Results(Payload):
        ok: bool = True
        id: int = 0
        why: Text = Field(default="", validation_alias="errMsg")

    results: Results
