"""All benchmarks by one command, in one table: each row a figure of ours with a peer's, both measured in one session.

    python -m benchmarks                       all rows
    python -m benchmarks grading sandbox.sympy     some: all of a benchmark, or one
    python -m benchmarks --list                what there is
    python -m benchmarks fuzz -- 60            a benchmark that has no rows, with its own arguments

`--rounds` says how many rounds there are of each row, `--quick` makes it three. What takes long, needs a model, a
recorded run or other files has no rows, and runs by name only.
"""

import argparse
import ast
import importlib
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))  # the benchmarks import each other by name, as scripts do

from harness import Row, show  # noqa: E402 - only now it is found


def benchmarks() -> dict[str, str]:
    """Return the name of each script that has a `main`, and the first line of what it says of itself."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body) and path.stem[0] != "_":
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def rows_of(name: str) -> Sequence[Row]:
    """Return the rows of a benchmark; none of one that has none. Only those that have some are imported."""
    if "\nfrom harness import" not in (FOLDER / f"{name}.py").read_text(encoding="utf-8"):
        return ()
    found: Sequence[Row] = importlib.import_module(name).ROWS
    return found


def chosen(names: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of these names; all without any."""
    for name in names or benchmarks():
        script, _, _ = name.partition(".")
        yield from (row for row in rows_of(script) if name in (script, row.name))


def main(arguments: Sequence[str] | None = None) -> None:
    """List what there is, measure rows, or run a benchmark that has none."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    own = given[: given.index("--")] if "--" in given else given
    parser = argparse.ArgumentParser(
        "benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(own)
    known = benchmarks()
    if options.list:
        for name, says in known.items():
            print(f"{name:28}{says}")
            for row in rows_of(name):
                print(f"  {row.name:26}{row.what}, beside {row.peer}")
        return
    if unknown := [
        name
        for name in options.names
        if name not in known and not any(chosen([name]) if name.partition(".")[0] in known else [])
    ]:
        parser.error(f"no such row or benchmark: {', '.join(unknown)} (--list)")
    scripts = [name for name in options.names if name in known and not rows_of(name)]
    if rows := [] if scripts == options.names and scripts else list(chosen(options.names)):
        show(rows, options.rounds, quick=options.quick)
    for name in scripts:
        path = str(FOLDER / f"{name}.py")
        sys.argv = [path, *given[len(own) + 1 :]]
        runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
