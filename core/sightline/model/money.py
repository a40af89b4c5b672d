"""What money is: an exact amount in one currency. Two currencies never add, a float never enters."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from sightline.errors import ContractError
from sightline.model.checked import Checked

__all__ = [
    "MINOR_UNITS",
    "SCALE",
    "CurrencyMismatch",
    "Money",
    "from_scaled",
    "minor_digits",
    "rounded",
    "scaled",
    "split",
    "total",
]

#: Money and quantities are stored as integers in 1/10 000 of the unit (Xero's unit prices have four decimals).
SCALE = 10_000

#: Decimals of the currencies that do not have two. Source: ISO 4217 list one, column "Minor unit".
MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


class CurrencyMismatch(ContractError):
    """Two currencies met in one sum."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} cannot be added", where="money", mend="Convert with a dated rate first.")


class Money(Checked, frozen=True, order=False):
    """An exact amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Money from a decimal text, an integer number of units or a Decimal. A float is refused."""
        if isinstance(amount, (float, bool)):
            raise ContractError("money cannot come from a float", where="money", mend="Pass the decimal text.")
        return cls(amount=Decimal(amount), currency=currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in that currency."""
        return cls(amount=Decimal(0), currency=currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def __neg__(self) -> Money:
        return Money(amount=-self.amount, currency=self.currency)

    def __mul__(self, factor: Any) -> Money:
        if isinstance(factor, (float, Money)):
            raise ContractError("money is multiplied by an exact number only", where="money", mend="Pass a Decimal.")
        return Money(amount=self.amount * Decimal(factor), currency=self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        """True when there is any."""
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.currency} {rounded(self.amount, self.currency)}"

    def round(self) -> Money:
        """To the currency's minor unit, half away from zero (the convention of invoices)."""
        return Money(amount=rounded(self.amount, self.currency), currency=self.currency)


def minor_digits(currency: str) -> int:
    """How many decimals the currency has: 2, with the exceptions of ISO 4217."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`amount` at the currency's minor unit; half away from zero unless another `decimal` mode is named."""
    made = amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=rounding)
    # No minus before nothing: a credit that is used up is 0.00.
    return made or abs(made)


def total(amounts: Any, currency: str) -> Money:
    """The exact sum; zero of `currency` for none. Raises `CurrencyMismatch` on any other currency."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def split(whole: Money, weights: list[Decimal]) -> list[Money]:
    """`whole` in parts by `weights`, to the minor unit, summing exactly. Largest remainder, ties to the first.

    Source of the rule: `Money::allocate` of moneyphp. Raises when no weight is positive.
    """
    if not weights or sum(weights) <= 0 or min(weights) < 0:
        raise ContractError(
            "nothing to split by", where="money.split", mend="Pass weights of zero or more, one above zero."
        )
    unit = Decimal(1).scaleb(-minor_digits(whole.currency))
    units = int((whole.round().amount / unit).to_integral_value())
    exact = [units * weight / sum(weights) for weight in weights]
    floors = [int(share.to_integral_value(ROUND_FLOOR)) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_remainder[: units - sum(floors)]:
        floors[i] += 1
    return [Money(amount=part * unit, currency=whole.currency) for part in floors]


def scaled(amount: Decimal) -> int:
    """The stored form: an integer in 1/10 000 of the unit. Raises when the amount has more decimals than that."""
    value = amount * SCALE
    whole = int(value)
    if whole != value:
        raise ContractError("more than four decimals", where="money", mend="Round the amount before it is recorded.")
    return whole


def from_scaled(stored: int) -> Decimal:
    """Back from the stored form."""
    return Decimal(stored) / SCALE
