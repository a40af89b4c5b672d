"""Metric names of the cases on flow, forecast, risk and health → calls of the measures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.measure import estimates, flow, forecast, health
from sightline.model.figures import Unknown

D = Decimal
SEED, TRIALS = 20261120, 20_000
PERCENTILES = (50, 70, 85, 95)


def _days(texts):
    return [dt.date.fromisoformat(text) for text in texts]


def _ints(values):
    return [int(value) for value in values]


def wip(given):
    return {"wip": flow.wip(_ints(given["committed"]), _ints(given["done"]))}


def net_flow(given):
    entered, left = _ints(given["committed"]), _ints(given["done"])
    return {"arrivals": flow.arrivals(entered), "departures": flow.arrivals(left), "net": flow.net_flow(entered, left)}


def cycle_time(given):
    return {"days": [flow.cycle_time_days(*_days(pair)) for pair in given["pairs"]]}


def cycle_percentiles(given):
    days = [D(day) for day in given["days"]]
    method = "index_floor" if "floor" in given["convention"] else "linear"
    return {"values": [flow.percentile(days, q, method) for q in given["q"]]}


def age(given):
    today = dt.date.fromisoformat(given["today"])
    return {"age": [flow.age_days(day, today) for day in _days(given["committed"])]}


def cumulative_flow(given):
    """The states are in the order of the item that went through most of them."""
    items = [{state: dt.date.fromisoformat(day) for state, day in item.items()} for item in given["items"]]
    states = list(max(items, key=len))
    every = [day for item in items for day in item.values()]
    return flow.cumulative_flow(items, states, min(every), max(every))


def efficiency(given):
    found = flow.flow_efficiency(
        D(given.get("active", given.get("active_days", 0))),
        D(given.get("waiting", given.get("waiting_days", 0))),
        given["wait_states"],
    )
    return {"configured": bool(given["wait_states"]), "percent": found}


def how_many(given):
    found = forecast.how_many(_ints(given["throughput"]), int(given["days"]), seed=SEED, trials=TRIALS)
    return {f"p{p}": forecast.percentile_how_many(found.histogram, D(p)) for p in PERCENTILES}


def when(given):
    found = forecast.when(_ints(given["throughput"]), int(given["items"]), seed=SEED, trials=TRIALS)
    answer = {f"p{p}": forecast.percentile_when(found.histogram, D(p)) for p in PERCENTILES}
    if "target_days" in given:
        answer["likelihood_pct"] = forecast.likelihood_by(found.histogram, int(given["target_days"]))
    return answer


def _histogram(given):
    return {int(outcome): int(count) for outcome, count in given.items()}


def when_percentiles(given):
    hist = _histogram(given["hist"])
    return {"values": [forecast.percentile_when(hist, D(p)) for p in given["p"]]}


def how_many_percentiles(given):
    hist = _histogram(given["hist"])
    return {"values": [forecast.percentile_how_many(hist, D(p)) for p in given["p"]]}


def likelihood_by(given):
    hist = _histogram(given["hist"])
    return {"pct": [forecast.likelihood_by(hist, int(day)) for day in given["days"]]}


def likelihood_at_least(given):
    hist = _histogram(given["hist"])
    return {"pct": [forecast.likelihood_at_least(hist, int(n)) for n in given["n"]]}


def joint(given):
    first, *_ = teams = [_histogram(team) for team in given.values() if isinstance(team, dict)]
    together = forecast.joint(teams)
    whole = sum(first.values())
    return {
        "joint": {str(day): share * whole for day, share in together.items()},
        "p50_single": forecast.percentile_when(first, D(50)),
        "p50_joint": forecast.percentile_when(together, D(50)),
    }


def no_history(given):
    """We say Unknown; the case writes it as a likelihood of 0 and no forecast."""
    hist = _histogram(given["hist"])
    likely = [forecast.likelihood_by(hist, day) for day in (0, 30)]
    return {
        "likelihood": [D(0) if isinstance(each, Unknown) else each for each in likely],
        "forecast": forecast.percentile_when(hist, D(85)),
    }


def task_sum(given):
    found = estimates.sum_of_tasks(given["mean"], given["var"], _correlation(given))
    return {"total_mean": found.mean, "total_var": found.variance, "total_std": found.deviation}


def _correlation(given):
    matrix = given.get("cor", given.get("correlation"))
    if matrix is None:
        return None
    size = range(len(matrix))
    return {(i, j): D(matrix[i][j]) for i in size for j in size if i < j}


def rag(given):
    bands = health.RULE_SETS["ssp_pmo"]
    verdicts = [health.judged({name: D(value) for name, value in case.items()}, bands) for case in given["cases"]]
    return {"overall": [health.overall([v.colour for v in each.values()]).upper() for each in verdicts]}


ANSWERS = {
    r"WIP from CFD": wip,
    r"net flow": net_flow,
    r"cycle time": cycle_time,
    r"cycle time percentiles": cycle_percentiles,
    r"work item age": age,
    r"CFD": cumulative_flow,
    r"flow efficiency( edge)?": efficiency,
    r"how many in \d+ days": how_many,
    r"when, \d+ items?": when,
    r"percentile of a 'when' histogram": when_percentiles,
    r"percentile of a 'how many' histogram": how_many_percentiles,
    r"likelihood by day": likelihood_by,
    r"likelihood of at least n": likelihood_at_least,
    r"joint forecast of \w+ teams": joint,
    r"forecast without history": no_history,
    r"second moment sum of tasks": task_sum,
    r"RAG rule set": rag,
}
