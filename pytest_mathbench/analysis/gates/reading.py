"""Sentences → gates."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations

from pytest_mathbench.analysis.buckets import OVERALL, Bucket, Cell, Every
from pytest_mathbench.analysis.decisions import Gate
from pytest_mathbench.analysis.gates import measures
from pytest_mathbench.analysis.gates.comparisons import NoWorse, ProvenNoWorse
from pytest_mathbench.analysis.gates.measures import Ratio, Value
from pytest_mathbench.analysis.gates.rates import OTHERS, CutOffRate, EqualLevelRate, Rate, UnsafeRate
from pytest_mathbench.domains import LEVELS

ADVISORY = "advisory:"
"""Begins the sentence of a gate that is shown and never fails a run."""

FORMS: tuple[type[Gate], ...] = (Rate, EqualLevelRate, UnsafeRate, CutOffRate, NoWorse, ProvenNoWorse, Value, Ratio)
"""The forms of gates; each sentence is of one of them at most."""

EXAMPLES = tuple(example for form in FORMS for example in form.examples)
"""What gates read like, as an error shows them."""


def read(text: str, domains: Collection[str]) -> Gate:
    """Read a gate; `domains` are those of the problem set.

    Raises `ValueError`, which names the nearest valid words, for anything else.
    """
    whole = " ".join(text.split())
    sentence = whole.removeprefix(ADVISORY).strip()
    for form in FORMS:
        if gate := form.read(sentence, domains):
            return gate if sentence == whole else replace(gate, text=whole, advisory=True)
    raise ValueError(f"{sentence!r} is not a gate{_nearest(sentence, domains)}; gates read like: {'; '.join(EXAMPLES)}")


def read_all(
    sentences: Sequence[str], cells: Collection[Cell], *, baseline: bool, early: bool = False
) -> tuple[Gate, ...]:
    """Read all gates of a run on problems of these cells, which may be decided `early`.

    Raises `ValueError` for one that cannot be decided: it is not a gate, is about no problem, lacks the baseline that
    it needs, cannot be decided early, excludes another gate, or is both required and advisory.
    """
    domains = list(dict.fromkeys(domain for domain, _ in cells))
    gates = tuple(read(sentence, domains) for sentence in sentences)
    for gate in gates:
        if not any(map(gate.needs.holds, cells)):
            raise ValueError(f"{gate.text!r}: no problem of {gate.needs.name} is selected")
        if gate.compares and not baseline:
            raise ValueError(f"{gate.text!r}: there is no baseline; name one with --mathbench-baseline")
        if early and gate.late and not gate.advisory:
            raise ValueError(
                f"{gate.text!r}: {gate.late}: drop --mathbench-decide=early, or make it advisory "
                f"('{ADVISORY} {gate.text}')"
            )
    if early and all(gate.advisory for gate in gates):
        raise ValueError("advisory gates decide no run, so that none can be decided early: require one at least")
    if clash := contradiction(gates):
        raise ValueError(clash)
    return gates


def contradiction(gates: Sequence[Gate]) -> str | None:
    """Say which two gates no run can meet both, or what is in two tiers; None if there are none such.

    An advisory gate may ask for more than a required one: it is a goal.
    """
    for one, other in combinations(gates, 2):
        if one.advisory != other.advisory:
            if replace(one, text="", advisory=False) == replace(other, text="", advisory=False):
                return f"{one.text!r} and {other.text!r}: one gate is either required or advisory"
        elif (ours := one.allows) and (theirs := other.allows) and ours[0] == theirs[0]:
            lowest, highest = max(ours[1], theirs[1]), min(ours[2], theirs[2])
            if lowest > highest:
                return f"no run can meet both {one.text!r} and {other.text!r}"
    return None


def _nearest(sentence: str, domains: Collection[str]) -> str:
    """Say which words come near those that are unknown."""
    names = [*EXAMPLES, *OTHERS, *measures.NAMES, *Every, OVERALL, *(Bucket(level=level).name for level in LEVELS)]
    known = [*domains, *(word for name in names for word in _words(name))]
    unknown = [word for word in _words(sentence) if word not in known]
    said = [f"{word!r} may be {near[0]!r}" for word in unknown if (near := difflib.get_close_matches(word, known, n=1))]
    return f" ({', '.join(said)})" if said else ""


def _words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z_][\w-]*", sentence)
