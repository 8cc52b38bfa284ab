"""Commands that look at problem sets: the bundled one, fresh variants, a user's own."""

import argparse
import json
import random
import textwrap
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from pytest_mathbench import problems
from pytest_mathbench.domains import NO_LEVEL, in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.problems.answers import AnswerType, answer_type
from pytest_mathbench.records import Problem
from pytest_mathbench.settings import POLICIES, options, read

if TYPE_CHECKING:
    from pytest_mathbench.sandbox import Sandbox

_SELECTION = ("columns", "variant", "domain", "level", "per_cell", "seed")
"""The plugin's options that choose problems; here without its prefix."""

_FIRST_WORDS = 90


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands that look at problem sets."""
    look = commands.add_parser(
        "problems",
        help="count, list, show, check or write the problems of a set",
        description="Without another wish, count the problems of a set by cell, with their lengths and answer types.",
    )
    _add_source(look)
    for option in options():
        if option.name in _SELECTION:
            flag = f"--{option.name.replace('_', '-')}"
            look.add_argument(flag, metavar=option.metadata["metavar"], help=option.metadata["help"])
    wish = look.add_mutually_exclusive_group()
    wish.add_argument("--list", action="store_true", help="a line for each problem")
    wish.add_argument("--show", metavar="ID", help="one problem whole")
    wish.add_argument("--sample", metavar="N", type=int, help="so many problems whole, drawn by the seed")
    wish.add_argument("--check", action="store_true", help="see that the set is sound; the bundled one is drawn again")
    wish.add_argument("--write", metavar="FOLDER", type=Path, help="write the problems into it, a JSONL file a domain")
    look.add_argument("--sandbox", choices=POLICIES, default=POLICIES[0], help="of the checks (default: %(default)s)")
    look.set_defaults(command=_problems)
    test = commands.add_parser("selftest", help="see that known answers and a problem set's references are graded well")
    test.add_argument("--problems", dest="source", default="", help="problem set (default: the bundled one)")
    test.add_argument("--sandbox", choices=POLICIES, default=POLICIES[0], help="confinement (default: %(default)s)")
    test.set_defaults(command=_selftest)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", default="", help="as --mathbench-problems takes it (default: bundled)")


def _problems(wishes: argparse.Namespace) -> int:
    chosen = _chosen(wishes)
    if wishes.list:
        for problem in chosen.problems:
            words = textwrap.shorten(problem.statement, _FIRST_WORDS, placeholder=" ...")
            print(f"{problem.id}  {words}  [{problem.answer}]")
    elif wishes.show is not None:
        print(_whole(next(iter(_named(chosen, wishes.show)))))
    elif wishes.sample is not None:
        drawn = random.Random(int(wishes.seed or 0))  # noqa: S311 - to be repeated
        print("\n\n".join(map(_whole, drawn.sample(chosen.problems, min(wishes.sample, len(chosen.problems))))))
    elif wishes.write:
        _write(chosen, wishes.write)
    elif wishes.check:
        return _check(chosen, wishes)
    else:
        _count(chosen)
    return 0


def _chosen(wishes: argparse.Namespace) -> ProblemSet:
    values = {name: getattr(wishes, name) for name in _SELECTION if getattr(wishes, name) is not None}
    settings = read({name: (text, f"--{name.replace('_', '-')}") for name, text in values.items()})
    return problems.select(
        problems.load(wishes.source, settings.variant, dict(settings.columns)),
        domains=settings.domain,
        levels=settings.level,
        per_cell=settings.per_cell,
        seed=settings.seed,
    )


def _named(chosen: ProblemSet, name: str) -> list[Problem]:
    found = [problem for problem in chosen.problems if problem.id == name]
    if not found:
        raise ConfigurationError(f"problem set {chosen.name}: no problem {name!r}; mathbench problems --list has all")
    return found


def _whole(problem: Problem) -> str:
    level = f", level {problem.level}" if problem.level != NO_LEVEL else ""
    family = f", family {problem.family}" if problem.family else ""
    statement = textwrap.fill(problem.statement, 100, break_long_words=False, break_on_hyphens=False)
    return f"{problem.id} ({problem.domain}{level}{family})\n{statement}\nanswer: {problem.answer}"


def _write(chosen: ProblemSet, folder: Path) -> None:
    """Write a set as the bundled one lies in the project."""
    folder.mkdir(parents=True, exist_ok=True)
    for domain in chosen.domains:
        rows = [_row(problem) for problem in chosen.problems if problem.domain == domain]
        (folder / f"{domain}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    print(f"{len(chosen.problems)} problems written into {folder}")


def _row(problem: Problem) -> dict[str, object]:
    row = {
        "id": problem.id,
        "domain": problem.domain,
        "level": problem.level,
        "problem": problem.statement,
        "answer": problem.answer,
        "family": problem.family,
        "variant": problem.variant,
    }
    return {name: value for name, value in row.items() if value not in (None, "")}


def _count(chosen: ProblemSet) -> None:
    """Print, by cell, how many problems there are; by domain, how long they are and what their answers are."""
    print(f"{chosen.name}: {len(chosen.problems)} problems, sha256 {chosen.sha256}")
    cells = Counter((problem.domain, problem.level) for problem in chosen.problems)
    levels = sorted({level for _, level in cells})
    names = in_order(chosen.domains)
    width = max(map(len, [*names, "problems"]))
    heads = ["no level" if level == NO_LEVEL else f"level {level}" for level in levels]
    print(f"\n{'problems':{width}}", *(f"{head:>8}" for head in heads), f"{'all':>8}")
    for domain in names:
        counts = [cells[domain, level] for level in levels]
        print(f"{domain:{width}}", *(f"{count:8}" for count in counts), f"{sum(counts):8}")
    print(f"\n{'characters':{width}}    least   median     most  families")
    for domain in names:
        own = [problem for problem in chosen.problems if problem.domain == domain]
        lengths = [len(problem.statement) for problem in own]
        families = len({(problem.level, problem.family) for problem in own if problem.family})
        print(f"{domain:{width}} {min(lengths):8} {median(lengths):8.0f} {max(lengths):8} {families or '-':>9}")
    types = Counter((problem.domain, answer_type(problem.answer)) for problem in chosen.problems)
    kinds = [kind for kind in AnswerType if any(found == kind for _, found in types)]
    print(f"\n{'answers':{width}}", *(f"{kind:>{max(6, len(kind))}}" for kind in kinds))
    for domain in names:
        print(f"{domain:{width}}", *(f"{types[domain, kind]:{max(6, len(kind))}}" for kind in kinds))


def _check(chosen: ProblemSet, wishes: argparse.Namespace) -> int:
    from pytest_mathbench import checkup  # noqa: PLC0415 - other commands need none of the making arm

    with _sandbox(wishes.sandbox) as sandbox:
        found = checkup.check(chosen, sandbox, drawn_again=not wishes.source)
        for finding in found.findings:
            print(finding)
    print(f"{chosen.name}: {len(chosen.problems)} problems, sha256 {chosen.sha256}")
    print(f"references that equal themselves: {found.readable} of {len(chosen.problems)}")
    for guess, hits in found.guessed.items():
        print(f"answers found by {guess}: {hits} ({hits / len(chosen.problems):.1%})")
    if found.drawn_again:
        print(f"drawn again from {found.families} families: {'the same' if found.same else 'NOT the same'}")
    print(f"{len(found.findings)} findings")
    return bool(found.findings)


def _selftest(wishes: argparse.Namespace) -> None:
    from pytest_mathbench.grading import selftest  # noqa: PLC0415 - other commands need none of the making arm

    problem_set = problems.load(wishes.source)
    with _sandbox(wishes.sandbox) as sandbox:
        looked_at = selftest.run(sandbox, problem_set.problems, problem_set.places)
    known = len(selftest.KNOWN)
    print(f"{known} known pairs and {looked_at - known} references of {problem_set.name} are graded as they should be")


def _sandbox(policy: str) -> "Sandbox":
    from pytest_mathbench.grading.grade import WARM_MODULE  # noqa: PLC0415 - other commands start no zygote
    from pytest_mathbench.sandbox import Sandbox  # noqa: PLC0415
    from pytest_mathbench.sandbox.layers import choose  # noqa: PLC0415

    return Sandbox((WARM_MODULE,), layers=choose(policy))
