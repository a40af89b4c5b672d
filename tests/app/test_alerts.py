"""Alerts from a workspace to the people they concern: rules asked, kept, told by mail and hook, put aside, summed up."""

from __future__ import annotations

import datetime as dt
import shutil
from types import SimpleNamespace

import pytest

from app.mailbox import mail_server, web_hook
from app.mapped import NOW, opened
from sightline.app.alerting import judge_practice
from sightline.app.alerts import acknowledge, alerts_view, digest, rule_rows, snooze
from sightline.app.deciding import By
from sightline.app.measuring import measure_workspace, source_states
from sightline.app.outbox import deliver_due, put_out, retry
from sightline.app.routing import due_digests, may_go_at, put_out_digests
from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.errors import ConfigError
from sightline.model.outbox import Attachment, Message
from sightline.plugins.registry import load
from sightline.store.runs import SourceRun

LATER = dt.timedelta(days=1)


def ring(session, text=""):
    """The same workspace with more settings, opened again."""
    path = session.workspace.root / "sightline.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    session.store.close()
    return Session.open(session.workspace.root, clock=Clock(now=lambda: NOW))


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alerts") / "w"
    opened(folder).store.close()
    return folder


@pytest.fixture
def session(collected, tmp_path):
    shutil.copytree(collected, tmp_path / "w")
    with Session.open(tmp_path / "w", clock=Clock(now=lambda: NOW)) as made:
        yield made


def rules(view):
    return {(one.project, one.rule) for one in view.open}


def test_alerts_follow_from_measuring_and_stay_the_same_when_asked_again(session):
    first = alerts_view(session)
    again = alerts_view(session)
    measure_workspace(session)
    third = alerts_view(session)

    assert ("web", "unknown_status") not in rules(first)
    assert (None, "unmapped_people") in rules(first)
    assert [one.id for one in first.open] == [one.id for one in again.open] == [one.id for one in third.open]
    assert {one.times for one in third.open} == {1}


def test_what_a_person_says_of_an_alert_is_kept(session):
    one, two = alerts_view(session).open[:2]

    acknowledge(session, [one.id[:6]], By("Ann", "known"))
    snooze(session, [two.id], dt.date(2026, 11, 27))
    view = alerts_view(session)

    assert {a.id for a in view.quiet} == {one.id, two.id}
    assert [(a.acknowledged_by, a.acknowledged_why) for a in view.quiet if a.id == one.id] == [("Ann", "known")]
    with pytest.raises(ConfigError, match="not to come"):
        snooze(session, [two.id], dt.date(2026, 11, 20))
    with pytest.raises(ConfigError, match="no such alert"):
        acknowledge(session, ["zzzz"], By("Ann"))


def test_a_rule_is_switched_off_or_set_for_one_project(session):
    assert (None, "unmapped_people") in rules(alerts_view(session))

    session = ring(
        session,
        "\n[alerts.rules.unmapped_people]\noff = true\n"
        '[alerts.projects.web]\nowner = "Tom Reed"\n'
        '[alerts.projects.web.rules.no_owner]\nseverity = "critical"\nlimits = {days_ahead = 3}\n',
    )
    view = alerts_view(session)
    row = next(one for one in rule_rows(session) if one.name == "unmapped_people")

    assert (None, "unmapped_people") not in rules(view)
    assert [one.rule for one in view.closed] == ["unmapped_people"]
    assert row.off is True
    assert {one.owner for one in view.open if one.project == "web"} <= {"Tom Reed", "Maria Lind"}


def test_an_unknown_rule_or_limit_is_refused_with_the_nearest(session):
    session = ring(session, "\n[alerts.rules.overdu]\noff = true\n[alerts.rules.waiting]\nlimits = {day = 3}\n")

    with pytest.raises(ConfigError) as error:
        measure_workspace(session)

    assert "there is no alert rule 'overdu'; did you mean 'overdue'?" in error.value.what.replace("Did", "did")
    assert "alerts.rules.waiting.limits.day: there is no limit 'day'" in error.value.what


STRANGER = """
from sightline.sdk import AlertRule, Finding, hookimpl

class Fine(AlertRule):
    name, title = "acme_fine", "Many tasks"
    def check(self, facts, figures):
        yield f"{facts.project.name} has {len(facts.tasks)} tasks"

class Breaks(AlertRule):
    name, title = "acme_breaks", "Breaks"
    def check(self, facts, figures):
        yield Finding(text="never seen")
        raise RuntimeError("secret of a client")

@hookimpl
def sightline_alert_rules():
    return [Fine, Breaks]
"""


def test_a_strangers_rule_counts_and_one_that_raises_costs_only_itself(session):
    module = SimpleNamespace()
    exec(STRANGER, module.__dict__)
    session.given = load({"acme": module})

    view = alerts_view(session, "web")

    assert {(one.rule, one.text) for one in view.open} == {
        ("acme_fine", "Website has 2 tasks"),
        ("broken_rule", "The alert rule acme_breaks of builtins is broken: it raised RuntimeError"),
    }


def test_a_source_that_fails_is_told_though_nothing_was_measured(session):
    measure_workspace(session)
    run = session.store.begin_run(NOW)
    session.store.log_source(
        run, SourceRun(source="git", status="failed", started_at=NOW, finished_at=NOW, reason="HTTP 401")
    )

    judge_practice(session, source_states(session, session.workspace.sources), None)

    view = alerts_view(session)
    assert "git is failed: HTTP 401; it feeds Website" in {one.text for one in view.open}
    # People were not looked at this time: what was known of them stands.
    assert (None, "unmapped_people") in rules(view)


def channels(mail, hook):
    return f"""
[notify.channels.team]
via = "email"
host = "127.0.0.1"
port = {mail.port}
tls = "none"
from = "Sightline <sightline@n.example>"
to = ["pm@n.example", "lead@n.example"]

[notify.channels.chat]
via = "webhook"
url = "http://127.0.0.1:{hook.port}/services/T0/B0?sig=secret"

[[notify.routes]]
to = "team"
rule = "unmapped_people"

[[notify.routes]]
to = "chat"
severity = "notice"
project = "web"
"""


def test_alerts_go_out_by_real_smtp_and_http_once(session):
    with mail_server() as mail, web_hook() as hook:
        session = ring(session, channels(mail, hook))
        measure_workspace(session)
        first = deliver_due(session)
        measure_workspace(session)
        second = deliver_due(session)

    ((letter, recipients),) = mail.held
    assert (first.sent, first.dead, second.sent) == (1 + len(hook.held), 0, 0)
    assert letter["Subject"].startswith("[warning] Workspace: ")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert recipients == ["pm@n.example", "lead@n.example"]
    assert "sightline alerts ack" in letter.get_body().get_content()
    assert hook.held
    assert all(
        "Website: " in body["text"] and headers["Idempotency-Key"].startswith("alert:") for body, headers in hook.held
    )


def message(key="k1", channel="team", **more):
    return Message(key=key, kind="report", channel=channel, subject="Week 47", text="All well", **more)


def test_a_letter_carries_html_attachments_and_its_own_recipients(session):
    with mail_server() as mail, web_hook() as hook:
        session = ring(session, channels(mail, hook))
        file = Attachment(name="week.pdf", media_type="application/pdf", content=b"%PDF")
        put_out(session, [message(html="<p>All well</p>", recipients=("hale@acme.example",), attachments=(file,))])
        put_out(session, [message(html="<p>another of the same key</p>")])
        deliver_due(session)

    ((letter, recipients),) = mail.held
    assert recipients == ["hale@acme.example"]
    assert letter.get_body(("html",)).get_content().strip() == "<p>All well</p>"
    assert [(part.get_filename(), part.get_content()) for part in letter.iter_attachments()] == [("week.pdf", b"%PDF")]


def test_what_a_server_puts_off_is_tried_again_later_with_the_same_id(session):
    with mail_server() as mail, web_hook() as hook:
        session = ring(session, channels(mail, hook))
        mail.answers += [451]
        hook.answers += [503, 429]
        put_out(session, [message("k1"), message("k2", "chat")])
        first, at_once = deliver_due(session), deliver_due(session)
        session.clock = Clock(now=lambda: NOW + dt.timedelta(minutes=2))
        second = deliver_due(session)
        session.clock = Clock(now=lambda: NOW + dt.timedelta(hours=1))
        third = deliver_due(session)

    assert [(one.sent, one.waiting, one.dead) for one in (first, at_once, second, third)] == [
        (0, 2, 0), (0, 0, 0), (1, 1, 0), (1, 0, 0),
    ]  # fmt: skip
    assert len(mail.held) == len(hook.held) == 1


def test_what_can_never_go_is_dead_with_its_reason_until_somebody_tries_again(session):
    with mail_server() as mail, web_hook() as hook:
        session = ring(session, channels(mail, hook) + "\n[notify.channels.bell]\nvia = 'acme_bel'\n")
        hook.answers += [404]
        put_out(session, [message("k1", "chat"), message("k2", "bell")])
        deliver_due(session)
        dead = {one.message.key: one.why for one in session.store.outbox("dead")}
        retry(session, [one.id for one in session.store.outbox() if one.message.key == "k1"])
        again = deliver_due(session)

    assert dead["k1"].startswith("HTTP 404: the hook is gone")
    assert "there is no notifier 'acme_bel'" in dead["k2"]
    assert "secret" not in repr(dead)
    assert again.sent == len(hook.held) == 1


def test_after_its_last_try_a_message_is_given_up(session):
    with web_hook() as hook, mail_server() as mail:
        session = ring(session, channels(mail, hook) + "\n[notify]\ntries = 2\n")
        hook.answers += [500, 500]
        put_out(session, [message("k1", "chat")])
        deliver_due(session)
        session.clock = Clock(now=lambda: NOW + LATER)
        last = deliver_due(session)

    assert (last.dead, last.why) == (1, "given up after 2 tries: the receiver did not take it: HTTP 500")


def test_a_process_that_dies_while_it_sends_leaves_the_message_to_the_next(session):
    session = ring(session, "\n[notify.channels.team]\nvia = 'email'\n")
    put_out(session, [message()])
    (waiting,) = session.store.due_in_outbox(NOW)
    mine = session.store.take_from_outbox(waiting.id, NOW, NOW + dt.timedelta(minutes=10))
    theirs = session.store.take_from_outbox(waiting.id, NOW, NOW + dt.timedelta(minutes=10))

    assert (mine, theirs) == (True, False)
    assert session.store.due_in_outbox(NOW + dt.timedelta(minutes=9)) == []
    assert [one.tries for one in session.store.due_in_outbox(NOW + dt.timedelta(minutes=10))] == [1]


def test_mail_goes_unencrypted_to_this_machine_only(session):
    session = ring(
        session,
        "\n[notify.channels.team]\nvia = 'email'\nhost = 'mail.example'\ntls = 'none'\nfrom = 'a@b.example'\nto = 'c@d.example'\n",
    )
    put_out(session, [message()])

    assert deliver_due(session).why == "mail may go unencrypted only to this machine. Set tls = starttls."


QUIET = "\n[notify]\nquiet_from = '20:00'\nquiet_to = '07:30'\n"


@pytest.mark.parametrize(
    ("now", "goes"),
    [("2026-11-20T09:00", "2026-11-20T09:00"), ("2026-11-20T21:00", "2026-11-21T07:30"), ("2026-11-21T06:00", "2026-11-21T07:30")],
)  # fmt: skip
def test_quiet_hours_hold_messages_until_they_end(session, now, goes):
    notify = ring(session, QUIET).workspace.notify

    found = may_go_at(notify, dt.datetime.fromisoformat(f"{now}:00+00:00"), dt.UTC)

    assert found == dt.datetime.fromisoformat(f"{goes}:00+00:00")


DIGESTS = """
[notify.channels.team]
via = "email"
[[notify.digests]]
to = "team"
at = "08:00"
[[notify.digests]]
to = "team"
every = "week"
weekday = "fri"
owner = "Maria Lind"
[[notify.digests]]
to = "team"
at = "23:00"
client = "acme"
"""


def test_each_digest_is_put_out_once_in_its_period(session):
    session = ring(session, DIGESTS)
    measure_workspace(session)

    keys = [one.key for one, _ in due_digests(session, NOW)]
    made, again = put_out_digests(session), put_out_digests(session)

    assert keys == ["digest:team:day:0:2026-11-20", "digest:team:week:Maria Lind:2026-W47"]
    assert (made, again) == (2, 0)
    # Saturday is no working day; the week's goes once a week.
    assert due_digests(session, NOW + LATER) == []


def test_the_digest_tells_what_stands_worst_first_and_nothing_put_aside(session):
    view = alerts_view(session)
    acknowledge(session, [one.id for one in view.open if one.rule == "unmapped_people"], By("Ann"))

    text = digest(session)

    assert text.splitlines()[0].startswith("Workspace: what needs a look, Fri 20 Nov 2026: ")
    assert "WEBSITE" in text
    assert "belong to nobody" not in text


def test_a_route_to_no_channel_is_refused(session):
    with pytest.raises(ConfigError, match=r"notify.routes\[0\].to: there is no channel 'nowhere'"):
        ring(session, "\n[[notify.routes]]\nto = 'nowhere'\n")


def test_without_any_reading_no_alert_means_nothing(session, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "sightline.toml").write_text('[workspace]\nname = "New"\n', "utf-8")
    with Session.open(tmp_path / "new", clock=Clock(now=lambda: NOW)) as new:
        view = alerts_view(new)

    assert (view.open, view.read) == ((), False)
    assert alerts_view(session).read
