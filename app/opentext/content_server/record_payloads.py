"""What we read of Records Management's answers, field by field; everything else is dropped.

Source: OpenText Records Management REST API 26.1; OpenText's own Python client where the two differ.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from app.opentext.answers import Instant, Payload, Text
from app.opentext.content_server.payloads import Collection, Many


def _objects(value: Any) -> Any:
    """The objects of a list; anything else is passed over (one member has several shapes)."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


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
    class Further(Payload):
        rsi: Text = Field(default="", validation_alias=AliasChoices("RSI", "rsi"))

    class_id: int | None = Field(default=None, validation_alias="rmclassification_id")
    name: Text = ""
    rsi: Text = ""
    status: Annotated[Text, Field(validation_alias=AliasChoices("file_status", "status"))] = ""
    official: bool | None = False
    finalized: bool | None = None
    record_date: Instant = None
    status_date: Instant = None
    essential: Text = ""
    storage: Text = ""
    is_primary: bool | None = None
    further: Annotated[tuple[Further, ...], BeforeValidator(_objects)] = Field(
        default=(), validation_alias="multiple_classifications"
    )


class NodeRecord(Payload):
    data: Many[Record] = ()
    can_finalize: bool | None = Field(default=None, validation_alias="canFinalize")
    token: Text = Field(default="", validation_alias="rm_metadataToken")


class NodeHold(Payload):
    """`id` and `name` are the item's that the hold was applied to."""

    id: int | None = None
    hold_id: int | None = None
    hold_name: Text = ""
    hold_type: Text = ""
    hold_comment: Text = ""
    name: Text = ""
    active: bool | int | None = True
    date_applied: Instant = None


class NodeHolds(Payload):
    data: Many[NodeHold] = ()


class Rsi(Payload):
    """One stage of a schedule; a schedule of several stages has several rows."""

    code: Text = Field(default="", validation_alias="RSI")
    title: Text = Field(default="", validation_alias="Title")
    schedule_id: int | None = Field(default=None, validation_alias="RSIScheduleID")
    object_type: Text = Field(default="", validation_alias="ObjectType")
    event_type: int | None = Field(default=None, validation_alias="EventType")
    date_to_use: Text = Field(default="", validation_alias="DateToUse")
    years: int | None = Field(default=None, validation_alias="RetYears")
    months: int | None = Field(default=None, validation_alias="RetMonths")
    days: int | None = Field(default=None, validation_alias="RetDays")
    fixed_date: Instant = Field(default=None, validation_alias="EventRuleDate")
    action_code: Text = Field(default="", validation_alias="ActionCode")
    action_description: Text = Field(default="", validation_alias="ActionDescription")


class RsiList(Payload):
    class Results(Payload):
        class Data(Payload):
            rsis: Many[Rsi] = ()

        data: Data = Data()

    results: Results = Results()
    collection: Collection = Collection()


class NodeSchedules(Payload):
    class Row(Payload):
        rsi: Text = ""

    data: Many[Row] = ()


class ScheduleStages(Payload):
    """`GetRSIDetails`: the schedule as it applies to one node, dates worked out."""

    class Stage(Payload):
        stage: Text = Field(default="", validation_alias="Stage")
        rule: Text = Field(default="", validation_alias="RetentionRule")
        due: Instant = Field(default=None, validation_alias="CalculatedDate")
        action: int | None = Field(default=None, validation_alias="ActionToPerform")
        permanent: bool | None = Field(default=False, validation_alias="Permanent")
        event_based: bool | None = Field(default=False, validation_alias="EventBased")
        event_met: bool | None = Field(default=False, validation_alias="MetEventRule")

    data: Many[Stage] = ()


class HoldRow(Payload):
    id: int = Field(validation_alias="HoldID")
    name: Text = Field(default="", validation_alias="HoldName")
    active: bool | int | None = Field(default=True, validation_alias="ActiveHold")
    type: Text = Field(default="", validation_alias="HoldType")
    comment: Text = Field(default="", validation_alias="HoldComment")
    applied: Instant = Field(default=None, validation_alias="DateApplied")


class HoldList(Payload):
    class Results(Payload):
        class Data(Payload):
            holds: Many[HoldRow] = ()

        data: Data = Data()

    results: Results = Results()
    collection: Collection = Collection()


class OneHold(Payload):
    """`GET /v2/hold`: at the top in the specification, in `results.data` in real answers."""

    class Results(Payload):
        class Data(Payload):
            hold: HoldRow | None = None

        data: Data = Data()

    hold: HoldRow | None = None
    results: Results = Results()

    @property
    def row(self) -> HoldRow | None:
        return self.results.data.hold or self.hold


class CreatedHold(Payload):
    hold_id: int | None = Field(default=None, validation_alias="holdID")


class PlainNodeList(Payload):
    """Records Management lists nodes without wrapping."""

    class Row(Payload):
        id: int
        name: Text = ""

    results: Many[Row] = ()
    collection: Collection = Collection()
