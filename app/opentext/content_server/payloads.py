"""What we read of Content Server's answers, field by field; everything else is dropped.

Source: Content Server Rest API 2.0.2, Business Workspaces REST API v1 and v2, Records Management 26.1.
"""

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, RootModel

from app.opentext.answers import Instant, Payload, Text


def _listed(value: Any) -> Any:
    """One object where a list is meant, or nothing (an empty object too), as a list."""
    if value is None or value == {}:
        return []
    return value if isinstance(value, list) else [value]


def _flat(value: Any) -> Any:
    """Category data comes flat, as one object per category in a list, or keyed by category id: all flat."""
    if isinstance(value, list):
        parts = [_flat(part) for part in value]
    elif isinstance(value, dict):
        parts = [_flat(part) if _is_category(key, part) else {key: part} for key, part in value.items()]
    else:
        return {}
    return {key: item for part in parts for key, item in part.items()}


def _is_category(key: str, part: Any) -> bool:
    return key.isdigit() and isinstance(part, dict) and any(inner.startswith(key) for inner in part)


T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_listed)]


class Version(Payload):
    version_number: int
    file_size: int = 0
    mime_type: Text = ""
    file_name: Text = ""
    create_date: Instant = None
    modify_date: Instant = None
    owner_id: int | None = None


class Properties(Payload):
    id: int
    name: Text = ""
    type: int = -1
    parent_id: int | None = None
    mime_type: Text = ""
    size: int | None = None
    create_date: Instant = None
    modify_date: Instant = None
    reserved_user_id: int | None = None
    original_id: int | None = None
    rel_type: Text = ""
    workspace_type: int | None = Field(default=None, validation_alias="wnf_wksp_type_id")


class Definition(Payload):
    """One entry of `metadata.categories`: a category, a set or an attribute."""

    name: Text = ""
    persona: Text = ""
    type_name: Text = ""
    multi_value: bool | None = False


class NodeData(Payload):
    properties: Properties | None = None
    versions: Many[Version] = ()
    categories: Annotated[dict[str, Any], BeforeValidator(_flat)] = Field(default_factory=dict)


class NodeMetadata(Payload):
    categories: Annotated[dict[str, Definition], BeforeValidator(_flat)] = Field(default_factory=dict)


class NodeResult(Payload):
    data: NodeData = NodeData()
    metadata: NodeMetadata = NodeMetadata()


class OneNode(Payload):
    results: NodeResult


class Paging(Payload):
    page: int = 1
    page_total: int = 1
    total_count: int | None = None


class Collection(Payload):
    paging: Paging = Paging()


class NodeList(Payload):
    """A page. Node lists carry `paging` under `collection`, business workspace lists at the top."""

    results: Many[NodeResult] = ()
    collection: Collection | None = None
    top_paging: Paging | None = Field(default=None, validation_alias="paging")

    @property
    def paging(self) -> Paging:
        return self.collection.paging if self.collection else self.top_paging or Paging()


class Classified(Payload):
    """`GET /v1/nodes/{id}/classifications`."""

    class Row(Payload):
        id: int = 0
        name: Text = ""

    data: Many[Row] = ()


class LatestVersion(Payload):
    data: Version


class VersionResult(Payload):
    class Data(Payload):
        versions: Many[Version] = ()

    data: Data = Data()


class VersionList(Payload):
    results: Many[VersionResult] = ()

    def all(self) -> list[Version]:
        return [version for result in self.results for version in result.data.versions]


class CreatedWorkspace(Payload):
    class Result(Payload):
        id: int

    results: Result


class UpsertEntry(Payload):
    id: int | None = None
    error_message: Text = ""


class UpsertAnswer(RootModel[list[UpsertEntry]]):
    """One entry for each workspace asked for."""


class WorkspaceOfNode(Payload):
    id: int | None = None


class ExternalSystemTypes(Payload):
    """`GET /v2/businessobjecttypes`; rows without a type occur and are dropped by the caller."""

    class Row(Payload):
        class Data(Payload):
            class Properties(Payload):
                bo_type: Text = ""
                ext_system_id: Text = ""

            properties: Properties = Properties()

        data: Data = Data()

    results: tuple[Row, ...] = ()


class WhoAmI(Payload):
    class Data(Payload):
        id: int
        name: Text = ""

    data: Data


class Ping(Payload):
    class Api(Payload):
        version: int | str

    rest_api: list[Api]


class WorkspaceTypeProperties(Payload):
    class Template(Payload):
        id: int
        name: Text = ""

    class Creation(Payload):
        location: Text = ""
        location_value: Text = ""

    wksp_type_id: int
    wksp_type_name: Text = ""
    rm_enabled: bool | None = False
    templates: Many[Template] = ()
    wksp_creation: Annotated[Creation, BeforeValidator(lambda value: value or {})] = Creation()


class WorkspaceTypeList(Payload):
    class Row(Payload):
        class Data(Payload):
            properties: WorkspaceTypeProperties

        data: Data

    results: Many[Row] = ()


class MemberProperties(Payload):
    id: int
    name: Text = ""
    display_name: Text = ""
    name_formatted: Text = ""
    type: int | None = 0


def _bare(value: Any) -> Any:
    """A member as it is, or as `{properties: …}`; both occur."""
    return [_inner(each) for each in value] if isinstance(value, list) else None


def _inner(value: Any) -> Any:
    return value["properties"] if isinstance(value, dict) and isinstance(value.get("properties"), dict) else value


class OneMember(Payload):
    class Results(Payload):
        class Data(Payload):
            properties: MemberProperties

        data: Data

    results: Results


class MemberList(Payload):
    class Row(Payload):
        class Data(Payload):
            properties: MemberProperties

        data: Data

    results: Many[Row] = ()
    collection: Collection = Collection()


class RoleList(Payload):
    """Roles; `members` is None where the server leaves them out."""

    class Row(Payload):
        class Data(Payload):
            class Properties(Payload):
                id: int
                name: Text = ""
                leader: bool | None = False

            properties: Properties
            members: Annotated[tuple[MemberProperties, ...] | None, BeforeValidator(_bare)] = None

        data: Data

    results: Many[Row] = ()


class DocumentTypeProperties(Payload):
    classification_id: int
    classification_name: Text = ""
    required: bool | int | None = False
    location: Text = ""
    mime_types: Many[str] = ()
    validity: int | None = 0


class DocumentTypeList(Payload):
    class Row(Payload):
        class Data(Payload):
            properties: DocumentTypeProperties

        data: Data

    results: Many[Row] = ()


def _rows(value: Any) -> Any:
    """Rows of a report: bare, or each as `{data: {properties: …}}`; only their list is documented."""
    rows = value if isinstance(value, list) else [] if value is None else [value]
    return [_inner(row.get("data", row)) if isinstance(row, dict) else row for row in rows]


class MissingAnswer(Payload):
    class Results(Payload):
        data: Annotated[tuple[DocumentTypeProperties, ...], BeforeValidator(_rows)] = ()

    results: Results


class ReportRow(Payload):
    id: int
    name: Text = ""
    classification_id: int | None = None
    modify_date: Instant = None


class ReportAnswer(Payload):
    class Results(Payload):
        data: Annotated[tuple[ReportRow, ...], BeforeValidator(_rows)] = ()

    results: Results


class Effective(Payload):
    """Effective permissions; each level is an object, or a list of one (the specification)."""

    results: Any = None

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset(_texts(self.results))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _texts(value.get("permissions", value.get("data")))
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []
