"""What we read of Content Server's answers, field by field; everything else is dropped.

Source: Content Server Rest API 2.0.2, Business Workspaces REST API v1 and v2, Records Management 26.1.
"""

from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, Field, RootModel

from app.opentext.answers import Instant, Payload, Text


def _listed(value: Any) -> Any:
    """One object where a list is meant, or nothing, as a list."""
    if value is None:
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


class Properties(Payload):
    id: int
    name: Text = ""
    type: int = -1
    parent_id: int | None = None
    mime_type: Text = ""
    size: int | None = None
    modify_date: Instant = None
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


class Volume(Payload):
    """`GET /v2/classificationvolume`: bare in the specification, wrapped in some releases."""

    class Inner(Payload):
        id: int | None = None

    id: int | None = None
    results: Inner | None = None
    data: Inner | None = None

    @property
    def node(self) -> int | None:
        wrapped = self.results or self.data
        return self.id if self.id is not None else wrapped.id if wrapped else None


class Record(Payload):
    name: Text = ""
    rsi: Text = ""
    status: Annotated[Text, Field(validation_alias=AliasChoices("file_status", "status"))] = ""
    official: bool | None = False
    finalized: bool | None = None
    record_date: Instant = None
    is_primary: bool | None = None


class NodeRecord(Payload):
    data: Many[Record] = ()
    can_finalize: bool | None = Field(default=None, validation_alias="canFinalize")


class Hold(Payload):
    hold_name: Text = ""
    name: Text = ""
    active: bool | int | None = True


class NodeHolds(Payload):
    data: Many[Hold] = ()
