"""What figures look like in report.json, each beside its schema. Rates are from 0 to 1, intervals of 95 %."""

from collections.abc import Mapping
from typing import Any

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import Difference, Spread

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
RATE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
AMOUNT: Schema = {"type": "number", "minimum": 0}
NUMBER: Schema = {"type": "number"}


def nullable(schema: Schema) -> Schema:
    """Allow null: there is nothing of the kind."""
    return {"anyOf": [schema, {"type": "null"}]}


def closed(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these properties, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def mapping(values: Schema, *names: str) -> Schema:
    """Return the schema of an object of like values, by any names or by some of these."""
    return {
        "type": "object",
        "additionalProperties": values,
        **({"propertyNames": {"enum": list(names)}} if names else {}),
    }


def array(items: Schema) -> Schema:
    """Return the schema of an array of like items."""
    return {"type": "array", "items": items}


def described(schema: Schema, description: str) -> Schema:
    """Add a description."""
    return {**schema, "description": description}


SCORE_FIELDS: Mapping[str, Schema] = {
    "correct": COUNT,
    "measured": COUNT,
    "effective": described(AMOUNT, "How many independent attempts tell as much: samples and families are clusters"),
    "rate": nullable(RATE),
    "low": nullable(RATE),
    "high": nullable(RATE),
    "set_low": described(nullable(RATE), "Of this very set, by sampling noise alone; null without a second sample"),
    "set_high": nullable(RATE),
}
DEFINITIONS: Mapping[str, Schema] = {
    "score": closed(**SCORE_FIELDS),
    "spread": described(closed(mean=AMOUNT, p50=AMOUNT, p95=AMOUNT), "In seconds"),
    "difference": closed(value=NUMBER, low=nullable(NUMBER), high=nullable(NUMBER)),
}
"""What the schemas of sections refer to."""

SCORE: Schema = {"$ref": "#/$defs/score"}
SPREAD: Schema = {"$ref": "#/$defs/spread"}
DIFFERENCE: Schema = {"$ref": "#/$defs/difference"}


def score(found: Score) -> dict[str, Any]:
    """Return a score with its rate and its intervals, for problems of this kind and for the set; null for unknown."""
    low, high = found.interval if found.measured else (None, None)
    set_low, set_high = found.interval_of_the_set or (None, None)
    return {
        "correct": found.correct,
        "measured": found.measured,
        "effective": found.effective,
        "rate": found.rate,
        "low": low,
        "high": high,
        "set_low": set_low,
        "set_high": set_high,
    }


def spread(found: Spread) -> dict[str, float]:
    """Return a spread."""
    return {"mean": found.mean, "p50": found.p50, "p95": found.p95}


def difference(found: Difference) -> dict[str, float | None]:
    """Return a difference with its interval, if it has one."""
    return {"value": found.value, "low": found.low, "high": found.high}
