"""Git's own output → accounts and activity. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sightline.sdk import Account, Activity, Context, RowError
from sightline_git.texts import commit_url, keys_in, split_message, when

__all__ = ["branch_of", "commit_of", "tag_of"]

#: Longest e-mail address (RFC 5321) and name that are kept.
_MOST_EMAIL, _MOST_NAME = 320, 200
_NOREPLY = "@users.noreply.github.com"


def commit_of(fields: Sequence[str], context: Context) -> Iterator[Account | Activity]:
    """A commit (or merge, with two parents or more), after its author when this run has not named them yet."""
    commit, parents, authored, committed, email, name, message = fields
    title, body = split_message(message)
    at, remark = when(authored, committed)
    account = _account_id(email)
    known: dict[str, bool] = context.cache.setdefault("accounts", {})
    if account and account not in known:
        yield _account(account, name)
        known[account] = True
    yield Activity(
        id=commit,
        scope=_scope(context),
        kind="merge" if " " in parents else "commit",
        at=at,
        title=title,
        keys=keys_in(f"{title}\n{body or ''}"),
        account=account,
        url=commit_url(context.scope.url if context.scope else None, commit),
        text="\n\n".join(part for part in (remark, body) if part) or None,
    )


def branch_of(fields: Sequence[str], context: Context) -> Iterator[Activity]:
    """A branch at its newest commit; nothing for a ref that only points at another (a remote's HEAD)."""
    if not fields or fields[1]:
        return
    ref, _, committed, email, subject = fields
    name = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    at, remark = when(committed, committed)
    yield Activity(
        id=f"{_scope(context)}:{ref}",
        scope=_scope(context),
        kind="branch",
        at=at,
        title=name,
        keys=keys_in(name),
        account=_account_id(email),
        text="\n\n".join(part for part in (remark, subject[:_MOST_NAME]) if part) or None,
    )


def tag_of(fields: Sequence[str], context: Context) -> Iterator[Activity]:
    """A tag on a commit; nothing for a tag on a file or folder."""
    if not fields or not fields[1].startswith("commit"):
        return
    ref, _, created, email, _, message = fields
    at, remark = when(created, created)
    own = message if email else ""
    yield Activity(
        id=f"{_scope(context)}:{ref}",
        scope=_scope(context),
        kind="tag",
        at=at,
        title=ref.removeprefix("refs/tags/"),
        keys=keys_in(own),
        account=_account_id(email),
        text="\n\n".join(
            part for part in (remark, "\n\n".join(filter(None, split_message(own))) if own else None) if part
        )
        or None,
    )


def _scope(context: Context) -> str:
    if context.scope is None:
        raise RowError("a commit belongs to no repository")
    return context.scope.id


def _account_id(email: str) -> str | None:
    """The e-mail in lower case, which is what Git knows a person by; None where there is none."""
    return email.strip().strip("<>").strip().lower()[:_MOST_EMAIL] or None


def _account(account: str, name: str) -> Account:
    user = account.removesuffix(_NOREPLY).partition("+")[2] if account.endswith(_NOREPLY) else None
    bot = name.endswith("[bot]") or "[bot]@" in account
    return Account(
        id=account,
        name=name.strip()[:_MOST_NAME] or None,
        email=account if "@" in account else None,
        username=user or None,
        kind="bot" if bot else "human",
    )
