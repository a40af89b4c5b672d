"""Connect: ask for what a connector needs, prove it works, keep the secrets apart, write the source down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sightline.app.authorize import CALLBACK_PORT, authorize
from sightline.app.session import Session
from sightline.collect.connector import Access, Connector, HookedSettings, Settings
from sightline.collect.credentials import OAuth2
from sightline.collect.source import open_fetch
from sightline.config.problems import nearest
from sightline.config.secrets import is_secret, resolve
from sightline.config.workspace import SourceConfig, source_settings
from sightline.config.write import secret_file, secret_in_keyring, write_source
from sightline.errors import ConfigError
from sightline.model.records import Scope

__all__ = ["Draft", "Probe", "Setting", "choose", "keep", "probe", "questions", "start", "token_folder"]


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One thing to ask: its key, what it means, whether it is typed hidden, whether it must be given."""

    key: str
    description: str
    secret: bool
    required: bool


@dataclasses.dataclass(slots=True)
class Draft:
    """A source that is not written yet. `table` holds what was said so far, typed secrets as they are."""

    name: str
    cls: type[Connector]
    table: dict[str, Any]

    def settings(self, root: Path) -> Settings:
        """The checked settings; `ConfigError` with everything that is missing or wrong."""
        return source_settings(SourceConfig(self.name, self.cls.name, self.table), self.cls.settings, root)


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """What the source answered: who we are, and every scope that can be seen."""

    access: Access
    scopes: Sequence[Scope]


def start(session: Session, connector: str, name: str | None, given: dict[str, str], *, replace: bool) -> Draft:
    """A draft from what the command line said. Raises `ConfigError` for an unknown connector or key and a taken name."""
    cls = session.registry.connector(connector, where="connect")
    name = name or connector
    if not re.fullmatch("[a-z0-9_]{1,60}", name):
        raise ConfigError(
            f"{name[:60]!r} is no name for a source", where="connect", mend="Names are written with a-z, 0-9 and _."
        )
    if name in session.workspace.sources and not replace:
        raise ConfigError(
            f"there is a source {name!r} already",
            where="sightline.toml",
            mend=f"Name this one (`sightline connect {connector} NAME`), or give --replace.",
        )
    fields = cls.settings.model_fields
    for key in given:
        if key not in fields:
            raise ConfigError(
                f"{connector} has no setting {key[:60]!r}{nearest(key, fields)}",
                where="connect",
                mend=f"It has: {', '.join(fields)}.",
            )
    return Draft(name, cls, {key: _listed(fields[key].annotation, value) for key, value in given.items()})


def _listed(annotation: Any, value: str) -> Any:
    """A setting that is a list takes its items with commas between."""
    if getattr(annotation, "__origin__", None) is tuple:
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def questions(draft: Draft, root: Path) -> Iterator[Setting]:
    """What to ask, one at a time; the caller puts the answer into `draft.table` before it takes the next.

    First what must be given; then what may be, until what was said is enough. An app that signs in through a browser
    is asked for its secret last, since it may have none.
    """
    open_ = [setting for setting in _settings(draft.cls) if setting.key not in draft.table]
    yield from (setting for setting in open_ if setting.required)
    for setting in open_:
        if not setting.required and not _enough(draft, root):
            yield setting
    secret = next((s for s in open_ if s.key == "client_secret" and s.key not in draft.table), None)
    if secret is not None and _enough(draft, root) and _browser(draft.cls(draft.settings(root))) is not None:
        yield secret


def _settings(cls: type[Connector]) -> list[Setting]:
    """The connector's own settings that have no default worth keeping."""
    return [
        Setting(key, field.description or "", is_secret(field.annotation), field.is_required())
        for key, field in cls.settings.model_fields.items()
        if key not in HookedSettings.model_fields
        and (field.is_required() or field.default is None or field.default == ())
    ]


def _enough(draft: Draft, root: Path) -> bool:
    try:
        draft.settings(root)
    except ConfigError:
        return False
    return True


def _browser(connector: Connector) -> OAuth2 | None:
    """How the access is allowed in a browser, where it must be."""
    value = connector.auth()
    needed = isinstance(value, OAuth2) and value.authorize_url and value.refresh_token is None
    return value if needed and isinstance(value, OAuth2) and value.grant == "refresh_token" else None


def probe(
    session: Session, draft: Draft, tokens: Path, *, show: Callable[[str], None], port: int = CALLBACK_PORT
) -> Probe:
    """Authorise where that is needed, prove the credentials, list the scopes. Keeps tokens in the folder `tokens` only."""
    connector = draft.cls(draft.settings(session.workspace.root))
    value = _browser(connector)
    if value is not None:
        authorize(value, source=draft.name, tokens=tokens, clock=session.clock, show=show, port=port)
    fetch = open_fetch(connector, draft.name, tokens=tokens, clock=session.clock)
    try:
        access = connector.check(fetch)
        return Probe(access, tuple(connector.scopes(fetch, access)))
    finally:
        fetch.close()


def choose(draft: Draft, found: Probe, wanted: Sequence[str]) -> None:
    """Limit the draft to the scopes named by key, name or id; `ConfigError` for one that is not there."""
    known = {name: scope.key for scope in found.scopes for name in (scope.id, scope.name, scope.key)}
    for name in wanted:
        if name not in known:
            raise ConfigError(
                f"there is no scope {name[:60]!r}{nearest(name, known)}",
                where=draft.name,
                mend="Choose among those that were listed.",
            )
    if wanted:
        draft.table["scopes"] = [known[name] for name in dict.fromkeys(wanted)]


def keep(session: Session, draft: Draft, tokens: Path, *, keyring: bool = False) -> Path:
    """Store typed secrets (0600 under `.sightline/secrets`, or in the keyring) and tokens, write the table; its file."""
    root, name = session.workspace.root, draft.name
    settings = draft.settings(root)
    table: dict[str, Any] = {"connector": draft.cls.name}
    fields = draft.cls.settings.model_fields
    # The connector's own settings first; what every source has, such as its scopes, below.
    for key in sorted(draft.table, key=lambda key: key in HookedSettings.model_fields):
        said = draft.table[key]
        if is_secret(fields[key].annotation) and resolve(said, where=key, root=root)[1]:
            stored = secret_in_keyring if keyring else secret_file
            table[key] = stored(root, f"{name}.{key}", said)
        else:
            table[key] = _typed(said, getattr(settings, key))
    path = write_source(root, name, table)
    file = session.tokens / f"{name}.json"
    file.unlink(missing_ok=True)
    if (tokens / file.name).exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(tokens / file.name, file)
    return path


def _typed(said: Any, meant: object) -> Any:
    """A value as it stands in the file: numbers, days and truths as such, texts and paths as they were said."""
    return meant if isinstance(meant, int | dt.date) else said


def token_folder(session: Session) -> tempfile.TemporaryDirectory[str]:
    """A private folder for the tokens of a source that may not come to be."""
    session.workspace.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="connect-", dir=session.workspace.data)
