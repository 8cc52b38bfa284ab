"""Commands that look at problem sets: the bundled one, fresh variants, a user's own."""

import argparse
import json
import os
import random
import textwrap
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from pytest_mathbench import difficulty, problems
from pytest_mathbench.answers import AnswerType, infer
from pytest_mathbench.cli.messages import progress, say
from pytest_mathbench.domains import NO_LEVEL, in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.printable import printable
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import Problem
from pytest_mathbench.settings import POLICIES, PRELOAD, options, read

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
        description="By default, count the problems of a set by cell, with their lengths and answer types.",
    )
    _add_source(look)
    for option in options():
        if option.name in _SELECTION:
            flag = f"--{option.name.replace('_', '-')}"
            look.add_argument(flag, metavar=option.metavar, help=option.help)
    wish = look.add_mutually_exclusive_group()
    wish.add_argument("--list", action="store_true", help="a line for each problem")
    wish.add_argument("--show", metavar="ID", help="one problem whole")
    wish.add_argument("--sample", metavar="N", type=int, help="show N problems in full, drawn by the seed")
    wish.add_argument(
        "--check",
        action="store_true",
        help="check that the set is sound, and the bundled one what its families draw",
    )
    wish.add_argument("--write", metavar="FOLDER", type=Path, help="write the problems into it, a JSONL file a domain")
    look.add_argument("--sandbox", choices=POLICIES, default=POLICIES[0], help="of the checks (default: %(default)s)")
    look.set_defaults(command=_problems)
    test = commands.add_parser("selftest", help="check that known answers and a set's references are graded correctly")
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
            say(f"{problem.id}  {words}  [{printable(problem.answer)}] {_type(problem)}")
    elif wishes.show is not None:
        say(_whole(next(iter(_named(chosen, wishes.show)))))
    elif wishes.sample is not None:
        drawn = random.Random(int(wishes.seed or 0))  # noqa: S311 - to be repeated
        say("\n\n".join(map(_whole, drawn.sample(chosen.problems, min(wishes.sample, len(chosen.problems))))))
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
    measured = "".join(
        f"\n{each.model}: solved {each.solved} of {each.attempts} of this family" for each in difficulty.of(problem)
    )
    answer = f"answer: {problem.answer} ({_type(problem)})"
    return f"{problem.id} ({problem.domain}{level}{family})\n{statement}\n{answer}{measured}"


def _type(problem: Problem) -> AnswerType:
    return problem.answer_type or infer(problem.answer, problem.statement)


def _write(chosen: ProblemSet, folder: Path) -> None:
    """Write a set as the bundled one lies in the project."""
    folder.mkdir(parents=True, exist_ok=True)
    for domain in chosen.domains:
        rows = [_row(problem) for problem in chosen.problems if problem.domain == domain]
        (folder / f"{domain}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    say(f"{len(chosen.problems)} problems written into {folder}")


def _row(problem: Problem) -> dict[str, object]:
    row = {
        "id": problem.id,
        "domain": problem.domain,
        "level": problem.level,
        "problem": problem.statement,
        "answer": problem.answer,
        "family": problem.family,
        "variant": problem.variant,
        "answer_type": None if _type(problem) == infer(problem.answer, problem.statement) else _type(problem),
    }
    return {name: value for name, value in row.items() if value not in (None, "")}


def _count(chosen: ProblemSet) -> None:
    """Print, by cell, how many problems there are; by domain, how long they are and what their answers are."""
    say(f"{chosen.name}: {len(chosen.problems)} problems, sha256 {chosen.sha256}")
    cells = Counter((problem.domain, problem.level) for problem in chosen.problems)
    levels = sorted({level for _, level in cells})
    names = in_order(chosen.domains)
    width = max(map(len, [*names, "problems"]))
    heads = ["no level" if level == NO_LEVEL else f"level {level}" for level in levels]
    say(f"\n{'problems':{width}}", *(f"{head:>8}" for head in heads), f"{'all':>8}")
    for domain in names:
        counts = [cells[domain, level] for level in levels]
        say(f"{domain:{width}}", *(f"{count:8}" for count in counts), f"{sum(counts):8}")
    say(f"\n{'characters':{width}}    least   median     most  families")
    for domain in names:
        own = [problem for problem in chosen.problems if problem.domain == domain]
        lengths = [len(problem.statement) for problem in own]
        families = len({(problem.level, problem.family) for problem in own if problem.family})
        say(f"{domain:{width}} {min(lengths):8} {median(lengths):8.0f} {max(lengths):8} {families or '-':>9}")
    types = Counter((problem.domain, _type(problem)) for problem in chosen.problems)
    kinds = [kind for kind in AnswerType if any(found == kind for _, found in types)]
    say(f"\n{'answers':{width}}", *(f"{kind:>{max(6, len(kind))}}" for kind in kinds))
    for domain in names:
        say(f"{domain:{width}}", *(f"{types[domain, kind]:{max(6, len(kind))}}" for kind in kinds))
    _count_measured(chosen, levels, width)


def _count_measured(chosen: ProblemSet, levels: Sequence[int], width: int) -> None:
    """Say how much of the families' problems the models solved that were tried, by level."""
    measured: defaultdict[tuple[str, int], list[difficulty.Measured]] = defaultdict(list)
    for problem in {(each.domain, each.level, each.family): each for each in chosen.problems}.values():
        for each in difficulty.of(problem):
            measured[each.model, problem.level].append(each)
    if not measured:
        return
    models = list(dict.fromkeys(model for model, _ in measured))
    say(f"\n{'solved of these families':{width}}", *(f"{f'level {level}':>14}" for level in levels))
    for model in models:
        cells = [measured[model, level] for level in levels]
        say(f"{model.rsplit('/', 1)[-1]:{width}}", *(f"{_share(cell):>14}" for cell in cells))


def _share(measured: Sequence[difficulty.Measured]) -> str:
    solved, attempts = sum(each.solved for each in measured), sum(each.attempts for each in measured)
    return f"{solved}/{attempts} {solved / attempts:.0%}" if attempts else "-"


def _check(chosen: ProblemSet, wishes: argparse.Namespace) -> int:
    from pytest_mathbench import checkup  # other commands need none of the making arm
    from pytest_mathbench.bites import summary, try_programs
    from pytest_mathbench.families.drawing import name_of

    selected = {problem.family for problem in chosen.problems}
    families = [family for family in problems.families_of(wishes.source) if name_of(family) in selected]
    with _sandbox(wishes.sandbox, chosen, PRELOAD if families else ()) as sandbox:
        found = checkup.check(chosen, sandbox, drawn_again=not wishes.source)
        bites = []
        for bite in try_programs(families, sandbox, parallel=len(os.sched_getaffinity(0))):
            bites.append(bite)
            progress(f"programs of {len(bites)} families tried")
    findings = [*found.findings, *(finding for bite in bites for finding in bite.findings())]
    for finding in findings:
        say(finding)
    say(f"{chosen.name}: {len(chosen.problems)} problems, sha256 {chosen.sha256}")
    say(f"references that equal themselves: {found.readable} of {len(chosen.problems)}")
    for guess, hits in found.guessed.items():
        say(f"answers found by {guess}: {hits} ({hits / len(chosen.problems):.1%})")
    if found.drawn_again:
        say(f"drawn again from {found.families} families: {'the same' if found.same else 'NOT the same'}")
    if bites:
        say(summary(bites))
    say(f"{len(findings)} findings")
    return bool(findings)


def _selftest(wishes: argparse.Namespace) -> None:
    from pytest_mathbench.grading import selftest  # other commands need none of the making arm

    problem_set = problems.load(wishes.source)
    with _sandbox(wishes.sandbox, problem_set) as sandbox:
        looked_at = selftest.run(sandbox, problem_set.problems, problem_set.places)
    known = len(selftest.KNOWN)
    say(f"{known} known pairs and {looked_at - known} references of {problem_set.name} are graded as they should be")


def _sandbox(policy: str, problem_set: ProblemSet, preload: Sequence[str] = ()) -> "Sandbox":
    from pytest_mathbench.grading.grade import WARM_MODULE  # other commands start no zygote
    from pytest_mathbench.sandbox import Sandbox
    from pytest_mathbench.sandbox.layers import choose

    return Sandbox((*preload, WARM_MODULE), layers=choose(policy), hidden=problem_set.files)
