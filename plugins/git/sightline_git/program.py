"""How `git` is called so that a repository made by somebody else can neither run, fetch nor change anything.

Every call names the repository's own folder (`--git-dir`), so nothing above it is searched, no working tree is looked
at, and the owner check (`safe.directory`) does not apply: what it guards against, programs named in a repository's
configuration, is switched off here one by one. Source: git-config(1) and git(1), "Environment variables".
"""

from __future__ import annotations

from collections.abc import Sequence

from sightline.sdk import Command

__all__ = ["BRANCHES", "MOST_TIPS", "git", "reachable"]

#: Where branches are: local ones and those last seen at remotes.
BRANCHES = ("refs/heads", "refs/remotes")
#: Tips that are passed back as "known": more would not fit on a command line. The newest exclude almost everything.
MOST_TIPS = 2_000

_OFF = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.sshCommand": "false",
    "core.askPass": "false",
    "gpg.program": "false",
    "gpg.ssh.program": "false",
    "gpg.x509.program": "false",
    "log.showSignature": "false",
    "log.mailmap": "true",
    "mailmap.file": "",
    "mailmap.blob": "HEAD:.mailmap",
    "i18n.logOutputEncoding": "UTF-8",
    "protocol.allow": "never",
}
_ENV = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # A partial clone would fetch what it lacks: forbidden by name (Git 2.45 and later), and by transport before that.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PROTOCOL_FROM_USER": "0",
    # A replaced commit would show another's text under its id.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "TZ": "UTC",
}
_SAFE = ("git", "--no-pager", "--bare", *(part for name, value in _OFF.items() for part in ("-c", f"{name}={value}")))


def git(folder: str, *args: str, ok_codes: tuple[int, ...] = (0,), separator: bytes = b"\0") -> Command:
    """A call of git on the repository whose `.git` (or bare) folder is `folder`. Rows end with NUL unless told."""
    return Command((*_SAFE, f"--git-dir={folder}", *args), env=_ENV, separator=separator, ok_codes=ok_codes)


def reachable(branches: Sequence[str]) -> tuple[str, ...]:
    """Arguments that mean every branch, here and at remotes, and a detached HEAD; or only the named branches."""
    if not branches:
        # `--all` adds HEAD; everything else it would add (stash, notes, what filter-branch left) is excluded.
        return ("--branches", "--remotes", "--exclude=refs/*", "--all")
    found: list[str] = []
    for name in branches:
        pattern = name if any(sign in name for sign in "*?[") else f"[{name[:1]}]{name[1:]}"
        # Without the exclusion `*` would span slashes, and `main` mean the branch `origin/topic/main`, too.
        found += [f"--branches={pattern}", f"--exclude=*/*/{pattern}", f"--remotes=*/{pattern}"]
    return tuple(found)
