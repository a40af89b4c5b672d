"""`sightline doctor`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, out, plain, print_json

if TYPE_CHECKING:
    from sightline.app.doctor import Finding

__all__ = ["doctor"]

_STYLE = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command()
@as_json_option
@click.pass_obj
def doctor(obj: dict[str, Any], as_json: bool) -> int:
    """Whether everything here is in order: installation, workspace file, database, file modes, secrets, disk, clock, what each source's last run said. Asks no source: that is `sightline check`.

    Exit code 0: all in order; 2: warnings only; 1: something is broken.
    """
    from sightline.app.doctor import as_json as told
    from sightline.app.doctor import doctor as run

    found = []
    for finding in run(obj["workspace"]):
        found.append(finding)
        if not as_json:
            _show(finding)
    levels = Counter(finding.level for finding in found)
    status = "problem" if levels["problem"] else "warning" if levels["warning"] else "ok"
    if as_json:
        print_json({"status": status, "findings": [told(finding) for finding in found]})
    else:
        out().print(f"{levels['problem']} problems, {levels['warning']} warnings, {levels['ok']} in order")
    return {"ok": 0, "warning": 2, "problem": 1}[status]


def _show(finding: Finding) -> None:
    console = out()
    console.print(f"{finding.level:<8}", style=_STYLE[finding.level], end="")
    console.print(f" {plain(finding.about)}: {plain(finding.says)}", soft_wrap=True)
    if finding.mend:
        console.print(f"         {plain(finding.mend)}", soft_wrap=True)
