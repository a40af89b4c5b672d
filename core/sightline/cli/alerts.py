"""`sightline alerts`, `digest`, `outbox`: what needs a look, who is told of it, and what became of the telling."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from rich.console import Console

    from sightline.app.alerts import AlertsView
    from sightline.model.alerts import Alert

__all__ = ["alerts", "alerts_line", "digest", "outbox"]

_COLOURS = {"critical": "bold red", "warning": "yellow", "notice": ""}


class _ListByDefault(click.Group):
    """A group whose first command needs no name: `alerts acme` is `alerts list acme`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = next((word for word in args if not word.startswith("-")), None)
        if named not in self.commands and not {"-h", "--help"} & set(args):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListByDefault)
def alerts() -> None:
    """What needs a look, worst first, with what to do. `sightline alerts [PROJECT]` lists; the commands answer."""


@alerts.command("list")
@click.argument("project", required=False)
@click.option("--all", "everything", is_flag=True, help="Also what was acknowledged, snoozed, or is over.")
@click.option("--explain", is_flag=True, help="With what each was judged by: figures, limits, records.")
@click.option("--notices", is_flag=True, help="List notices one by one, too.")
@click.option("--check", is_flag=True, help="Exit code 2 when anything critical stands: for scripts.")
@as_json_option
@click.pass_obj
def list_(
    obj: dict[str, Any],
    project: str | None,
    everything: bool,
    explain: bool,
    notices: bool,
    check: bool,
    as_json: bool,
) -> int:
    """The open alerts of everything or of PROJECT (id or name), worst first, each with a suggested action."""
    from sightline.app.alerts import alerts_view
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = alerts_view(session, project)
    if as_json:
        print_json(_json(view, everything=everything))
    else:
        _show(out(), view, everything=everything, explain=explain, notices=notices or project is not None)
    return 2 if check and view.worst == "critical" else 0


@alerts.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--by", metavar="NAME", help="Who has seen it (default: you).")
@click.option("--reason", metavar="TEXT", help="Why it may rest; kept with it.")
@as_json_option
@click.pass_obj
def ack(obj: dict[str, Any], ids: tuple[str, ...], by: str | None, reason: str | None, as_json: bool) -> None:
    """Seen: quiet until it gets worse. ID may be cut short."""
    from sightline.app.alerts import acknowledge
    from sightline.app.session import Session
    from sightline.cli.deciding import whoever

    with Session.open(obj["workspace"]) as session:
        done = acknowledge(session, ids, whoever(by, reason))
    _told(done, "acknowledged", as_json=as_json)


@alerts.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="2026-11-30.")
@as_json_option
@click.pass_obj
def snooze(obj: dict[str, Any], ids: tuple[str, ...], until: dt.datetime, as_json: bool) -> None:
    """Not now: quiet until DAY, then told again if it still stands. ID may be cut short."""
    from sightline.app import alerts as use
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        done = use.snooze(session, ids, until.date())
    _told(done, f"quiet until {until.date()}", as_json=as_json)


@alerts.command()
@as_json_option
@click.pass_obj
def rules(obj: dict[str, Any], as_json: bool) -> None:
    """Every rule with its limits as they are in force; `[alerts.rules.NAME]` changes them."""
    import dataclasses

    from rich.text import Text

    from sightline.app.alerts import rule_rows
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        rows = rule_rows(session)
    if as_json:
        print_json([dataclasses.asdict(row) for row in rows])
        return
    heads = [("rule", "left"), ("warns of", "left"), ("severity", "left"), ("limits", "left")]
    cells = [
        [
            row.name,
            row.title,
            "off" if row.off else row.severity,
            Text("\n".join(plain(f"{n} = {v}: {t}") for n, v, t in row.limits)),
        ]
        for row in rows
    ]
    out().print(table(None, heads, cells))


def _told(done: Sequence[Alert], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json([_alert_json(alert) for alert in done])
        return
    for alert in done:
        note(f"{alert.id} {what}: {alert.text}")


def _show(console: Console, view: AlertsView, *, everything: bool, explain: bool, notices: bool) -> None:
    from rich.text import Text

    listed = everything or notices
    parts = [("", [one for one in view.open if listed or one.severity != "notice"])]
    if everything:
        parts += [("PUT ASIDE", list(view.quiet)), ("OVER", list(view.closed))]
    console.print(f"ALERTS  as of {view.as_of:%a %d %b %Y %H:%M} UTC", style="bold")
    for title, held in parts:
        if title and held:
            console.print(f"\n{title}", style="bold")
        last = None
        for alert in held:
            if alert.severity != last:
                last = alert.severity
                console.print(Text(f"\n{last}", style=_COLOURS[last]))
            _show_one(console, alert, view, explain=explain)
    if not listed and (small := Counter(one.rule for one in view.open if one.severity == "notice")):
        told = ", ".join(f"{count} {rule}" for rule, count in small.most_common())
        console.print(f"\n{small.total()} notices: {told} (`--notices` lists them)")
    if not view.open:
        console.print("nothing needs a look" if view.read else "nothing was collected yet: run `sightline sync`")
    if view.quiet and not everything:
        console.print(f"\n{len(view.quiet)} put aside (`sightline alerts --all` lists them)")


def _show_one(console: Console, alert: Alert, view: AlertsView, *, explain: bool) -> None:
    from rich.padding import Padding

    where = view.names.get(alert.project or "", alert.project) or "people and sources"
    console.print(Padding(plain(f"{where}: {alert.text}"), (0, 0, 0, 2), expand=False))
    facts = [alert.id, alert.rule]
    facts += [f"since {alert.since}"] if alert.since else [f"seen since {alert.opened_at.date()}"]
    facts += [f"owner {plain(alert.owner)}"] if alert.owner else []
    if alert.acknowledged_at is not None:
        why = f" ({plain(alert.acknowledged_why)})" if alert.acknowledged_why else ""
        facts.append(f"acknowledged by {plain(alert.acknowledged_by)}{why}")
    facts += [f"snoozed until {alert.snoozed_until}"] if alert.snoozed_until else []
    facts += [f"over since {alert.closed_at.date()}"] if alert.closed_at else []
    if alert.action and not alert.closed_at:
        console.print(Padding(plain(f"-> {alert.action}"), (0, 0, 0, 6), expand=False))
    console.print(Padding("  ".join(facts), (0, 0, 0, 6), expand=False), style="dim")
    for one in alert.inputs if explain else ():
        refs = f"  [{', '.join(str(ref) for ref in one.refs[:3])}]" if one.refs else ""
        console.print(Padding(plain(f"{one.label}: {one.value}{refs}"), (0, 0, 0, 10), expand=False))


def _json(view: AlertsView, *, everything: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "as_of": view.as_of,
        "worst": view.worst,
        "alerts": [_alert_json(alert) for alert in view.open],
        "put_aside": len(view.quiet),
    }
    if everything:
        told["quiet"] = [_alert_json(alert) for alert in view.quiet]
        told["closed"] = [_alert_json(alert) for alert in view.closed]
    return told


def _alert_json(alert: Alert) -> dict[str, Any]:
    from msgspec import structs

    own = ("level", "told_level", "told_severity", "inputs")
    told = {name: value for name, value in structs.asdict(alert).items() if name not in own}
    inputs = [{"label": one.label, "value": one.value, "refs": [str(ref) for ref in one.refs]} for one in alert.inputs]
    return {**told, "inputs": inputs}


def alerts_line(counts: Mapping[str, int]) -> str:
    """`2 critical, 5 warnings, 1 notice: sightline alerts`; empty when nothing stands."""
    words = [f"{count} {word}{'s' if count > 1 and word != 'critical' else ''}" for word, count in counts.items()]
    return f"alerts: {', '.join(words)} (`sightline alerts` says what to do)" if words else ""


@click.command()
@click.option("--owner", metavar="NAME", help="Only what this person should act on.")
@click.option(
    "--send", is_flag=True, help="Send the digests of [[notify.digests]] that are due, and what waits besides."
)
@as_json_option
@click.pass_obj
def digest(obj: dict[str, Any], owner: str | None, send: bool, as_json: bool) -> int:
    """All that needs a look, as one message: print it, or --send those that are due."""
    from sightline.app import alerts as use
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if not send:
            text = use.digest(session, owner=owner)
            if as_json:
                print_json({"text": text})
            else:
                click.echo(text)
            return 0
        made, delivery = use.send_digests(session)
    if as_json:
        print_json(
            {
                "digests": made,
                "sent": delivery.sent,
                "waiting": delivery.waiting,
                "dead": delivery.dead,
                "why": delivery.why,
            }
        )
    else:
        note(
            f"{made} digests put out; {delivery.sent} messages sent, {delivery.waiting} wait, {delivery.dead} given up"
        )
        if delivery.why:
            note(f"last reason: {delivery.why}")
    return 2 if delivery.waiting or delivery.dead else 0


@click.command()
@click.option("--retry", "again", is_flag=True, help="Give what was given up another round of tries, and send.")
@click.option("--send", is_flag=True, help="Send what waits and may go now.")
@as_json_option
@click.pass_obj
def outbox(obj: dict[str, Any], again: bool, send: bool, as_json: bool) -> int:
    """What is to be sent and what was, the newest first, with the reason where it could not be."""
    from sightline.app.outbox import deliver_due, retry
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if again:
            note(f"{retry(session)} messages are tried again")
        if again or send:
            deliver_due(session)
        rows = session.store.outbox()
    if as_json:
        names = ("id", "state", "created_at", "due_at", "tries", "tried_at", "sent_at", "why")
        about = ("key", "kind", "channel", "subject")
        print_json([{n: getattr(r, n) for n in names} | {n: getattr(r.message, n) for n in about} for r in rows])
    else:
        heads = [
            ("id", "right"),
            ("state", "left"),
            ("channel", "left"),
            ("subject", "left"),
            ("tries", "right"),
            ("why", "left"),
        ]
        cells = [[r.id, r.state, r.message.channel, r.message.subject, r.tries, r.why] for r in rows]
        out().print(table(None, heads, cells))
    return 2 if any(row.state == "dead" for row in rows) else 0
