"""`sightline alerts`, `digest` and `outbox` as they are typed, over the made-up consultancy."""

from __future__ import annotations


def test_alerts_are_listed_worst_first_with_what_they_were_judged_by(whole):
    told = whole.run("alerts", "--json").json
    order = [one["severity"] for one in told["alerts"]]
    invoice = next(one for one in told["alerts"] if "INV-0412" in one["text"])

    assert order == sorted(order, key=["critical", "warning", "notice"].index)
    assert (invoice["project"], invoice["rule"], invoice["since"]) == ("acme_website", "invoice_overdue", "2026-11-02")
    assert [one["label"] for one in invoice["inputs"]] == ["open", "due"]
    assert invoice["action"]


def test_the_list_names_ids_and_what_to_do_and_check_is_for_scripts(whole):
    told = whole.run("alerts", "acme_website", "--explain")

    assert told.code == 0
    assert "invoice INV-0412 is" in told.out
    assert "-> Remind the client" in told.out
    assert whole.run("alerts", "--check").code == 2
    assert whole.run("alerts", "cedar_care", "--check", "--json").json["worst"] != "critical"


def test_an_alert_that_is_not_there_is_told_plainly(whole):
    told = whole.run("alerts", "ack", "zzzzzz")

    assert (told.code, told.out) == (1, "")
    assert "there is no such alert: 'zzzzzz'" in told.err


def test_rules_digest_and_outbox_print_what_there_is(whole):
    rules = {one["name"]: one for one in whole.run("alerts", "rules", "--json").json}

    assert rules["thresholds"]["limits"][0][:2] == ["percent", "50, 75, 90, 100"]
    assert "x0a" not in whole.run("alerts", "rules").out
    assert "WEBSITE REBUILD" in whole.run("digest").out
    assert whole.run("outbox", "--json").json == []
    assert "alerts: " in whole.run("status").out
