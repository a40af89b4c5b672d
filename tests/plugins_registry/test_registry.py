"""A broken plug-in is one readable line; every other plug-in works. One that works brings what its hooks return."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from sightline.errors import ConfigError
from sightline.plugins.registry import Registry, load

from .examples import GOOD

METRIC = """
from sightline.sdk import Metric, hookimpl
class Speed(Metric):
    name, title, unit, source = "speed", "Speed", "h", "a book"
    def measure(self, facts): return []
"""

#: What is broken → (source of the plug-in, what its line must say).
BROKEN = {
    "missing module": ("import no_such_library", "the module no_such_library is missing. Install it"),
    "syntax error": ("def (", "SyntaxError"),
    "misspelt hook": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_conectors(): return []",
        "there is no hook sightline_conectors. Did you mean sightline_connectors?",
    ),
    "hook without its mark": (
        "def sightline_metrics(): return []",
        "sightline_metrics is not marked as a hook. Put @hookimpl above it.",
    ),
    "hook with an argument": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_metrics(app): return []",
        "a hook has the wrong arguments",
    ),
    "hook that wraps others": (
        "from sightline.sdk import hookimpl\n@hookimpl(wrapper=True)\ndef sightline_metrics():\n    yield\n    return []",
        "sightline_metrics is a wrapper",
    ),
    "raising hook": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_metrics(): raise ValueError('no\\nluck \\x1b[31m')",
        "it raised ValueError: no luck [31m in bad_plugin.py, line 3.",
    ),
    "returns text": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_metrics(): return 'speed'",
        "sightline_metrics returned str. Return a list of metrics.",
    ),
    "returns None": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_metrics(): return None",
        "sightline_metrics returned None. Return a list",
    ),
    "generator that raises late": (
        METRIC + "@hookimpl\ndef sightline_metrics():\n    yield Speed\n    raise OSError('late')",
        "it raised OSError: late in bad_plugin.py",
    ),
    "generator without an end": (
        METRIC + "@hookimpl\ndef sightline_metrics():\n    while True: yield Speed",
        "sightline_metrics returned more than 1000 things",
    ),
    "an object for a class": (
        METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed()]",
        "returned object of type Speed, not a class made from Metric",
    ),
    "a class of the wrong base": (
        METRIC + "@hookimpl\ndef sightline_sinks(): return [Speed]",
        "sightline_sinks returned class Speed, not a class made from Sink",
    ),
    "foreign seam": ("SIGHTLINE_SEAM = '2'", "it was written for seam version 2, this Sightline has 1"),
    "SystemExit": ("raise SystemExit(3)", "it raised SystemExit: 3 in bad_plugin.py, line 1"),
    "metric without a name": (
        METRIC + "    name = None\n@hookimpl\ndef sightline_metrics(): return [Speed]",
        'metric Speed lacks `name`. Give the class `name = "…"`.',
    ),
    "metric that measures nothing": (
        METRIC.replace("measure", "measured") + "@hookimpl\ndef sightline_metrics(): return [Speed]",
        "metric Speed does not write `measure`",
    ),
    "name of the wrong form": (
        METRIC + "    name = 'Speed!'\n@hookimpl\ndef sightline_metrics(): return [Speed]",
        "metric Speed: its name is not of the form a-z 0-9 _",
    ),
    "one name twice in one plug-in": (
        METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed, Speed]",
        "metric 'speed' is claimed by bad and by bad",
    ),
    "connector without settings": (
        GOOD.replace('"acme_tool", "Acme Tool", Settings', '"acme_tool", "Acme Tool", None'),
        "connector Tool lacks `settings`",
    ),
    "setting without a description": (
        GOOD.replace("class Tool", "class Own(Settings):\n    token: str\n\nclass Tool").replace(
            '"Acme Tool", Settings', '"Acme Tool", Own'
        ),
        "connector Tool: setting `token` has no description",
    ),
    "relative template folder": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_templates(): return ['templates']",
        "sightline_templates: a path is not an absolute one of a folder",
    ),
    "command that is a function": (
        "from sightline.sdk import hookimpl\n@hookimpl\ndef sightline_commands(): return [print]",
        "sightline_commands returned object of type builtin_function_or_method",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_one_line_and_the_others_work(case, install):
    code, said = BROKEN[case]
    install("bad", code)
    install("good", GOOD)

    registry = load()

    assert [broken.name for broken in registry.broken] == ["bad"]
    line = registry.broken[0].line
    assert line.startswith("plug-in bad 1.2 (sightline-bad: bad_plugin) is left out: ")
    assert said in line
    assert line.isprintable()
    assert "Traceback" not in line
    assert len(line) <= 600
    assert "acme_tool" in registry.connectors
    assert "speed" not in registry.metrics
    assert "good" in {plugin.name for plugin in registry.plugins}


def test_an_entry_point_whose_module_does_not_exist_is_one_line(install):
    install("ghost", None)

    assert "the module ghost_plugin is missing" in load().broken[0].line


def test_every_hook_brings_its_things_into_its_own_table(install):
    install("good", GOOD)

    registry = load()

    assert registry.broken == []
    assert registry.connectors["acme_tool"].title == "Acme Tool"
    assert registry.metrics["acme_age"].unit == "d"
    assert registry.alert_rules["acme_quiet"].title == "Nothing happens"
    assert registry.sections["acme_letter"].order == registry.sections["acme_inside"].order == 500
    assert registry.notifiers["acme_bell"].__name__ == "Bell"
    assert registry.sinks["acme_tape"].suffix == ".tape"
    assert len(registry.templates) == 1
    assert registry.commands["acme-ring"].name == "acme-ring"
    info = next(plugin for plugin in registry.plugins if plugin.name == "good")
    assert (info.version, info.origin) == ("1.2", "sightline-good: good_plugin")
    assert info.adds[0] == "connector acme_tool"
    assert registry.owners["sinks", "acme_tape"] == "good"


def test_two_plugins_with_one_name_are_both_named_and_neither_hides_the_other(install):
    install("alpha", METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed]")
    install("beta", METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed]")

    registry = load()

    assert registry.metrics["speed"].__module__ == "alpha_plugin"
    assert [broken.name for broken in registry.broken] == ["beta"]
    assert "metric 'speed' is claimed by alpha and by beta. Rename one" in registry.broken[0].line


def test_a_stranger_cannot_take_a_name_from_sightline_itself(install):
    install("aaa", GOOD.replace('"acme_tool"', '"git"'))

    registry = load()

    assert registry.connectors["git"].__module__.startswith("sightline_git")
    assert "connector 'git' is claimed by git and by aaa" in registry.broken[0].line


def test_two_distributions_may_use_one_entry_point_name(install):
    install("one", METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed]", point="same")
    install(
        "two", METRIC.replace('"speed"', '"pace"') + "@hookimpl\ndef sightline_metrics(): return [Speed]", point="same"
    )

    assert {"speed", "pace"} <= set(load().metrics)


def test_a_plugin_is_taken_whole_or_not_at_all(install):
    install(
        "bad", METRIC + "@hookimpl\ndef sightline_metrics(): return [Speed]\n@hookimpl\ndef sightline_sinks(): return 7"
    )

    registry = load()

    assert "speed" not in registry.metrics
    assert "sightline_sinks returned int" in registry.broken[0].line


def test_ctrl_c_while_plugins_load_is_not_swallowed(install):
    install("slow", "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(1)")

    with pytest.raises(KeyboardInterrupt):
        load()


def test_a_plugin_that_raises_what_ctrl_c_raises_is_left_out_like_any_other(install):
    install("bad", "raise KeyboardInterrupt")
    handler = signal.getsignal(signal.SIGINT)

    registry = load()

    assert "it raised KeyboardInterrupt" in registry.broken[0].line
    assert "git" in registry.connectors
    assert signal.getsignal(signal.SIGINT) is handler


def test_what_a_plugin_prints_while_it_loads_stays_off_stdout(install, capsys):
    install("loud", "print('hello')")
    load()

    assert capsys.readouterr().out == ""


def test_a_command_of_sightline_itself_cannot_be_taken(install):
    install("good", GOOD)

    registry = load(reserved_commands=["acme-ring"])

    assert "command 'acme-ring' is claimed by sightline itself and by good" in registry.broken[0].line


def test_modules_can_be_passed_in_without_being_installed():
    class Module:
        SIGHTLINE_SEAM = "0"

    registry = load({"mine": Module()})

    assert registry.plugins == []
    assert registry.broken[0].line.startswith(
        "plug-in mine (passed in: Module) is left out: it was written for seam version 0"
    )


def test_the_built_in_plugins_are_all_in_use():
    registry = load()

    assert registry.broken == []
    assert {"git", "github", "jira", "trello", "xero"} <= {plugin.name for plugin in registry.plugins}


def test_an_unknown_connector_is_told_with_the_nearest_name(install):
    install("good", GOOD)

    with pytest.raises(ConfigError) as raised:
        load().connector("acme_tol", where="sources.shop")

    assert str(raised.value) == "sources.shop: there is no connector 'acme_tol'. Did you mean 'acme_tool'?"


def test_a_connector_of_a_broken_plugin_is_told_with_the_reason(install):
    install("acme", "import no_such_library")

    with pytest.raises(ConfigError, match="the module no_such_library is missing"):
        load().connector("acme", where="sources.shop")


def test_an_empty_registry_names_nothing():
    with pytest.raises(ConfigError, match="no connector"):
        Registry().connector("jira", where="sources.shop")


def test_asking_for_commands_alone_imports_nothing_heavy():
    code = (
        "import sys, sightline_git; from sightline.plugins.registry import load;"
        "load({'git': sightline_git}, tables=('commands',));"
        "print([m for m in ('pydantic', 'httpx', 'sqlalchemy', 'msgspec', 'rich', 'jinja2') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
