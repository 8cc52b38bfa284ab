"""The exit status of every kind of session, alone and under xdist, in sessions of their own.

    python benchmarks/exit_status.py

Gate met, not met or open × wrong answers, an unrelated failure, a file that cannot be collected, an interruption, an
empty selection, a stop at the first failure, attempts not measured; without xdist and with two workers.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from conftest import ScriptedServer, row

SUITE = "def test_problem(problem, mathbench): mathbench(problem)\n"
GATES = {"none": "", "met": "overall >= 50%", "not met": "overall >= 90%", "open": "overall >= 50% with 95% confidence"}
SITUATIONS: dict[str, tuple[str, list[str]]] = {
    "wrong answers only": ("", []),
    "a test that passes": ("def test_other(): pass\n", []),
    "an unrelated failure": ("def test_other(): assert False\n", []),
    "an unrelated error": (
        "import pytest\n@pytest.fixture\ndef broken(): raise OSError\ndef test_other(broken): pass\n",
        [],
    ),
    "a file that breaks": ("raise OSError('broken')\n", []),
    "an interruption": ("def test_other(): raise KeyboardInterrupt\n", []),
    "nothing selected": ("", ["-k", "nothing"]),
    "a stop (-x)": ("", ["-x"]),
    "one not measured": ("", []),
    "one not measured, one allowed": ("", ["--mathbench-unmeasured=1"]),
}
FORGIVEN = {"wrong answers only", "a test that passes", "one not measured, one allowed"}


ALWAYS = {"nothing selected": (5, 5), "an interruption": (2, 2), "a file that breaks": (2, 1)}
"""Whatever the gates: without xdist, and with it, which runs what it could collect."""


def expected(gate: str, situation: str, workers: str) -> int:
    """Return what the page on gates promises."""
    if situation in ALWAYS:
        return ALWAYS[situation][workers == "-n2"]
    if gate == "none":  # pytest's own; xdist calls a stop an interruption
        return 2 if situation == "a stop (-x)" and workers == "-n2" else 1
    if gate == "not met" or situation.startswith("an unrelated"):
        return 1
    return 0 if gate == "met" and situation in FORGIVEN else 6


def main() -> None:
    """Run all of them, print the table, and fail on the first that is otherwise."""
    server = ScriptedServer()
    wrong = 0
    rows = [row("a-1"), row("a-2"), row("a-3"), row("g-1", answer="43")]
    with tempfile.TemporaryDirectory() as folder:
        problems = Path(folder, "set.jsonl")
        problems.write_text("".join(json.dumps(each) + "\n" for each in rows))
        print(f"{'':32}" + "".join(f"{gate:>16}" for gate in GATES) + "   (-n0 / -n2)")
        for situation, (beside, arguments) in SITUATIONS.items():
            server.answers = {"a-3": (400, '{"error": {"message": "no"}}')} if "not measured" in situation else {}
            cells = []
            for gate, sentence in GATES.items():
                found = []
                for workers in ("-n0", "-n2"):
                    suite = Path(tempfile.mkdtemp(dir=folder))
                    (suite / "test_suite.py").write_text(SUITE)
                    if beside:
                        (suite / "test_zz.py").write_text(beside)
                    given = [f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}", workers]
                    given += [f"--mathbench-gates={sentence}"] if sentence else []
                    command = [sys.executable, "-m", "pytest", "-q", "--mathbench-model=m", *given, *arguments, "."]
                    status = subprocess.run(command, cwd=suite, capture_output=True, check=False).returncode
                    found.append(status)
                    wrong += status != expected(gate, situation, workers)
                cells.append("/".join(map(str, found)))
            print(f"{situation:32}" + "".join(f"{cell:>16}" for cell in cells), flush=True)
    server.close()
    assert not wrong, f"{wrong} are otherwise than the page on gates says"
    print("all as the page on gates says")


if __name__ == "__main__":
    main()
