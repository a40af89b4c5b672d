"""How an error reaches a user."""

from __future__ import annotations

from sightline.cli.trouble import show
from sightline.errors import ConfigError


def test_an_error_of_several_lines_is_told_line_by_line_and_none_can_pass_for_ours(capsys):
    show(ConfigError("line 2: no day\nmend:  \x1b[2Jforged", where="plan.csv", mend="Mend these lines."), debug=False)

    assert capsys.readouterr().err.splitlines() == [
        "error: line 2: no day",
        "       mend:  \\x1b[2Jforged",
        "where: plan.csv",
        "mend:  Mend these lines.",
    ]
