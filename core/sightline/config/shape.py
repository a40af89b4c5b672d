"""What the tables of `sightline.toml` have in common: how numbers, names and weekdays are written; unknown keys refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sightline.config.currencies import known_currency

__all__ = ["WEEK", "Clock", "Currency", "Exact", "Name", "Table", "Weekday", "weekday_numbers"]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekday_numbers(days: tuple[Weekday, ...]) -> tuple[int, ...]:
    """Weekdays as numbers, 0 = Monday."""
    return tuple(WEEK.index(day) for day in days)


def _exact(value: Any) -> Any:
    """A TOML float becomes the decimal the user typed: 7.5 is 7.5, not its binary neighbour."""
    return Decimal(repr(value)) if isinstance(value, float) else value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Table(BaseModel):
    """One table: unknown keys are refused, and no value is quoted in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)
