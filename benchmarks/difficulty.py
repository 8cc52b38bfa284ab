"""Write the catalogue of difficulty from recorded runs on the bundled set: solved and attempts by family and model.

    python benchmarks/difficulty.py RUN [RUN ...]

Attempts that were not measured are left out; those of several runs of one model are added up.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path

import pytest_mathbench
from pytest_mathbench.difficulty import COLUMNS, FILE
from pytest_mathbench.domains import Domain
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import Outcome


def main() -> None:
    """Read the runs, and replace the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    attempts: Counter[tuple[str, int, str, str]] = Counter()
    solved: Counter[tuple[str, int, str, str]] = Counter()
    for folder in parser.parse_args().runs:
        run = RecordedRun.open(folder, print)
        for result in run.results():
            if result.outcome is None:
                continue
            problem = result.problem
            key = (problem.domain, problem.level, problem.family, run.info.model)
            attempts[key] += 1
            solved[key] += result.outcome == Outcome.CORRECT
    order = [str(domain) for domain in Domain]
    with (Path(pytest_mathbench.__file__).parent / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for key in sorted(attempts, key=lambda key: (order.index(key[0]), *key[1:])):
            writer.writerow((*key, solved[key], attempts[key]))
    print(f"{len(attempts)} pairs of family and model")


if __name__ == "__main__":
    main()
