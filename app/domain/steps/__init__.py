"""The vocabulary of effects: each kind of step is one frozen dataclass here and one handler in engine/handlers/.

Steps are data: a scenario lists them, a run stores them as JSON. They name *what*; the handler reads the subject again
and works out *with which values*. A new kind goes into the file of its family: into its `Steps` and its `__all__`.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from app.domain.steps import (
    cases,
    communication,
    content,
    holds,
    money,
    papers,
    publication,
    quotes,
    recall,
    store,
    time,
)
from app.domain.steps.cases import *  # noqa: F403
from app.domain.steps.communication import *  # noqa: F403
from app.domain.steps.content import *  # noqa: F403
from app.domain.steps.holds import *  # noqa: F403
from app.domain.steps.money import *  # noqa: F403
from app.domain.steps.papers import *  # noqa: F403
from app.domain.steps.publication import *  # noqa: F403
from app.domain.steps.quotes import *  # noqa: F403
from app.domain.steps.recall import *  # noqa: F403
from app.domain.steps.store import *  # noqa: F403
from app.domain.steps.time import *  # noqa: F403


@dataclass(frozen=True)
class StartWorkflow:
    """Start the process once for this run (business key), with the subject's facts as variables."""

    process: str
    kind: Literal["start_workflow"] = "start_workflow"


@dataclass(frozen=True)
class Outcome:
    """What follows one decision value."""

    value: str
    title: str
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True)
class AwaitDecision:
    """Park the run until the workflow has ended, then go on with its outcome. Polled, woken by callbacks."""

    process: str
    outcomes: tuple[Outcome, ...]
    kind: Literal["await_decision"] = "await_decision"


@dataclass(frozen=True)
class AwaitDocuments:
    """Park the run until Content Server says that what was asked for is there; woken by each file that arrives.

    Looks at the types the run asked for (RequestDocuments), else at everything the workspace must hold. Outcomes:
    "complete", and "overdue" after `days` (or the preference `days_preference`) without it.
    """

    outcomes: tuple[Outcome, ...]
    days: int = 14
    days_preference: str = ""
    kind: Literal["await_documents"] = "await_documents"


@dataclass(frozen=True)
class CheckDocuments:
    """Ask Content Server for the required documents of one folder of the subject's workspace, and branch.

    Outcomes: "complete" (all there, approved where asked, in date), else "incomplete". Their validity sets reminders:
    timers "<reminder>:<days>:<node>" for each of `warn_days` before a document grows too old and on the day. Facts:
    `checked`, the documents with type, number and validity; `lacking`, in words.
    """

    folder: str
    reminder: str
    outcomes: tuple[Outcome, ...]
    warn_days: tuple[int, ...] = (60, 30, 7)
    kind: Literal["check_documents"] = "check_documents"


@dataclass(frozen=True)
class ConsiderLetter:
    """Look whether there is something to write by `rule` (engine/letters), and branch.

    Outcome "letter": there is, and the rule's facts say what. Otherwise the step is left out and says why.
    """

    rule: str
    outcomes: tuple[Outcome, ...]
    kind: Literal["consider_letter"] = "consider_letter"


Step = Annotated[
    StartWorkflow
    | AwaitDecision
    | AwaitDocuments
    | CheckDocuments
    | ConsiderLetter
    | cases.Steps
    | communication.Steps
    | content.Steps
    | holds.Steps
    | money.Steps
    | papers.Steps
    | publication.Steps
    | quotes.Steps
    | recall.Steps
    | store.Steps
    | time.Steps,
    Discriminator("kind"),
]

STEP: TypeAdapter[Step] = TypeAdapter(Step)
