"""The warnings that are built in, each a rule that registers like a plug-in's; one module answers one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.measure.alerts.budget import BudgetEnds, BurnAhead, RetainerNearlyUsed, Thresholds
from sightline.measure.alerts.dates import AtRisk, BehindPlan, MilestonesLate, Overdue, PromisePassed
from sightline.measure.alerts.flow import QueueGrows, StuckInState
from sightline.measure.alerts.lacking import NoDueDate, NoEstimate, NoOwner, NoRate
from sightline.measure.alerts.money import InvoiceOverdue, UnbilledAgeing
from sightline.measure.alerts.people import MissingDays, OverCommitted, TooMuchAtOnce, UnmappedPeople
from sightline.measure.alerts.quality import ClosedProject, LateEntries, OddTime, UnknownStatus
from sightline.measure.alerts.silence import SilentItems, SilentProject
from sightline.measure.alerts.sources import SourceIncomplete, SourceStale
from sightline.measure.alerts.waiting import Unanswered, Waiting

if TYPE_CHECKING:
    from sightline.extend import AlertRule, WorkspaceRule

__all__ = ["BUILT_IN"]

#: All of them, in the order in which they are asked.
BUILT_IN: tuple[type[AlertRule | WorkspaceRule], ...] = (
    BudgetEnds,
    BurnAhead,
    Thresholds,
    RetainerNearlyUsed,
    PromisePassed,
    BehindPlan,
    AtRisk,
    Overdue,
    MilestonesLate,
    Waiting,
    Unanswered,
    SilentProject,
    SilentItems,
    StuckInState,
    QueueGrows,
    InvoiceOverdue,
    UnbilledAgeing,
    NoOwner,
    NoDueDate,
    NoEstimate,
    NoRate,
    UnknownStatus,
    ClosedProject,
    OddTime,
    LateEntries,
    OverCommitted,
    TooMuchAtOnce,
    MissingDays,
    UnmappedPeople,
    SourceIncomplete,
    SourceStale,
)
