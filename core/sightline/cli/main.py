"""`sightline`: finds the command, keeps what it does not need unloaded, and turns every error into one message."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from typing import Any

import click

from sightline._version import __version__

__all__ = ["main"]

#: Command → `module:function` and its line in `--help`. Nothing is imported before it is asked for.
COMMANDS = {
    "demo": ("sightline.cli.demo:demo", "A complete made-up consultancy: vendors, workspace, portfolio, reports."),
    "init": ("sightline.cli.init:init", "New workspace with a commented sightline.toml."),
    "connect": ("sightline.cli.connect:connect", "Ask for what a connector needs, check it, write it down."),
    "check": ("sightline.cli.check:check", "Credentials, permissions and reachability of the sources."),
    "sync": ("sightline.cli.sync:sync", "Collect what is new from the sources."),
    "map": ("sightline.cli.map:map_", "What is not mapped yet: scopes, people, statuses, money; decide it, undo it."),
    "task": ("sightline.cli.task:task", "One task: history, time, and what it is tied to across tools."),
    "status": ("sightline.cli.status:status", "The portfolio, or one project."),
    "why": ("sightline.cli.why:why", "The slip ledger: the reasons that add up to the gap, and what gets it back."),
    "alerts": ("sightline.cli.alerts:alerts", "What needs a look and what to do; `ack`, `snooze`, `rules`."),
    "digest": ("sightline.cli.alerts:digest", "All that needs a look, as one message; --send what is due."),
    "outbox": ("sightline.cli.alerts:outbox", "What is to be sent to people, and what was."),
    "changed": ("sightline.cli.changed:changed", "What changed between two days: tasks, dates, scope, figures."),
    "note": ("sightline.cli.note:note", "What was decided, asked, approved and agreed."),
    "money": ("sightline.cli.money:money", "Earned, invoiced, unbilled, owed, cost, margin; `money reconcile`."),
    "forecast": ("sightline.cli.forecast:forecast", "When projects will be done, as a range, and how often that held."),
    "flow": ("sightline.cli.flow:flow", "Where the work of a project stands still: queues, bottleneck, oldest tasks."),
    "people": ("sightline.cli.people:people", "Who worked how much, on what, and has how much to do."),
    "learn": ("sightline.cli.learn:learn", "What finished work took against its estimates; what to quote next."),
    "plan": ("sightline.cli.plan:plan", "Baselines: make, list, show, compare, approve, import."),
    "chart": ("sightline.cli.chart:chart", "A chart as data or picture: burn-up, workload, health, flow, cycle times."),
    "explain": ("sightline.cli.explain:explain", "The receipt of one figure."),
    "raw": ("sightline.cli.raw:raw", "What the tool sent about one record."),
    "week": ("sightline.cli.week:week", "What needs a person this week: reports, unbilled, overdue, silence."),
    "report": ("sightline.cli.report:report", "Client reports."),
    "templates": ("sightline.cli.templates:templates", "Look over your own templates for reports."),
    "export": ("sightline.cli.export:export", "One table as JSON Lines or CSV."),
    "serve": ("sightline.cli.serve:serve", "The dashboard and the API."),
    "users": ("sightline.cli.users:users", "Who may log in to the dashboard; tokens for programs."),
    "share": ("sightline.cli.users:share", "Links that show a client their own view."),
    "plugins": ("sightline.cli.plugins:plugins", "Installed plug-ins, and what is wrong with broken ones."),
    "sandbox": ("sightline.cli.sandbox:sandbox", "Only the made-up vendors, on this machine."),
    "doctor": ("sightline.cli.doctor:doctor", "Whether everything here is in order."),
    "backup": ("sightline.cli.backup:backup", "A checked copy of the collected data."),
    "restore": ("sightline.cli.backup:restore", "Put a backup back."),
    "schema": ("sightline.cli.schema:schema", "JSON Schema of sightline.toml."),
}

USAGE, FAILED, PARTIAL = 64, 1, 2


class _Commands(click.Group):
    """The built-in commands, loaded when used; then those that plug-ins add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(_plugin_commands())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        return _plugin_commands().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            import difflib

            close = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean `sightline {close[0]}`?" if close else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, line) for name, (_place, line) in COMMANDS.items()]
        rows += [(name, command.get_short_help_str(80)) for name, command in sorted(_plugin_commands().items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugin_commands() -> dict[str, click.Command]:
    from sightline.plugins.registry import load

    return dict(load(tables=("commands",), reserved_commands=COMMANDS).commands)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sightline", message="%(prog)s %(version)s")
@click.option(
    "--workspace", metavar="DIR", help="The workspace's folder (default: here or the nearest parent that has one)."
)
@click.option(
    "--debug", is_flag=True, help="Write a trace of what went wrong to .sightline/debug.log, secrets removed."
)
@click.pass_context
def cli(ctx: click.Context, workspace: str | None, debug: bool) -> None:
    """One true view of projects, tasks, time and money from the tools your team already uses."""
    from sightline.cli.trouble import keep_logs

    ctx.obj |= {"workspace": workspace, "debug": debug}
    keep_logs(workspace, debug=debug)


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 could not do it, 2 done in part, 64 wrong usage."""
    code = _run(sys.argv[1:] if args is None else args)
    collecting = sys.modules.get("sightline.collect.run")
    if collecting is not None and collecting.was_left_behind():
        # A thread hangs in a plug-in; an orderly end would wait for it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _hoisted(args: list[str]) -> list[str]:
    """`sightline sync --debug` means `sightline --debug sync`: the two options that every command has, to the front."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            return [*front, *rest, word, *words]
        if word == "--debug" or word.startswith("--workspace="):
            front.append(word)
        elif word == "--workspace":
            front += [word, *itertools.islice(words, 1)]
        else:
            rest.append(word)
    return [*front, *rest]


def _run(args: list[str]) -> int:  # noqa: PLR0911 - one return per way to end
    said: dict[str, Any] = {"workspace": None, "debug": False}
    try:
        result: Any = cli.main(_hoisted(args), prog_name="sightline", standalone_mode=False, obj=said)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return FAILED
    except BrokenPipeError:
        # `sightline export … | head`: the reader has enough.
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        from sightline.cli.trouble import show

        return show(error, debug=said["debug"], workspace=said["workspace"])
    return result if isinstance(result, int) else 0
