"""What the documentation says about commands, settings, tables and figures, made from the code. `make docs` writes it.

A page holds blocks between `<!-- made: NAME -->` and `<!-- end -->`; everything outside them is written by people.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import typing
from collections.abc import Callable, Container, Iterator
from pathlib import Path

import click
from pydantic import BaseModel

from sightline.cli.main import COMMANDS, cli
from sightline.collect.connector import Settings
from sightline.config.file import SettingsFile
from sightline.extend import Metric
from sightline.plugins.registry import load
from sightline.store.exports import EXPORTS

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(<!-- made: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(heads: str, rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    names = heads.split(" · ")
    lines = [names, ["---"] * len(names), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def commands_in_short() -> str:
    """One line each."""
    return table("command · what it does", [(f"`sightline {name}`", line) for name, (_, line) in COMMANDS.items()])


def commands() -> str:
    """Every command with its arguments and options, as `--help` tells them."""
    context = click.Context(cli, info_name="sightline")
    parts = [_options("sightline", cli, context)]
    parts += [part for name in COMMANDS for part in _command(f"sightline {name}", cli.get_command(context, name))]
    return "\n".join(parts)


def _command(name: str, command: click.Command | None) -> Iterator[str]:
    assert command is not None
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"### `{name} {usage}`\n\n{_prose(command.help or '')}\n\n{_options(name, command, context)}"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from _command(f"{name} {child}", command.get_command(context, child))


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _options(name: str, command: click.Command, context: click.Context) -> str:
    records = [p.get_help_record(context) for p in command.get_params(context)]
    rows = [
        (f"`{' '.join(r[0].split())}`", " ".join(r[1].split())) for r in records if r and r[1] and "--help" not in r[0]
    ]
    return table(f"option of `{name}` · meaning", rows) if rows else ""


def settings() -> str:
    """Every table and key of sightline.toml."""
    seen: list[type[BaseModel]] = []
    parts = []
    queue: list[type[BaseModel]] = [SettingsFile]
    while queue:
        model = queue.pop(0)
        if model in seen:
            continue
        seen.append(model)
        parts.append(f"**{_sentence(model.__doc__)}**\n\n{_keys(model)}")
        queue += [inner for field in model.model_fields.values() for inner in _models(field.annotation)]
    parts.append(f"**`[sources.NAME]`, the same for every connector.** `connector` names it.\n\n{_keys(Settings)}")
    return "\n".join(parts)


def settings_of(connector: str) -> str:
    """A connector's own settings; those that all connectors share stand with the workspace's."""
    return _keys(load().connectors[connector].settings, without=set(Settings.model_fields))


def _models(kind: typing.Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in typing.get_args(kind):
        yield from _models(inner)


def _keys(model: type[BaseModel], *, without: Container[str] = ()) -> str:
    rows = [
        (f"`{field.alias or name}`", _default(field), field.description or "")
        for name, field in model.model_fields.items()
        if name not in without
    ]
    return table("key · default · meaning", rows)


def _default(field: typing.Any) -> str:
    if field.is_required():
        return "(needed)"
    if field.default_factory or field.default in (None, ()):
        return ""
    return f"`{', '.join(field.default) if isinstance(field.default, tuple) else field.default}`"


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split("\n\n", maxsplit=1)[0].split())


def tables() -> str:
    """Every export table with its columns."""
    return table(
        "table · columns · narrowed by",
        [
            (
                f"`{name}`",
                " ".join(f"`{column}`" for column in export.columns),
                ", ".join(flag for flag, by in (("`--source`", export.source), ("`--project`", export.project)) if by is not None),
            )
            for name, export in ((name, build()) for name, build in EXPORTS.items())
        ],
    )  # fmt: skip


def figures() -> str:
    """Every figure that is built in, with its definition."""
    return table(
        "figure · title · unit · what it gives · definition from",
        [
            (", ".join(f"`{n}`" for n in named(metric)), metric.title, metric.unit, _sentence(metric.__doc__), metric.source)
            for metric in load().metrics.values()
        ],
    )  # fmt: skip


def alert_rules() -> str:
    """Every alert rule that is built in, with its limits."""
    rows = []
    for name, rule in load().alert_rules.items():
        limits = [f"`{one.name}` = {_numbers(one.default)}: {one.text}" for one in rule.limits]
        rows.append((f"`{name}`", _sentence(rule.__doc__), rule.severity, "; ".join(limits)))
    return table("rule · warns when · severity · limits, their defaults", rows)


def _numbers(default: typing.Any) -> str:
    return ", ".join(f"{one:f}" for one in default) if isinstance(default, tuple) else f"{default:f}"


def named(metric: type[Metric]) -> list[str]:
    """The names of all figures that a metric gives: its own, and those it gives beside it."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(metric).strip())) if isinstance(node, ast.Call)]
    words = [word for call in calls for word in call.keywords if word.arg == "name"]
    return [metric.name, *(word.value.value for word in words if isinstance(word.value, ast.Constant))]


#: What may stand in a page.
MADE: dict[str, Callable[[], str]] = {
    "commands": commands,
    "commands in short": commands_in_short,
    "settings": settings,
    "tables": tables,
    "figures": figures,
    "alert rules": alert_rules,
}
MADE |= {f"settings of {name}": functools.partial(settings_of, name) for name in load().connectors}
PAGES = {
    "README.md": ["commands in short"],
    "core/sightline/cli/README.md": ["commands"],
    "core/sightline/config/README.md": ["settings"],
    "core/sightline/store/README.md": ["tables"],
    "core/sightline/measure/README.md": ["figures", "alert rules"],
}
PAGES |= {
    f"plugins/{path.name}/README.md": [f"settings of {path.name}"]
    for path in (ROOT / "plugins").iterdir()
    if path.is_dir()
}


def made(page: str) -> str:
    """The page as it should be."""
    text = (ROOT / page).read_text("utf-8")
    return BLOCK.sub(lambda found: f"{found[1]}\n{MADE[found[2]]()}\n{found[3]}", text)


def write() -> None:
    """Bring every page up to date."""
    for page in PAGES:
        (ROOT / page).write_text(made(page), "utf-8")
