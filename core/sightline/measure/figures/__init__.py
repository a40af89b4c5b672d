"""The figures of the foundation, each a `Metric` that registers like a plug-in's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.measure.figures.agreed import Progress, ProgressByChecklist
from sightline.measure.figures.agreement import BudgetUsedHours, BudgetUsedMoney, RetainerLeft
from sightline.measure.figures.burn import BudgetHours, BudgetMoney
from sightline.measure.figures.completion import MarginAtCompletion, RevenueAtCompletion
from sightline.measure.figures.control import BilledDifference, Leakage, TimeFindings, WorkInProgress
from sightline.measure.figures.earned import (
    EarnedSchedule,
    EarnedValue,
    EarnedValueMoney,
    ProgressEarned,
    ScopeChanged,
)
from sightline.measure.figures.finish import FinishByEffort, FinishByThroughput, ForecastHeld, PromiseLikelihood
from sightline.measure.figures.forecast import CostAtCompletion, HoursAtCompletion
from sightline.measure.figures.health import PlannedNextWeek
from sightline.measure.figures.ledger import Invoiced, Outstanding, Overdue, Paid, Revenue, UnusedCredit
from sightline.measure.figures.owed import Ageing, DaysSalesOutstanding, Realisation
from sightline.measure.figures.profit import Cost, EffectiveRate, Margin, Purchases
from sightline.measure.figures.read import Freshness
from sightline.measure.figures.revenue import Earned, RevenueByMethod, Unbilled
from sightline.measure.figures.slip import Behind, Slip, Waiting
from sightline.measure.figures.time import BillableValue, BillingHours, Hours, HoursBillable
from sightline.measure.figures.work import PlannedPercent, ProgressByCount, ProgressByEstimate

if TYPE_CHECKING:
    from sightline.extend import Metric

__all__ = ["FOUNDATION"]

#: All of them, in the order in which a project is read.
FOUNDATION: tuple[type[Metric], ...] = (
    Progress,
    ProgressByCount,
    ProgressByEstimate,
    ProgressByChecklist,
    ProgressEarned,
    PlannedPercent,
    Behind,
    Slip,
    Waiting,
    ScopeChanged,
    Hours,
    HoursBillable,
    BillableValue,
    BillingHours,
    BudgetUsedHours,
    BudgetUsedMoney,
    BudgetHours,
    BudgetMoney,
    RetainerLeft,
    Invoiced,
    Revenue,
    Paid,
    Outstanding,
    UnusedCredit,
    Overdue,
    Ageing,
    DaysSalesOutstanding,
    Earned,
    Unbilled,
    RevenueByMethod,
    WorkInProgress,
    BilledDifference,
    Purchases,
    Cost,
    Margin,
    EffectiveRate,
    Realisation,
    HoursAtCompletion,
    CostAtCompletion,
    RevenueAtCompletion,
    MarginAtCompletion,
    FinishByThroughput,
    FinishByEffort,
    PromiseLikelihood,
    ForecastHeld,
    PlannedNextWeek,
    EarnedValue,
    EarnedValueMoney,
    EarnedSchedule,
    Leakage,
    TimeFindings,
    Freshness,
)
