"""The accounts that issues, comments and worklogs carry: each is delivered once a run, again when it differs. Pure."""

from __future__ import annotations

from typing import Any, Literal

from sightline.sdk import Account, RowError

__all__ = ["People", "account_id"]

#: What Jira shows for an account whose owner asked to be forgotten ("Former user" in English).
_FORGOTTEN = frozenset({"former user"})
_KINDS: dict[Any, Literal["human", "bot", "customer"]] = {"app": "bot", "customer": "customer"}


def account_id(user: Any) -> str | None:
    """The stable id of a user object: account id on Cloud, user key (older: name) on Data Center; None for nobody.

    Raises `RowError` for what is no user: work must not pass for nobody's because its answer is odd.
    """
    if user is None:
        return None
    if not isinstance(user, dict):
        raise RowError(f"a person is {type(user).__name__}, not an object")
    found = user.get("accountId") or user.get("key") or user.get("name")
    if found is not None and not isinstance(found, str):
        raise RowError(f"a person's id is {type(found).__name__}, not text")
    return found


class People:
    """Collects the accounts met in the rows of a run."""

    def __init__(self) -> None:
        self._delivered: dict[str, tuple[Any, ...]] = {}
        self._met: dict[str, tuple[Any, ...]] = {}

    def note(self, user: Any) -> str | None:
        """The id of that user, remembered for `take`; None for nobody."""
        found = account_id(user)
        if found is not None and not self._is_known(found, user):
            shown = (
                user.get("displayName"),
                user.get("emailAddress"),
                user.get("name"),
                user.get("active"),
                user.get("accountType"),
            )
            # A history may show less of somebody than the issue does; whoever shows an address or a type is believed.
            known = self._met.get(found) or self._delivered.get(found)
            if known != shown and not (known and _tells_less(shown, known)):
                self._met[found] = shown
        return found

    def _is_known(self, key: str, user: dict[str, Any]) -> bool:
        """The usual case, quickly: somebody delivered already, with this name, address and type."""
        known = self._delivered.get(key)
        return (
            known is not None
            and known[0] == user.get("displayName")
            and known[1] == user.get("emailAddress")
            and known[4] == user.get("accountType")
        )

    def take(self) -> list[Account]:
        """The accounts met since the last call that differ from what was delivered."""
        if not self._met:
            return []
        met, self._met = self._met, {}
        self._delivered |= met
        return [_account(key, shown) for key, shown in met.items()]


def _tells_less(shown: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    return all(new in (None, "", old) for new, old in zip(shown, known, strict=True))


def _account(key: str, shown: tuple[Any, ...]) -> Account:
    name, email, username, active, kind = shown
    return Account(
        id=key,
        name=name if isinstance(name, str) and name and name.lower() not in _FORGOTTEN else None,
        email=email if isinstance(email, str) and email else None,
        username=username if isinstance(username, str) and username else None,
        active=active is not False,
        kind=_KINDS.get(kind, "human") if isinstance(kind, str) else "human",
    )
