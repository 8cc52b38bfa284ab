"""`mathbench demo`: a whole run on a real model's recorded completions, without a model, in less than a minute."""

import argparse
import lzma
import os
import subprocess
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path

from pytest_mathbench.analysis.gates import EXIT_STATUS
from pytest_mathbench.cli.messages import say, warn
from pytest_mathbench.problems import bundled_folder
from pytest_mathbench.recording.completions import COMPLETIONS
from pytest_mathbench.recording.recorded import RUN, RecordedRun, read_info
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.reporting.export import PAGE

FOLDER = Path(__file__).parent.parent / "demonstration"
"""What is shipped: the run that made the completions, these, and a baseline; benchmarks/demonstration.py writes it."""

PACKED = FOLDER / f"{COMPLETIONS}.xz"
BASELINE = FOLDER / "baseline.json"
SETTINGS = FOLDER / "pytest.ini"

_BROKEN = 1


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    demo = commands.add_parser(
        "demo", help="see a whole run in a minute, without a model: recorded completions, executed and graded now"
    )
    demo.add_argument("--output", default=".mathbench", metavar="FOLDER", help="where it is recorded (%(default)s)")
    demo.add_argument("--open", action="store_true", help="open its page in a browser, without being asked")
    demo.set_defaults(command=_demo)


def _demo(options: argparse.Namespace) -> int:
    """Run the demonstration: status 0 if all of it was measured, whatever the gates say, which it only shows."""
    recorded = read_info(FOLDER)
    what = f"{recorded.problem_count} completions of {recorded.model}, recorded on {recorded.started[:10]}"
    say(f"mathbench demo: {what}; their programs run and are graded now\n")
    before = _runs(options.output)
    with tempfile.TemporaryDirectory(prefix="mathbench-demo-") as scratch:
        status = _run(_unpacked(Path(scratch), recorded), options.output)
    made = _runs(options.output) - before
    if status not in EXIT_STATUS.values() or not made:
        return status or _BROKEN  # pytest has said why
    run = RecordedRun.open(max(made), warn)
    say(f"\nits page: {run.folder / PAGE}")
    if options.open or _is_wanted():
        _open(run.folder / PAGE)
    executed = sum(result.execution is not None for result in run.results())
    took = f", in {run.wall_seconds:.0f} s" if run.wall_seconds else ""
    say(f"mathbench demo: {what}; {executed} programs ran and were graded now{took}")
    return 0 if len(run.measured_attempts) == run.info.problem_count else _BROKEN


def _runs(output: str) -> set[Path]:
    """Return the folders of the runs that are recorded in a place."""
    return {path.parent for path in Path(output).expanduser().glob(f"*/{RUN}")}


def _unpacked(scratch: Path, recorded: RunInfo) -> Path:
    """Return a folder with the recorded run as a replay reads it."""
    folder = scratch / f"recorded-{recorded.started[:10]}"
    folder.mkdir()
    (folder / RUN).write_bytes((FOLDER / RUN).read_bytes())
    (folder / COMPLETIONS).write_bytes(lzma.decompress(PACKED.read_bytes()))
    return folder


def _run(recording: Path, output: str) -> int:
    """Replay a recording in a session of its own, which heeds no settings but those that are shipped."""
    # -P: a folder called datasets or utils where this was started must not stand in for a library.
    suite = str(bundled_folder())
    command = [sys.executable, "-P", "-m", "pytest", "-c", str(SETTINGS), f"--rootdir={suite}", suite]
    command += [f"--mathbench-replay={recording}", f"--mathbench-baseline={BASELINE}", f"--mathbench-output={output}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(command, env=environment) as session, suppress(KeyboardInterrupt):
        session.wait()  # pytest hears of Ctrl-C as well, and ends in order
    return session.returncode


def _is_wanted() -> bool:
    """Ask whether to open the page, where somebody is there to answer."""
    if os.environ.get("CI") or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    say("open it in a browser? [y/N] ", end="")
    answer = ""
    with suppress(KeyboardInterrupt):
        answer = sys.stdin.readline()
    return answer.strip().lower() in {"y", "yes"}


def _open(page: Path) -> None:
    if not webbrowser.open(page.absolute().as_uri()):
        say("no browser is to be found here: open the page's file yourself")
