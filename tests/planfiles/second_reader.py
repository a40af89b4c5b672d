"""What the mpxj library reads in project files, as JSON on stdout: `make mspdi` compares it with what we read.

Runs in an environment of its own with mpxj, jpype1 and Java; nothing of Sightline is imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jpype
import mpxj  # noqa: F401

MINUTES = {"m": 1, "h": 60}


def main(files):
    jpype.startJVM()
    from org.mpxj import TimeUnit
    from org.mpxj.mspdi import MSPDIReader

    print(json.dumps({file.name: read(MSPDIReader().read(str(file)), TimeUnit) for file in files}))


def seconds(duration, properties, units):
    """Of a duration in whatever unit mpxj holds it: minutes first, as it converts those exactly."""
    if duration is None:
        return None
    name = str(duration.getUnits().toString())
    if name.endswith("%"):
        return {"percent": float(duration.getDuration())}
    elapsed = {"em": 1, "eh": 60, "ed": 1440, "ew": 10080}.get(name)
    if elapsed is not None:
        return round(float(duration.getDuration()) * elapsed * 60)
    return round(float(duration.convertUnits(units.MINUTES, properties).getDuration()) * 60)


def text(value):
    return None if value is None else str(value)


def moment(value):
    found = text(value)
    return None if found is None else found if len(found) > 16 else f"{found}:00"


def money(value):
    return None if value is None else f"{float(str(value)):.2f}"


def rate(value):
    """Per hour; of material per unit."""
    if value is None:
        return None
    hours = {"h": 1, "d": 8, "w": 40, "m": 1 / 60}.get(str(value.getUnits().toString()), 1)
    return f"{float(value.getAmount()) / hours:.4f}"


def read(project, units):
    properties = project.getProjectProperties()
    tasks = []
    for task in project.getTasks():
        if task.getUniqueID() is None or task.getNull() or not task.getActive():
            continue
        baselines = []
        for number in range(11):
            start = task.getBaselineStart() if number == 0 else task.getBaselineStart(number)
            if start is None:
                continue
            named = () if number == 0 else (number,)
            baselines.append({
                "number": number, "start": moment(start), "finish": moment(task.getBaselineFinish(*named)),
                "duration_seconds": seconds(task.getBaselineDuration(*named), properties, units),
                "work_seconds": seconds(task.getBaselineWork(*named), properties, units),
                "cost": money(task.getBaselineCost(*named)),
            })  # fmt: skip
        tasks.append({
            "uid": int(task.getUniqueID()), "id": int(task.getID()), "wbs": text(task.getWBS()),
            "name": text(task.getName()), "outline_level": int(task.getOutlineLevel()), "summary": bool(task.getSummary()),
            "milestone": bool(task.getMilestone()), "start": moment(task.getStart()), "finish": moment(task.getFinish()),
            "duration_seconds": seconds(task.getDuration(), properties, units),
            "work_seconds": seconds(task.getWork(), properties, units),
            "percent_complete": int(float(str(task.getPercentageComplete()))) if task.getPercentageComplete() is not None else None,
            "predecessors": [
                {"uid": int(one.getPredecessorTask().getUniqueID()), "type": str(one.getType()),
                 "lag_seconds": seconds(one.getLag(), properties, units)}
                for one in task.getPredecessors()
            ],
            "baselines": baselines,
            "parent": int(task.getParentTask().getUniqueID()) if task.getParentTask() is not None else None,
        })  # fmt: skip
    resources = [
        {"uid": int(one.getUniqueID()), "name": text(one.getName()), "type": str(one.getType()).lower(),
         "standard_rate": rate(one.getStandardRate()), "max_units": float(str(one.getMaxUnits())) if one.getMaxUnits() else None}
        for one in project.getResources()
        if one.getUniqueID() is not None
    ]  # fmt: skip
    assignments = [
        {"task_uid": int(one.getTask().getUniqueID()),
         "resource_uid": int(one.getResource().getUniqueID()) if one.getResource() is not None else None,
         "units": float(str(one.getUnits())), "work_seconds": seconds(one.getWork(), properties, units),
         "cost": money(one.getCost())}
        for one in project.getResourceAssignments()
    ]  # fmt: skip
    days = {}
    calendar = project.getDefaultCalendar()
    from java.time import LocalDate

    for when in ("2026-11-11", "2026-11-14", "2026-12-25", "2026-12-28", "2027-01-01", "2028-01-01", "2026-11-16"):
        days[when] = bool(calendar.isWorkingDate(LocalDate.parse(when)))
    return {"tasks": tasks, "resources": resources, "assignments": assignments, "working": days}


if __name__ == "__main__":
    main(sorted(Path(sys.argv[1]).glob("*.xml")))
