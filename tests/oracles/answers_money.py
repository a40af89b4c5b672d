"""Metric names of the cases on billing, receivables, rounding and currencies → calls of the measures."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from sightline.measure import billing, budget, currency, estimates, profit, receivables
from sightline.model.money import Money, rounded, split

D = Decimal
MODES = {"half_up": ROUND_HALF_UP, "half_down": ROUND_HALF_DOWN, "half_even": ROUND_HALF_EVEN}
KIMAI = {"ceil": "up", "closest": "nearest", "floor": "down", "default": "outward"}
#: A currency without minor units, so that the cases' numbers are minor units.
WHOLE = "JPY"


def _clock(text):
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _shown(seconds):
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def time_rounding(given):
    step, begin, end = int(given["step_min"]), _clock(given["begin"]), _clock(given["end"])
    found = {}
    for name, mode in KIMAI.items():
        first, last, duration = billing.rounded_time(begin, end, step, mode)
        found[name] = [_shown(first), _shown(last), duration]
    return found


def decimal_hours(given):
    return {"seconds_rounded": [billing.decimal_hours(int(s)) * 3600 for s in given["seconds"]]}


def amounts(given):
    return {"amounts": [billing.amount(D(rate), int(seconds)) for rate, seconds in given["cases"]]}


def line_or_total(given):
    rate, seconds = given["rate"], [int(each) for each in given["seconds"]]
    lines = [rounded(billing.amount(rate, each, "decimal_hours"), "EUR") for each in seconds]
    whole = sum(lines, D(0))
    exact = billing.amount(rate, sum(seconds))
    return {
        "line_amounts_2dp": lines, "sum_of_rounded_lines": whole, "exact_total": exact, "sum_x130": whole * 130,
    }  # fmt: skip


def factors(given):
    rate, seconds = given["rate"], int(given["seconds"])
    return {"amounts": [billing.amount(billing.factored(rate, each), seconds) for each in given["factors"]]}


def entry(given):
    seconds, fixed = int(given["seconds"]), given.get("fixed")
    billed = billing.entry_amount(seconds, given.get("hourly"), fixed)
    cost = billing.entry_cost(seconds, given["user_internal_hourly"], billed, missing="billed")
    return {"rate": billed, "internal": cost}


def tax_on_total(given):
    invoice = billing.taxed([(net, given["vat"]) for net in given["lines"]])
    return {"subtotal": invoice.subtotal, "tax": invoice.tax, "total": invoice.total}


def tax_per_line(given):
    invoice = billing.taxed([(D(net), D(rate)) for net, rate in given["lines"]], on="line")
    return {
        "line_tax": list(invoice.line_taxes), "tax": invoice.tax, "subtotal": invoice.subtotal, "total": invoice.total,
    }  # fmt: skip


def tax_both_ways(given):
    """Lines are made whose taxes round as the case says: so many up by so much, so many down; the rest is exact."""
    subtotal, rate = D(given["subtotal"]), D(given["rate"])
    up, down = (int(given["up"][0]), D(given["up"][1])), (int(given["down"][0]), D(given["down"][1]))
    nets = [_net(rate, D("0.01") - up[1])] * up[0] + [_net(rate, down[1])] * down[0]
    lines = [(net, rate) for net in [*nets, subtotal - sum(nets, D(0))]]
    whole, single = billing.taxed(lines), billing.taxed(lines, on="line")
    return {"total_level": whole.tax, "line_level": single.tax}


def _net(rate, fraction):
    """The smallest amount in cents whose tax ends in `fraction` of the minor unit."""
    cents = (D(n) / 100 for n in range(1, 10_001))
    return next(net for net in cents if (net * rate / 100) % D("0.01") == fraction)


def billed_percent(given):
    return {
        "per_billed": [
            billing.billed_percent(case["hours"][0], case["hours"][1], case["amount"][0], case["amount"][1])
            for case in given["cases"]
        ]
    }


def billing_and_costing(given):
    seconds = int(given["hours"] * 3600)
    billed = billing.entry_amount(seconds, given["billing_rate"])
    rate = given["exchange_rate"]
    base = currency.Rates({("XXX", "EUR"): [(dt.date(2026, 1, 1), D(rate))]}).convert(
        Money.of(billed, "XXX"), "EUR", None
    )
    return {
        "billing": billed,
        "costing": billing.entry_cost(seconds, given["costing_rate"]),
        f"base_billing_at_rate_{rate}": base.amount.amount,
    }


def burn(given):
    found = budget.budget(given["budget"], given["spent"])
    rate = budget.burn_rate(given["spent"], given["elapsed"])
    answer = {"burn": rate, "remaining": found.open, "runway": budget.runway(found.open, rate)}
    if "planned" in given:
        answer["at_completion"] = budget.cost_at_completion(rate, given["planned"])
    return answer


def utilization(given):
    return {"percent": [profit.utilization(*case) for case in given["cases"]]}


def realization(given):
    return {"percent": profit.realization(given["billed"], given["hours"] * given["standard_rate"])}


def realization_on_cash(given):
    hours, rate, paid = given["a"]
    b_hours, b_rate, share = given["b"]
    value = b_hours * b_rate
    return {
        "a_percent": profit.realization(paid, hours * rate), "b_value": value,
        "b_collected": profit.realized_rates(value, [share])[-1],
    }  # fmt: skip


def effective_rate(given):
    after = profit.realized_rates(given["rate"], given["factors"])
    return {"after": after, "share": after[-1] / given["rate"]}


def dso(given):
    return {"dso": receivables.dso(given["receivables"], given["credit_sales"], given["days"])}


def dso_count_back(given):
    days = [int(each) for each in given["days"]]
    found = receivables.dso_count_back(given["receivables"], given["sales_oldest_first"], days)
    return {"remaining_after": found.remaining_after, "full_days": found.full_days, "dso": found.dso}


def allocated(given):
    amount = next(given[name] for name in ("payment", "credit") if name in given)
    found = receivables.allocate(given["due" if "due" in given else "outstanding"], amount)
    return {"paid": found.applied, "credit_applied": found.applied, "outstanding": found.open}


def credit_note_row(given):
    """The note stands beside the invoice: it is not cut to what was open."""
    invoiced, paid, credit = (given[name] for name in ("invoiced", "paid", "credit"))
    first, note = receivables.outstanding(invoiced, paid), receivables.outstanding(D(0), credited=credit)
    return {"rows": [[invoiced, paid, first], [D(0), credit, note]], "net": first + note}


def outstanding(given):
    return {"outstanding": receivables.outstanding(given["invoiced"], given["paid"], given.get("credited", D(0)))}


def allocation(given):
    cases = [(Money.of(whole, WHOLE), [D(w) for w in weights]) for whole, weights in given["cases"]]
    return {"results": [[part.amount for part in split(whole, weights)] for whole, weights in cases]}


def even_split(given):
    cases = [(Money.of(whole, WHOLE), [D(1)] * int(parts)) for whole, parts in given["cases"]]
    return {"results": [[part.amount for part in split(whole, weights)] for whole, weights in cases]}


def rounding_modes(given):
    values = [D(value) for value in given["values"]]
    return {name: [rounded(value, WHOLE, mode) for value in values] for name, mode in MODES.items()}


def fx_residual(given):
    return {"residual": currency.residual(D(given["usd"]), D(given["cad"]), D(given["rate"]))}


def precision(given):
    exact = Money.of(given["price"], "EUR") * D(given["units"])
    return {"displayed": exact.round().amount, "exact": exact.amount}


def mixed_valuation(given):
    """The lots' cost stands in the case's title only."""
    worth = sum((D(units) * D(price) for units, price in given["lots"]), D(0))
    cost = Money.of(re.search(r"cost ([\d.]+)", given["title"])[1] if "cost" not in given else given["cost"], "EUR")
    value = Money.of(worth, "EUR")
    return {"value": value.round().amount, "cost": cost.amount, "gain": (value - cost).round().amount}


def _rates(rows):
    return [(dt.date.fromisoformat(day), D(rate)) for day, rate in rows]


def rate_on(given):
    days = [None if day is None else dt.date.fromisoformat(day) for day in given["dates"]]
    return {"rates": [currency.rate_on(_rates(given["prices"]), day) for day in days]}


def same_day(given):
    day = dt.date(2026, 11, 20)
    return {"rate": currency.rate_on([(day, D(rate)) for rate in given["prices"]], day)}


def cross_rate(given):
    found = currency.crossed(_rates(given["hoolusd"]), _rates(given["usdcad"]))
    return {"hoolcad": [[str(day), rate] for day, rate in found]}


def no_mixing(given):
    amounts = [Money.of(*text.split()) for text in given["amounts"]]
    return {"total": [f"{money.amount} {money.currency}" for money in currency.added(amounts)]}


def valuation(given):
    prices = _rates(given["prices"])
    postings = [(dt.date.fromisoformat(day), D(1), D(cost.split()[1])) for day, cost in given["postings"]]
    found = {
        "at_cost": currency.running_values(postings, prices, "at_cost"),
        "at_posting_date": currency.running_values(postings, prices, "at_posting_date"),
        "at_period_end_monthly": currency.running_values(postings, prices, "at_period_end"),
        "at_report_end": currency.running_values(postings, prices, "at_report_end"),
    }
    for day, _ in prices:
        found[f"at_{day:%Y_%m_%d}"] = currency.running_values(postings, prices, "at_report_end", at=day)
    return found


def uplift(given):
    found = {}
    for name, row in given["table"].items():
        for stage, text in enumerate(row, 1):
            percent = None if text is None else D(text.rstrip("*").rstrip("%"))
            found[f"{name}_stage{stage}"] = estimates.uplifted(given["estimate"], percent)
    return found


ANSWERS = {
    r"time rounding": time_rounding,
    r"decimal hours": decimal_hours,
    r"T&M amount, exact seconds": amounts,
    r"per-line vs total rounding": line_or_total,
    r"weekday rate factors": factors,
    r"fixed rate entry|cost fallback": entry,
    r"invoice tax on total": tax_on_total,
    r"tax per line": tax_per_line,
    r"per-line vs total tax": tax_both_ways,
    r"billed percentage": billed_percent,
    r"billing and costing": billing_and_costing,
    r"burn rate and runway": burn,
    r"utilization": utilization,
    r"billing realization": realization,
    r"realization on cash": realization_on_cash,
    r"effective collected rate": effective_rate,
    r"DSO": dso,
    r"DSO count-back.*": dso_count_back,
    r"partial payment|credit note after partial payment": allocated,
    r"credit note larger than open part": credit_note_row,
    r"prepayment without invoice": outstanding,
    r"allocation \(largest remainder\)": allocation,
    r"even split": even_split,
    r"rounding modes": rounding_modes,
    r"residual after FX": fx_residual,
    r"precision": precision,
    r"mixed valuation": mixed_valuation,
    r"rate lookup by date": rate_on,
    r"same-day duplicates": same_day,
    r"cross rate": cross_rate,
    r"no mixing": no_mixing,
    r"valuation date conventions": valuation,
    r"reference-class uplift": uplift,
}
