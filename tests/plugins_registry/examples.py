"""A stranger's plug-in that uses every hook, as source text."""

GOOD = """
import os
import click
from sightline.sdk import (
    AlertRule, ClientSection, Connector, InternalSection, Metric, Notifier, Settings, Sink, WorkspaceRule,
    hookimpl,
)

SIGHTLINE_SEAM = "1"

class Tool(Connector):
    name, title, settings = "acme_tool", "Acme Tool", Settings
    def check(self, fetch): ...
    def scopes(self, fetch, access): ...
    def streams(self, access): ...

class Age(Metric):
    name, title, unit, source = "acme_age", "Age", "d", "Acme handbook"
    def measure(self, facts): return []

class Quiet(AlertRule):
    name, title = "acme_quiet", "Nothing happens"
    def check(self, facts, figures): return []

class Far(WorkspaceRule):
    name, title = "acme_far", "Far away"
    def check(self, whole): return []

class Letter(ClientSection):
    name, title = "acme_letter", "A letter"
    def content(self, facts): return None

class Secrets(InternalSection):
    name, title = "acme_inside", "Inside"
    def content(self, facts, figures): return None

class Bell(Notifier):
    name = "acme_bell"
    def send(self, subject, text, settings): ...

class Tape(Sink):
    name, suffix = "acme_tape", ".tape"
    def write(self, table, columns, rows, path): return 0

@click.command("acme-ring")
def ring(): ...

@hookimpl
def sightline_connectors(): return [Tool]
@hookimpl
def sightline_metrics(): return [Age]
@hookimpl
def sightline_alert_rules(): return [Quiet, Far]
@hookimpl
def sightline_report_sections(): return [Letter, Secrets]
@hookimpl
def sightline_notifiers(): return [Bell]
@hookimpl
def sightline_sinks(): return (Tape,)
@hookimpl
def sightline_templates(): return [os.path.dirname(os.path.abspath(__file__))]
@hookimpl
def sightline_commands(): return [ring]
"""
