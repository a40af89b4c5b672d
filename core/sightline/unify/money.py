"""Which project each document line belongs to, by the `money` rules; the rest is listed and summed, never guessed.

Rules are asked in configured order, project by project; the first that fits takes the line (or, when it asks nothing
of lines, all lines nobody has taken). All parts of a document, the unmatched one included, sum to it exactly.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.model.facts import DocumentPart, Sourced
from sightline.model.money import Money, split
from sightline.unify.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.portfolio import Client, MoneyRule, Project
    from sightline.model.records import Document, DocumentKind, Line

__all__ = ["Hint", "Matcher", "MoneyMatch", "Unmatched", "assign", "rule_text", "suggest", "unmatched_sums"]


class MoneyMatch(NamedTuple):
    """The parts of each project (by id), and the parts that no rule took, in the order of the documents."""

    of: dict[str, list[DocumentPart]]
    unmatched: list[DocumentPart]


class Unmatched(NamedTuple):
    """What no rule took, of one kind, in one currency, with tax; `unstated` documents have no total."""

    kind: DocumentKind
    currency: str
    documents: int
    total: Decimal
    unstated: int


def assign(
    documents: Iterable[Sourced[Document]],
    projects: Sequence[Project],
    ledger_projects: Mapping[tuple[str, str], str] | None = None,
) -> MoneyMatch:
    """Document lines to projects. `ledger_projects` names the ledger's own projects: (source, id) → name.

    A document told by another one (`counts_elsewhere`) is left out altogether: its money is in that other one.
    """
    return Matcher(projects, ledger_projects).assign(documents)


class Matcher:
    """The money rules of all projects, found by what they ask for: a thousand rules are not tried one by one."""

    def __init__(
        self, projects: Sequence[Project], ledger_projects: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.ledger_projects = ledger_projects or {}
        self._asked: defaultdict[tuple[str, str, str], list[_Placed]] = defaultdict(list)
        self._always: defaultdict[str, list[_Placed]] = defaultdict(list)
        rules = [(project.id, rule) for project in projects for rule in project.money]
        for order, (project, rule) in enumerate(rules):
            self._keep(_Placed(order, project, rule))

    def _keep(self, placed: _Placed) -> None:
        """Under the first thing it asks for exactly; a rule with `*` or a text alone is tried on every document."""
        rule = placed.rule
        option = rule.tracking[1] if rule.tracking is not None else None
        asked = (("tracking", option), ("number", rule.number), ("reference", rule.reference), ("contact", rule.contact),
                 ("project", rule.project))  # fmt: skip
        for name, wanted in asked:
            if wanted is not None and "*" not in wanted:
                self._asked[rule.source, name, wanted.strip().casefold()].append(placed)
                return
        self._always[rule.source].append(placed)

    def assign(self, documents: Iterable[Sourced[Document]]) -> MoneyMatch:
        """See `assign`."""
        of: defaultdict[str, list[DocumentPart]] = defaultdict(list)
        unmatched: list[DocumentPart] = []
        for source, document in documents:
            if document.counts_elsewhere:
                continue
            named = self.ledger_projects.get((source, document.project_id)) if document.project_id else None
            for project, part in _parts(source, document, self._fitting(source, document, named)):
                if project is None:
                    unmatched.append(part)
                else:
                    of[project].append(part)
        return MoneyMatch(dict(of), unmatched)

    def _fitting(self, source: str, document: Document, named: str | None) -> list[tuple[str, MoneyRule]]:
        """The rules whose demands on the document as a whole are met, in configured order."""
        tracked = [option for line in document.lines for _, option in line.tracking]
        has = (("tracking", tracked), ("number", (document.number,)), ("reference", (document.reference,)),
               ("contact", (document.contact, document.contact_id)), ("project", (named, document.project_id)))  # fmt: skip
        keys = dict.fromkeys(
            (source, name, value.strip().casefold()) for name, values in has for value in values if value
        )
        found = {placed.order: placed for key in keys for placed in self._asked.get(key, ())}
        found.update((placed.order, placed) for placed in self._always.get(source, ()))
        return [(found[n].project, found[n].rule) for n in sorted(found) if _heads(found[n].rule, document, named)]


class _Placed(NamedTuple):
    """A rule at its place among all rules."""

    order: int
    project: str
    rule: MoneyRule


def unmatched_sums(parts: Iterable[DocumentPart], *, counts: Iterable[str] | None = None) -> list[Unmatched]:
    """What is unmatched per kind and currency, largest number first; `counts` limits it to documents of those ids."""
    wanted = None if counts is None else frozenset(counts)
    groups: defaultdict[tuple[DocumentKind, str], list[DocumentPart]] = defaultdict(list)
    for part in parts:
        if wanted is None or part.document.id in wanted:
            groups[part.document.kind, part.document.currency].append(part)
    sums = [
        Unmatched(
            kind,
            currency,
            documents=len({(part.source, part.document.id) for part in held}),
            total=sum((part.total for part in held if part.total is not None), Decimal(0)),
            unstated=sum(part.total is None for part in held),
        )
        for (kind, currency), held in groups.items()
    ]
    return sorted(sums, key=lambda row: (-row.documents, row.kind, row.currency))


class Hint(NamedTuple):
    """A project that an unmatched part may belong to; shown with its reasons, never applied by itself."""

    project: str
    score: Decimal
    reasons: tuple[str, ...]


#: Words in texts of documents that tell nothing about a project.
_COMMON = frozenset(
    "and the for und der die das von mit ltd gmbh invoice rechnung project projekt services work hours".split()
)
_MOST_HINTS = 3


def suggest(
    parts: Sequence[DocumentPart],
    matched: Mapping[str, Sequence[DocumentPart]],
    projects: Sequence[Project],
    clients: Mapping[str, Client],
) -> list[list[Hint]]:
    """For each unmatched part at most three projects it may belong to, best first.

    0.70 when the contact is the client, or has other documents there, shared by the projects that fit so; up to 0.25
    more by the words its texts share with the project's name and documents; a word of the name alone gives 0.30.
    """
    by_contact: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    words = {project.id: _words(project.name) for project in projects}
    for project, held in matched.items():
        for part in held:
            for contact in (part.document.contact_id, part.document.contact):
                if contact:
                    by_contact[part.source, contact.casefold()][project] = None
            words.setdefault(project, set()).update(_words(*_texts(part)))
    names = {one.id: clients[one.client].name.casefold() for one in projects if one.client and one.client in clients}
    return [_hints(part, by_contact, words, names, {one.id: _words(one.name) for one in projects}) for part in parts]


def _hints(
    part: DocumentPart,
    by_contact: Mapping[tuple[str, str], dict[str, None]],
    words: Mapping[str, set[str]],
    clients: Mapping[str, str],
    titles: Mapping[str, set[str]],
) -> list[Hint]:
    document = part.document
    theirs: dict[str, str] = {}
    for contact in (document.contact_id, document.contact):
        for project in by_contact.get((part.source, (contact or "").casefold()), ()):
            theirs[project] = "other documents of this contact are there"
    for project, client in clients.items():
        if document.contact and client == document.contact.strip().casefold():
            theirs.setdefault(project, "the contact is the client")
    own = _words(*_texts(part))
    found = []
    for project in titles:
        reasons = [theirs[project]] if project in theirs else []
        score = Decimal("0.70") / len(theirs) if project in theirs else Decimal(0)
        shared = own & words.get(project, set())
        if shared and (project in theirs or own & titles[project]):
            base = Decimal("0.25") if project in theirs else Decimal("0.30")
            score += base * len(shared) / len(own)
            reasons.append(f"same words: {', '.join(sorted(shared)[:4])}")
        if reasons:
            found.append(Hint(project, score.quantize(Decimal("0.01")), tuple(reasons)))
    return sorted(found, key=lambda hint: (-hint.score, hint.project))[:_MOST_HINTS]


def _texts(part: DocumentPart) -> list[str]:
    lines = part.lines or part.document.lines
    texts = [part.document.reference, *(line.description for line in lines)]
    texts += [option for line in lines for _, option in line.tracking]
    return [text for text in texts if text]


def _words(*texts: str) -> set[str]:
    found = re.findall(r"[^\W\d_]{3,}", " ".join(texts).casefold())
    return set(found) - _COMMON


def _parts(
    source: str,
    document: Document,
    fitting: Sequence[tuple[str, MoneyRule]],
) -> list[tuple[str | None, DocumentPart]]:
    """The document in parts, by project; one part for a document without lines."""
    taken: dict[tuple[str | None, str], list[Line]] = {}
    for line in document.lines:
        owner, rule = next(((p, r) for p, r in fitting if _line_fits(r, document, line)), (None, None))
        taken.setdefault((owner, rule_text(rule) if rule else ""), []).append(line)
    if not document.lines:
        owner, rule = next(((p, r) for p, r in fitting if _bare_fits(r, document)), (None, None))
        taken[owner, rule_text(rule) if rule else ""] = []
    owners: dict[str | None, tuple[list[Line], list[str]]] = {}
    for (owner, text), lines in taken.items():
        held_lines, texts = owners.setdefault(owner, ([], []))
        held_lines.extend(lines)
        texts.append(text)
    amounts = _amounts(document, [lines for lines, _ in owners.values()])
    return [
        (owner, DocumentPart(source=source, document=document, lines=tuple(lines), whole=len(owners) == 1,
                             rule="; ".join(text for text in texts if text), **share))
        for (owner, (lines, texts)), share in zip(owners.items(), amounts, strict=True)
    ]  # fmt: skip


def rule_text(rule: MoneyRule) -> str:
    """The rule in words: `contact "Acme Ltd", tracking "Project=Website"`."""
    asked = [
        f'{name} "{"=".join(value) if isinstance(value, tuple) else value}"'
        for name in ("contact", "reference", "number", "tracking", "project", "text")
        if (value := getattr(rule, name)) is not None
    ]
    return ", ".join(asked) or f'every document of "{rule.source}"'


def _heads(rule: MoneyRule, document: Document, ledger_project: str | None) -> bool:
    """Whether what the rule asks of the document as a whole fits."""
    asked = (
        (rule.contact, (document.contact, document.contact_id)),
        (rule.reference, (document.reference,)),
        (rule.number, (document.number,)),
        (rule.project, (ledger_project, document.project_id)),
    )
    return all(pattern is None or matches(pattern, *names) for pattern, names in asked)


def _line_fits(rule: MoneyRule, document: Document, line: Line) -> bool:
    """Whether what the rule asks of a line fits; a text counts when it stands in the line or the reference."""
    if rule.tracking is not None:
        category, option = rule.tracking
        if not any(matches(category, name) and matches(option, value) for name, value in line.tracking):
            return False
    return rule.text is None or _says(rule.text, line.description, document.reference)


def _bare_fits(rule: MoneyRule, document: Document) -> bool:
    """The same for a document without lines: it has no tracking."""
    return rule.tracking is None and (rule.text is None or _says(rule.text, document.reference))


def _says(text: str, *where: str | None) -> bool:
    return any(words is not None and text.casefold() in words.casefold() for words in where)


def _amounts(document: Document, groups: Sequence[Sequence[Line]]) -> list[dict[str, Decimal | None]]:
    """Net, tax, total, paid, credited and outstanding of each group of lines; they sum to the document's own."""
    whole = {
        "net": document.subtotal, "tax": document.tax, "total": document.total, "paid": document.paid,
        "credited": document.credited, "outstanding": _outstanding(document),
    }  # fmt: skip
    if len(groups) == 1:
        return [whole]
    taxes = [sum((line.tax or Decimal(0) for line in lines), Decimal(0)) for lines in groups]
    sums = [sum((line.amount for line in lines), Decimal(0)) for lines in groups]
    nets = [amount - tax for amount, tax in zip(sums, taxes, strict=True)] if document.tax_inclusive else sums
    gross = [net + tax for net, tax in zip(nets, taxes, strict=True)]
    exact = {"net": nets, "tax": taxes, "total": gross}
    shares = {
        name: _fitted(value, exact[name]) if name in exact else _shared(value, gross, document.currency)
        for name, value in whole.items()
    }
    return [_consistent({name: shares[name][i] for name in whole}, whole) for i in range(len(groups))]


def _consistent(part: dict[str, Decimal | None], whole: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    """The part with its open amount as total - paid - credited, if that is how the ledger gets to the whole's."""
    if _rest(whole) is not None and _rest(whole) == whole["outstanding"]:
        part["outstanding"] = _rest(part)
    return part


def _rest(amounts: dict[str, Decimal | None]) -> Decimal | None:
    total, paid, credited = amounts["total"], amounts["paid"], amounts["credited"]
    return None if total is None or paid is None or credited is None else total - paid - credited


def _outstanding(document: Document) -> Decimal | None:
    """What is still open: the ledger's word, else total less paid less credited where the total is known."""
    if document.outstanding is not None or document.total is None:
        return document.outstanding
    return document.total - (document.paid or 0) - (document.credited or 0)


def _fitted(whole: Decimal | None, parts: list[Decimal]) -> list[Decimal | None]:
    """The lines' own sums; what the ledger rounded differently goes to the largest part, so that all sum to `whole`."""
    if whole is None:
        return [None] * len(parts)
    largest = max(range(len(parts)), key=lambda i: abs(parts[i]))
    rest = whole - sum(parts)
    return [part + rest if i == largest else part for i, part in enumerate(parts)]


def _shared(whole: Decimal | None, weights: list[Decimal], currency: str) -> list[Decimal | None]:
    """`whole` by the parts' amounts, to the minor unit; with a negative part the largest takes what rounding leaves."""
    if whole is None:
        return [None] * len(weights)
    if min(weights) >= 0 and sum(weights) > 0 and Money.of(whole, currency).round().amount == whole:
        return [part.amount for part in split(Money.of(whole, currency), weights)]
    base = sum(weights)
    rough = [Money.of(whole * weight / base if base else Decimal(0), currency).round().amount for weight in weights]
    return _fitted(whole, rough)
