"""Project files as several versions of Microsoft Project write them, made by hand: run it to write them again."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
SPACE = "http://schemas.microsoft.com/project"
TIMES = (
    "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
    "<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"
)


def element(name, **values):
    inner = "".join(
        value if key == "inner" else f"<{key}>{value}</{key}>" for key, value in values.items() if value is not None
    )
    return f"<{name}>{inner}</{name}>"


def weekday(kind, working, times=TIMES):
    return element("WeekDay", DayType=kind, DayWorking=int(working), inner=times if working else "")


def period(first, last):
    return element("TimePeriod", FromDate=f"{first}T00:00:00", ToDate=f"{last}T23:59:00")


def calendar(uid, name, *, base=-1, days=(2, 3, 4, 5, 6), extra="", after=""):
    week = "".join(weekday(kind, kind in days) for kind in range(1, 8))
    return element(
        "Calendar", UID=uid, Name=name, IsBaseCalendar=int(base == -1), BaseCalendarUID=base,
        inner=f"<WeekDays>{week}{extra}</WeekDays>{after}",
    )  # fmt: skip


def task(uid, id_, name, level, number, start, finish, hours, **more):
    fields = {
        "UID": uid, "ID": id_, "Name": name, "Type": 0, "IsNull": 0, "WBS": number, "OutlineNumber": number,
        "OutlineLevel": level, "Priority": 500, "Start": start, "Finish": finish, "Duration": f"PT{hours}H0M0S",
        "DurationFormat": 7, "Milestone": 0, "Summary": 0, "PercentComplete": 0, **more,
    }  # fmt: skip
    return element("Task", **fields)


def link(uid, kind, lag=0, unit=7):
    return element("PredecessorLink", PredecessorUID=uid, Type=kind, CrossProject=0, LinkLag=lag, LagFormat=unit)


def baseline(number, start, finish, hours, work, cost):
    return element(
        "Baseline", Number=number, Start=start, Finish=finish, Duration=f"PT{hours}H0M0S", DurationFormat=7,
        Work=f"PT{work}H0M0S", Cost=cost,
    )  # fmt: skip


def project(version, name, calendars, tasks, resources="", assignments="", **more):
    fields = {
        "SaveVersion": version, "Name": f"{name}.xml", "Title": name, "ScheduleFromStart": 1,
        "StartDate": "2026-11-02T08:00:00", "FinishDate": "2026-12-18T17:00:00", "CurrencyCode": "GBP", "CalendarUID": 1,
        "DefaultStartTime": "08:00:00", "DefaultFinishTime": "17:00:00", "MinutesPerDay": 480, "MinutesPerWeek": 2400,
        "DaysPerMonth": 20, **more,
    }  # fmt: skip
    head = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return (
        f"<Calendars>{calendars}</Calendars><Tasks>{tasks}</Tasks>"
        f"<Resources>{resources}</Resources><Assignments>{assignments}</Assignments>"
    ), head


def written(path, parts, *, encoding="UTF-8", prefix=""):
    body, head = parts
    text = (
        f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>\n<Project xmlns="{SPACE}">{head}{body}</Project>'
    )
    if prefix:
        import re

        text = re.sub(r"<(/?)([A-Z])", rf"<\1{prefix}:\2", text).replace("xmlns=", f"xmlns:{prefix}=")
    (HERE / path).write_bytes(text.replace("><", ">\n<").encode(encoding))


SUMMARY = task(0, 0, "Whole", 0, "0", "2026-11-02T08:00:00", "2026-12-18T17:00:00", 280, Summary=1)


def project_2003():
    """Days off as weekdays of type 0; no Active, no Manual; a resource calendar."""
    off = element("WeekDay", DayType=0, DayWorking=0, inner=period("2026-11-11", "2026-11-11"))
    calendars = calendar(1, "Standard", extra=off) + calendar(3, "Renée", base=1, days=(2, 3, 4))
    tasks = SUMMARY + "".join((
        task(1, 1, "Entwurf &amp; Größe", 1, "1", "2026-11-02T08:00:00", "2026-11-13T17:00:00", 72, Summary=1),
        task(2, 2, "Design", 2, "1.1", "2026-11-02T08:00:00", "2026-11-06T17:00:00", 40, Work="PT24H0M0S",
             inner=baseline(0, "2026-11-02T08:00:00", "2026-11-05T17:00:00", 32, 20, 100000)),
        task(3, 3, "Texts", 2, "1.2", "2026-11-09T08:00:00", "2026-11-13T17:00:00", 32, Work="PT16H30M0S",
             inner=link(2, 1, 4800)),
        task(4, 4, "Approved", 1, "2", "2026-11-13T17:00:00", "2026-11-13T17:00:00", 0, Milestone=1, Work="PT0H0M0S",
             inner=link(3, 1)),
        element("Task", UID=5, ID=5, IsNull=1),
    ))  # fmt: skip
    resources = element("Resource", UID=0, ID=0, Type=1, IsNull=0) + element(
        "Resource", UID=1, ID=1, Name="Renée", Type=1, IsNull=0, MaxUnits="0.60", StandardRate="50",
        StandardRateFormat=2, OvertimeRate="75", OvertimeRateFormat=2, CalendarUID=3,
    )  # fmt: skip
    assignments = element(
        "Assignment", UID=1, TaskUID=2, ResourceUID=1, Units="0.6", Work="PT24H0M0S", ActualWork="PT6H0M0S", Cost=120000,
        Start="2026-11-02T08:00:00", Finish="2026-11-06T17:00:00",
    )  # fmt: skip
    return project(9, "Old", calendars, tasks, resources, assignments)


def project_2010():
    """Exceptions in both forms; inactive and manual tasks; every kind of link; a split; a namespace prefix."""
    old = element("WeekDay", DayType=0, DayWorking=0, inner=period("2026-12-25", "2026-12-28"))
    new = "<Exceptions>" + element(
        "Exception", EnteredByOccurrences=0, inner=period("2026-12-25", "2026-12-28")
        + "<Occurrences>1</Occurrences><Name>Xmas</Name><Type>1</Type><DayWorking>0</DayWorking>",
    ) + "</Exceptions>"  # fmt: skip
    tasks = SUMMARY + "".join((
        task(1, 1, "Build", 1, "1", "2026-11-02T08:00:00", "2026-11-06T17:00:00", 40, Active=1, Work="PT40H0M0S"),
        task(2, 2, "Starts with it", 1, "2", "2026-11-03T08:00:00", "2026-11-06T17:00:00", 32, Active=1,
             Work="PT32H0M0S", inner=link(1, 3, 4800)),
        task(3, 3, "Ends with it", 1, "3", "2026-11-02T08:00:00", "2026-11-06T17:00:00", 40, Active=1,
             Work="PT10H0M0S", inner=link(1, 0)),
        task(4, 4, "Before it starts", 1, "4", "2026-10-26T08:00:00", "2026-10-30T17:00:00", 40, Active=1,
             Work="PT10H0M0S", inner=link(1, 2, -9600)),
        task(5, 5, "Half its length later", 1, "5", "2026-11-11T13:00:00", "2026-11-13T17:00:00", 20, Active=1,
             Work="PT20H0M0S", inner=link(1, 1, 50, 19)),
        task(6, 6, "Dropped", 1, "6", "2026-11-02T08:00:00", "2026-11-06T17:00:00", 40, Active=0),
        task(7, 7, "Drying", 1, "7", "2026-11-06T17:00:00", "2026-11-08T17:00:00", 48, Active=1, DurationFormat=8,
             inner=link(1, 1)),
        task(8, 8, "By hand", 1, "8", "2026-11-09T08:00:00", "2026-11-10T17:00:00", 16, Active=1, Manual=1,
             Work="PT8H0M0S", inner=link(7, 1, 14400, 8)),
        task(9, 9, "Split", 1, "9", "2026-11-16T08:00:00", "2026-11-20T17:00:00", 24, Active=1, Work="PT24H0M0S"),
    ))  # fmt: skip
    resources = element("Resource", UID=1, ID=1, Name="Ana", Type=1, IsNull=0, MaxUnits="1.00", StandardRate="80",
                        StandardRateFormat=3)  # fmt: skip
    phases = "".join(
        element("TimephasedData", Type=1, UID=1, Start=f"2026-11-{day}T08:00:00", Finish=f"2026-11-{day}T17:00:00",
                Unit=2, Value=f"PT{hours}H0M0S")
        for day, hours in ((16, 8), (17, 0), (18, 0), (19, 8), (20, 8))
    )  # fmt: skip
    assignments = element(
        "Assignment", UID=1, TaskUID=9, ResourceUID=1, Units=1, Work="PT24H0M0S", ActualWork="PT0H0M0S", Cost=24000,
        Start="2026-11-16T08:00:00", Finish="2026-11-20T17:00:00", inner=phases,
    ) + element("Assignment", UID=2, TaskUID=1, ResourceUID=-65535, Units=1, Work="PT40H0M0S")  # fmt: skip
    return project(14, "Ten", calendar(1, "Standard", extra=old, after=new), tasks, resources, assignments)


def project_2021():
    """Several baselines, rates over time, material and cost, a task calendar, recurring days off."""
    weekly = element(
        "Exception", EnteredByOccurrences=0, inner=period("2026-11-02", "2026-12-31")
        + "<Name>Fridays off</Name><Type>6</Type><Period>2</Period><DaysOfWeek>32</DaysOfWeek><DayWorking>0</DayWorking>",
    )  # fmt: skip
    yearly = element(
        "Exception", EnteredByOccurrences=0, inner=period("2026-01-01", "2028-12-31")
        + "<Name>New Year</Name><Type>2</Type><Month>0</Month><MonthDay>1</MonthDay><DayWorking>0</DayWorking>",
    )  # fmt: skip
    calendars = calendar(1, "Standard", after=f"<Exceptions>{yearly}</Exceptions>") + calendar(
        2, "Alternate", after=f"<Exceptions>{weekly}</Exceptions>"
    )
    baselines = "".join(
        baseline(n, f"2026-11-{2 + n:02}T08:00:00", f"2026-11-{13 + n:02}T17:00:00", 80, 40 + n, 300000 + 100 * n)
        for n in range(11)
    )
    tasks = SUMMARY + "".join((
        task(1, 1, "Phase", 1, "A", "2026-11-02T08:00:00", "2026-12-04T17:00:00", 200, Active=1, Summary=1),
        task(2, 2, "Inner phase", 2, "A.1", "2026-11-02T08:00:00", "2026-11-27T17:00:00", 160, Active=1, Summary=1),
        task(3, 3, "Work", 3, "A.1.1", "2026-11-02T08:00:00", "2026-11-13T17:00:00", 80, Active=1, Work="PT44H0M0S",
             Cost=412345, PercentComplete=35, inner=baselines),
        task(4, 4, "On its calendar", 2, "A.2", "2026-11-16T08:00:00", "2026-12-04T17:00:00", 112, Active=1,
             Work="PT60H0M30S", CalendarUID=2),
        task(5, 5, "Go-live", 1, "B", "2026-12-18T17:00:00", "2026-12-18T17:00:00", 0, Active=1, Milestone=1,
             inner=link(3, 1) + link(4, 1, 2400, 5)),
    ))  # fmt: skip
    rates = "".join(
        element("Rate", RatesFrom=first, RatesTo=last, RateTable=0, StandardRate=rate, StandardRateFormat=2,
                OvertimeRate=0, OvertimeRateFormat=2, CostPerUse=0)
        for first, last, rate in (("1984-01-01T00:00:00", "2026-12-01T00:00:00", "90.5"),
                                  ("2026-12-01T00:00:00", "2049-12-31T23:59:00", "99.25"))
    )  # fmt: skip
    resources = "".join((
        element("Resource", UID=1, ID=1, Name="Ben", Type=1, IsNull=0, MaxUnits="0.50", StandardRate="90.5",
                StandardRateFormat=2, OvertimeRate="0", OvertimeRateFormat=2, CostPerUse=5000, inner=f"<Rates>{rates}</Rates>"),
        element("Resource", UID=2, ID=2, Name="Paper", Type=0, IsNull=0, StandardRate="3.20", StandardRateFormat=8),
        element("Resource", UID=3, ID=3, Name="Travel", Type=2, IsNull=0),
    ))  # fmt: skip
    assignments = element("Assignment", UID=1, TaskUID=3, ResourceUID=1, Units="0.5", Work="PT44H0M0S",
                          ActualWork="PT15H24M0S", Cost=412345) + element(
        "Assignment", UID=2, TaskUID=3, ResourceUID=2, Units="10", Work="PT10H0M0S", Cost=3200
    )  # fmt: skip
    return project(14, "Now", calendars, tasks, resources, assignments, StatusDate="2026-11-20T17:00:00")


if __name__ == "__main__":
    written("project-2003.xml", project_2003())
    written("project-2010.xml", project_2010(), prefix="p")
    written("project-2021.xml", project_2021())
