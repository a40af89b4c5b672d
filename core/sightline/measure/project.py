"""All figures of one project, a plug-in's among them; one that breaks takes nothing else with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from sightline.measure.figures import FOUNDATION
from sightline.measure.figures.health import health_figures
from sightline.model.figures import Figure, Receipt, Unit, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.extend import Metric
    from sightline.model.facts import Facts

__all__ = ["measure_project", "measure_with_health"]


def measure_project(facts: Facts, metrics: Iterable[type[Metric]] = FOUNDATION) -> list[Figure]:
    """The figures of every metric, in order. A metric that raises, or yields what is no figure, gives one Unknown.

    Two metrics that give the same figure (name and currency): the first stands, the second is told as broken.
    """
    figures: dict[tuple[str, str | None], Figure] = {}
    for metric in metrics:
        made = _measured(metric, facts)
        if any((figure.name, figure.currency) in figures for figure in made):
            made = [_broken(metric, facts, "it gives a figure that another metric has given")]
        for figure in made:
            figures.setdefault((figure.name, figure.currency), figure)
    return list(figures.values())


def measure_with_health(facts: Facts, metrics: Iterable[type[Metric]] = FOUNDATION) -> list[Figure]:
    """The figures of every metric, and the health that follows from them."""
    figures = measure_project(facts, metrics)
    named = {figure.name for figure in figures}
    return figures + [figure for figure in health_figures(facts, figures) if figure.name not in named]


def _measured(metric: type[Metric], facts: Facts) -> list[Figure]:
    """What the metric gives. A stranger's code: whatever it raises, short of an interrupt, is told and contained."""
    try:
        made = list(metric().measure(facts))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in's failure must not take the others' figures along
        return [_broken(metric, facts, f"it raised {type(error).__name__}")]
    if not all(isinstance(figure, Figure) for figure in made):
        return [_broken(metric, facts, "it gave something that is no figure")]
    if len({(figure.name, figure.currency) for figure in made}) != len(made):
        return [_broken(metric, facts, "it gave the same figure twice")]
    return made


def _broken(metric: type[Metric], facts: Facts, what: str) -> Figure:
    """The figure that stands in: names the metric and what it did, never a value or a client's text."""
    name = getattr(metric, "name", None) or metric.__name__
    unit: Any = getattr(metric, "unit", None)
    return Figure(
        name=str(name),
        value=Unknown(why=f"metric {name} of {metric.__module__} is broken: {what}"),
        unit=cast("Unit", unit) if unit in get_args(Unit) else "text",
        as_of=facts.as_of,
        method="not measured",
        project=facts.project.id,
        client=facts.project.client,
        receipt=Receipt(formula="none: the metric did not answer"),
    )
