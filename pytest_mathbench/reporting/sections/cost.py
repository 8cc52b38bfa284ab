"""What the run cost in money."""

from collections.abc import Iterator, Sequence
from typing import Any

from pytest_mathbench.analysis.costs import Account, CostTally, Price
from pytest_mathbench.domains import label
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Headline, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import AMOUNT, COUNT, array, closed, described, mapping, nullable
from pytest_mathbench.reporting.sections.wording import amount, counted, decimals

_ACCOUNT = closed(
    total=nullable(AMOUNT),
    attempts=COUNT,
    correct=COUNT,
    per_attempt=nullable(AMOUNT),
    per_right_answer=nullable(AMOUNT),
)


class Cost:
    """The cost of the run, of each domain and of a right answer; the judge's apart. Nothing where it is unknown."""

    name, title = "cost", "Cost"
    schema = described(
        nullable(
            closed(
                by={"enum": ["price", "endpoint"]},
                price=described(array(AMOUNT), "Of a million tokens: prompt, completion, thinking; empty if none"),
                total=_ACCOUNT,
                domains=mapping(_ACCOUNT),
                judge=described(nullable(AMOUNT), "Not in the others; null where no judge was asked or none is known"),
            )
        ),
        "By the price that was given, in its currency, or else by the endpoint's own figure, in US dollars. All "
        "attempts are paid for, measured or not. Null where neither is known",
    )

    def __init__(self) -> None:
        self._costs = CostTally()

    def add(self, result: ItemResult) -> None:
        """Count what an attempt took."""
        self._costs.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the total, where it is from, and a table by domain."""
        price, judge = context.info.price, self._judge(context)
        if (found := self._known(price)) is None:
            if judge:
                yield Fact("cost of judging", amount(judge))
            return
        said = (
            f"by {' / '.join(f'{each:g}' for each in price)} a million tokens" if price else "by the endpoint, in US$"
        )
        apart = f"; judging {amount(judge)} more" if judge else ""
        yield Headline("cost", amount(found), f"{said}{apart}")
        each = self._costs.total
        right = f"; {amount(_each(found, each.correct))} a right answer" if each.correct else ""
        yield Fact("cost", f"{amount(found)} for {counted(each.attempts, 'attempt')}, {said}{right}{apart}")
        yield Table(
            ["cost", "total", "per attempt", "per right answer"],
            list(self._rows(price)),
        )

    def _rows(self, price: Price) -> Iterator[list[str]]:
        """Yield a row for each domain and one for all, decimal points below each other."""
        domains = self._costs.domains
        columns = zip(*(_amounts(each, price) for each in (*domains.values(), self._costs.total)), strict=True)
        cells = [[amount(each, decimals(column)) for each in column] for column in columns]
        for row in zip([*map(label, domains), "all"], *cells, strict=True):
            yield list(row)

    def as_json(self, context: Context) -> object:
        """Return the same, and null where no cost is known."""
        price = context.info.price
        if self._known(price) is None:
            return None
        return {
            "by": "price" if price else "endpoint",
            "price": list(price),
            "total": _json(self._costs.total, price),
            "domains": {domain: _json(account, price) for domain, account in self._costs.domains.items()},
            "judge": self._judge(context) or None,
        }

    def _known(self, price: Price) -> float | None:
        spending = self._costs.total.spending
        return spending.money(price) if spending.requests else None

    def _judge(self, context: Context) -> float:
        return self._costs.judge.money(context.info.judge_price) or 0.0


def _amounts(account: Account, price: Price) -> Sequence[float | None]:
    money = account.spending.money(price)
    return money, _each(money, account.attempts), _each(money, account.correct)


def _each(money: float | None, count: int) -> float | None:
    return money / count if money is not None and count else None


def _json(account: Account, price: Price) -> dict[str, Any]:
    money = account.spending.money(price)
    return {
        "total": money,
        "attempts": account.attempts,
        "correct": account.correct,
        "per_attempt": _each(money, account.attempts),
        "per_right_answer": _each(money, account.correct),
    }
