"""Draw from every family: each answer confirmed by its check, statements distinct, and what a draw costs.

    python benchmarks/families.py [--draws 1000] [--show 2] [geometry | geometry/4 | HeronTriangle ...]

Every draw is confirmed by the family's own check as it is drawn; this stops at the first that is not. A family with
fewer statements than draws, or with fewer than 30 answers, is listed as poor.
"""

import argparse
import itertools
import sys
import time
from collections import Counter

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.families.catalog import families
from pytest_mathbench.families.drawing import draws, name_of, problems
from pytest_mathbench.families.family import Family

FEWEST_ANSWERS = 30
SLOW_MS = 20.0


def names(family: type[Family]) -> set[str]:
    """Return what a family can be asked for by."""
    return {family.domain, f"{family.domain}/{family.level}", family.__name__, name_of(family)}


def measure(family: type[Family], wanted: int) -> tuple[list[tuple[str, str]], float, str]:
    """Return (statement, answer) of the draws, the seconds they took, and why there are fewer, if so."""
    start = time.perf_counter()
    found: list[tuple[str, str]] = []
    fault = ""
    try:
        found.extend((draw.statement, draw.answer) for draw in itertools.islice(draws(family, 1), wanted))
    except ConfigurationError as error:
        fault = str(error)
    return found, time.perf_counter() - start, fault


def main() -> None:
    """Print a line for each family, the poor ones again, the cells, and the cost of drawing a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", help="domains, cells (geometry/4) or families; default: all")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--show", type=int, default=0, help="so many draws of each family, as text")
    options = parser.parse_args()
    everything = families()
    chosen = [family for family in everything if not options.which or names(family) & set(options.which)]
    poor: list[str] = []
    total = 0
    for family in chosen:
        found, seconds, fault = measure(family, options.draws)
        total += len(found)
        answers = len({answer for _, answer in found})
        each = 1000 * seconds / max(1, len(found))
        title = f"{family.domain}/{family.level} {name_of(family)}"
        print(f"{title:70} {len(found):5} draws  {answers:5} answers  {each:6.2f} ms", flush=True)
        few = answers < min(FEWEST_ANSWERS, options.draws // 2)
        poor += [f"{title}: {fault or ('few answers' if few else 'slow')}"] if fault or few or each > SLOW_MS else []
        for statement, answer in found[:: max(1, len(found) // options.show)][: options.show] if options.show else ():
            print(f"    {statement}\n    -> {answer}")
    cells = Counter((family.domain, family.level) for family in chosen)
    for domain in Domain:
        print(f"{domain:26}", *(cells[domain, level] for level in LEVELS))
    print(f"{len(chosen)} families, {total} draws confirmed")
    print(*poor, sep="\n")
    start = time.perf_counter()
    drawn = list(problems(chosen, 1))
    print(f"a set of {len(drawn)}: {time.perf_counter() - start:.1f} s")
    sys.exit(bool(poor))


if __name__ == "__main__":
    main()
