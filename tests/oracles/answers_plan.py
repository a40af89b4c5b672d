"""Metric names of the cases on progress, earned value, schedule and calendar → calls of the measures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.measure import calendar, earned_schedule, earned_value, progress
from sightline.measure.earned_value import Earned
from sightline.model.figures import Unknown
from sightline.model.portfolio import Calendar

D = Decimal
MON_TO_FRI = Calendar()


def planned_value(given):
    return {"pv": earned_value.planned_value(given["bac"], given["planned_pct_by_period"], int(given["period"]))}


def actual_cost(given):
    period = int(given["period"])
    found = {}
    if "cumulative" in given:
        found["ac_from_cumulative"] = earned_value.actual_cost(given["cumulative"], period, given="cumulative")
    if "period_costs" in given:
        found["ac_from_period"] = earned_value.actual_cost(given["period_costs"], period, given="by_period")
    return found


def evm(given):
    """Everything earned value says of the inputs there are; sums of periods or tasks first."""
    values = {name: given[name] for name in ("bac", "pv", "ev", "ac") if name in given}
    for name, periods in (("pv", "planned"), ("ev", "earned"), ("ac", "actual")):
        if periods in given:
            values[name] = sum(given[periods], D(0))
    if "tasks" in given:
        parts = [Earned(task["pv"], task["ev"], task["ac"], task.get("budget", D(0))) for task in given["tasks"]]
        whole = earned_value.rolled_up(parts)
        values |= {"pv": whole.pv, "ev": whole.ev, "ac": whole.ac}
    known = Earned(*(values.get(name, D(0)) for name in ("pv", "ev", "ac", "bac")))
    found = dict(values)
    if {"pv", "ev"} <= values.keys():
        found |= {"sv": known.sv, "spi": known.spi}
    if {"ac", "ev"} <= values.keys():
        found |= {"cv": known.cv, "cpi": known.cpi}
    if "bac" not in values:
        return found
    return found | _at_completion(given, values, known)


def _at_completion(given, values, known):
    found = {}
    if "ev" in values:
        found |= {
            "percent_complete": known.percent_complete,
            "pcib": known.percent_complete / 100 if isinstance(known.percent_complete, Decimal) else D(0),
            "etc_planned_rate": earned_value.estimate_to_complete(known.bac, known.ev),
        }
        if "cpi" in given:
            found["etc_current_cpi"] = earned_value.estimate_to_complete(known.bac, known.ev, given["cpi"])
    if {"ev", "ac"} <= values.keys():
        eac = earned_value.estimate_at_completion(known)
        found |= {
            "eac": eac,
            "etc": earned_value.estimate_to_complete(known.bac, known.ev, known.cpi),
            "eac_atypical": earned_value.estimate_at_completion(known, "atypical"),
            "tcpi": earned_value.to_complete_index(known.bac, known.ev, known.ac, given.get("eac")),
            "percent_spent": known.percent_spent,
        }
        if isinstance(found["tcpi"], Unknown):
            found["error"] = found["tcpi"]
    eac = given.get("eac", found.get("eac"))
    return found | ({} if eac is None else {"vac": earned_value.variance_at_completion(known.bac, eac)})


def schedule(given):
    es = earned_schedule.earned_schedule(given["pv_cum"], given["ev"])
    found = {"es": es}
    if "actual_time" in given and isinstance(es, Decimal):
        at = given["actual_time"]
        found |= {"sv_t": es - at, "spi_t": earned_schedule.schedule_index(es, at)}
    return found


def series(given):
    """Each answer once per status date."""
    rows = [_at_date(given, i) for i in range(len(given["at"]))]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _at_date(given, i):
    at, pd = given["at"][i], given["planned_duration"]
    known = Earned(given["pv"][i], given["ev"][i], given["ac"][i], given["bac"])
    es = earned_schedule.earned_schedule(given["pv"], known.ev)
    spi_t = earned_schedule.schedule_index(es, at)
    found = {"sv": known.sv, "spi": known.spi, "cv": known.cv, "cpi": known.cpi, "es": es, "spi_t": spi_t}
    found["sv_t"] = es - at
    found["eac_t_pf1"] = earned_schedule.forecast_duration(pd, es, at)
    found["eac_t_spit"] = earned_schedule.forecast_duration(pd, es, at, spi_t)
    found["eac_t_scit"] = earned_schedule.forecast_duration(pd, es, at, spi_t * known.cpi)
    found["pd_over_spi"] = pd / known.spi
    found["earned_duration"] = at * known.spi
    found["eac_t_ed"] = earned_schedule.earned_duration(pd, at, known.spi)
    return found


def _items(rows):
    return [
        progress.Item(done=D(row.get("done", 0)), closed=row.get("closed", False), estimate=row.get("est"))
        for row in rows
    ]


def completed_by_count(given):
    return _completed(given, progress.completed_by_count)


def completed_by_estimate(given):
    return _completed(given, progress.completed_by_estimate)


def _completed(given, method):
    """No items: the cases follow Redmine's 0, which is a parameter; our default is Unknown."""
    items, zero = _items(given["items"]), D(0)
    return {"completed_pct": method(items, empty=zero), "closed_pct": progress.closed_percent(items, empty=zero)}


def rolled_up(given):
    children = [child if isinstance(child, dict) else {"done": child} for child in given["children"]]
    return {"parent_pct": progress.rolled_up(_items(children))}


def rolled_up_in_steps(given):
    return {"parent_pct": [rolled_up({"children": step})["parent_pct"] for step in given["steps"]]}


def remaining_hours(given):
    items = _items(given["items"])
    return {
        "estimated": sum((item.estimate or D(0) for item in items), D(0)),
        "remaining": progress.remaining_hours(items),
    }


def remaining_by_status(given):
    return {"remaining_h": progress.remaining_by_status(given["work_h"], given["status_percent"])}


def completed_by_work(given):
    return {"percent": progress.completed_by_work(given.get("work_h"), given.get("remaining_h"))}


def behind(given):
    today = dt.date(2026, 11, 20)
    done = progress.completed_by_count(_items([{"done": each} for each in given["done"]]))
    start, due = (
        None if given.get(name) is None else today + dt.timedelta(days=int(given[name]))
        for name in ("start_offset", "due_offset")
    )
    return {"completed": done, "behind": calendar.behind_schedule(start, due, done, today)}


def working_days(given):
    pairs = [tuple(map(dt.date.fromisoformat, pair)) for pair in given["pairs"]]
    return {"days": [calendar.working_days(start, end, MON_TO_FRI) for start, end in pairs]}


def add_working_days(given):
    pairs = [(dt.date.fromisoformat(start), int(days)) for start, days in given["pairs"]]
    return {"dates": [str(calendar.add_working_days(start, days, MON_TO_FRI)) for start, days in pairs]}


ANSWERS = {
    r"PV": planned_value,
    r"AC": actual_cost,
    r"SV/CV/SPI/CPI|ETC|VAC|TCPI( edge)?|SPI/CPI edge|EVM (ahead|behind|full set|roll-up)": evm,
    r"percent complete \(EV/BAC\)": evm,
    r"Earned Schedule( edge)?": schedule,
    r"SV/SPI/CV/CPI series|Earned Schedule series|Time EAC.*": series,
    r"percent complete by count": completed_by_count,
    r"percent complete (by estimate|edge)|percent complete, some unestimated": completed_by_estimate,
    r"rounding of percent|percent complete weighted": rolled_up,
    r"percent complete sequence": rolled_up_in_steps,
    r"remaining hours": remaining_hours,
    r"remaining work status based": remaining_by_status,
    r"percent complete work based": completed_by_work,
    r"behind schedule": behind,
    r"working days": working_days,
    r"add working days": add_working_days,
}
