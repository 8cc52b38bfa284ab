"""What a gate can decide is known before a run, and said where it is not enough."""

from pathlib import Path

import pytest
from factories import make_problem, make_result, make_run_info

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.analysis.gates import read
from pytest_mathbench.analysis.noise import Noise
from pytest_mathbench.analysis.outlook import (
    Certified,
    Setup,
    detectable,
    early_share,
    needed,
    passes,
    problems_to_find,
)
from pytest_mathbench.analysis.statistics import detectable_drop
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting.baselines import FOLDER, Certificate, certificate_of, certify, load, save

SETUP = Setup(problems=945, discordant=0.1, margin=0.05)
NOISE = Noise(bucket="overall", problems=100, rates=(0.5, 0.6), deviation=0.07, largest=0.1, discordant=0.2)
INFO = make_run_info()
CERTIFICATE = Certificate(
    model="m", problems_sha256=INFO.problems_sha256, runs=2, endpoint="here", machine={"cpus": "2"}, noise=(NOISE,)
)


def test_the_drop_that_is_found_is_the_tests_own() -> None:
    """Corrected for the comparisons, beyond the margin."""
    assert detectable(SETUP) == detectable_drop(945, 0.1, 0.05, 0.05)


def test_samples_stand_for_problems_where_noise_is_of_sampling() -> None:
    """Four samples of a problem tell as much as four problems."""
    four = Setup(problems=100, discordant=0.1, margin=0.05, samples=4)
    assert detectable(four) == detectable(Setup(problems=400, discordant=0.1, margin=0.05))


@pytest.mark.parametrize("margin", [0.01, 0.02, 0.05])
def test_so_many_problems_let_an_unchanged_model_pass(margin: float) -> None:
    """In 80 % of runs, and one tenth fewer do not."""
    enough = needed(Setup(problems=1, discordant=0.1, margin=margin), 0.95)
    assert enough is not None
    assert passes(Setup(problems=enough, discordant=0.1, margin=margin), 0.95) == pytest.approx(0.8, abs=0.01)
    assert passes(Setup(problems=int(0.9 * enough), discordant=0.1, margin=margin), 0.95) < 0.8


def test_without_a_margin_no_number_is_enough() -> None:
    """An unchanged model passes "with confidence" as often as chance lets it."""
    setup = Setup(problems=1000, discordant=0.1, margin=0)
    assert needed(setup, 0.95) is None
    assert passes(setup, 0.95) == pytest.approx(0.05)


def test_so_many_problems_find_a_drop() -> None:
    """With 80 % power, to a hundredth; a drop that is within the margin is never found."""
    found = problems_to_find(SETUP, 0.1)
    assert found is not None
    assert detectable(Setup(problems=found, discordant=0.1, margin=0.05)) <= 0.1
    assert detectable(Setup(problems=int(0.9 * found), discordant=0.1, margin=0.05)) > 0.1
    assert problems_to_find(SETUP, 0.05) is None


def test_early_decision_needs_a_part_of_the_problems() -> None:
    """A quarter for an unchanged model, less for one that is worse."""
    unchanged, worse = early_share(SETUP), early_share(SETUP, 0.2)
    assert 0.2 < unchanged < 0.3
    assert worse < 0.15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "overall no worse than baseline by more than 2 points with 95% confidence",
            ": overall: at this size an unchanged model would pass in 12% of runs; "
            "3,092 problems or 31 samples would do",
        ),
        ("overall no worse than baseline by more than 20 points with 95% confidence", None),
        (
            "overall no worse than baseline",
            ": overall: of 100 problems only a drop of 12 points is found in 80% of runs",
        ),
        ("overall no worse than baseline by more than 10 points", None),
        ("algebra no worse than baseline", None),
        ("overall >= 60%", None),
    ],
)
def test_what_a_set_up_cannot_decide_is_said(text: str, said: str | None) -> None:
    """Of the buckets whose noise is known, with what would do."""
    known = Certified(CERTIFICATE.discordant, 1, 1)
    found = read(text, ["algebra"]).prospects({("algebra", 1): 100}, known)
    assert [line.partition("; 134")[0] for line in found] == ([] if said is None else [f"{text!r}{said}"])


@pytest.mark.parametrize(
    ("problems", "samples", "comparisons", "enough"),
    [(4, 1, 1, 5), (5, 1, 1, None), (5, 1, 8, 8), (1, 4, 1, None), (1, 2, 1, 2)],
)
def test_too_few_problems_to_fail_are_said(problems: int, samples: int, comparisons: int, enough: int | None) -> None:
    """Of five problems a loss of all is chance in 1 of 32; of fewer, or as one of many comparisons, in too many."""
    gate = read("algebra no worse than baseline", ["algebra"])
    said = gate.prospects({("algebra", 1): problems}, Certified(lambda _: None, comparisons, samples))
    assert [line.rpartition("lost: ")[2] for line in said] == ([f"there must be {enough} at least"] if enough else [])


def test_a_cell_has_its_domains_noise() -> None:
    """Of a bucket that is in no certificate nothing is known."""
    domain = Noise(bucket="algebra", problems=10, rates=(0.5, 0.6), deviation=0.07, largest=0.1, discordant=0.3)
    certificate = Certificate(model="m", problems_sha256="", runs=2, endpoint="", machine={}, noise=(domain, NOISE))
    assert certificate.discordant("algebra/level3") == 0.3
    assert certificate.discordant("geometry") is None


def test_a_gate_on_points_alone_fails_by_chance() -> None:
    """At its own margin in 5 % of pairs of runs; without noise never."""
    assert NOISE.fails_by_points(NOISE.margin) == pytest.approx(0.05)
    still = Noise(bucket="overall", problems=10, rates=(0.5, 0.5), deviation=0, largest=0, discordant=0)
    assert still.fails_by_points(0.01) == 0


# Stored with a baseline


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Save a baseline by name."""
    monkeypatch.chdir(tmp_path)
    path = Path(FOLDER) / "main.json"
    save(path, INFO, measured([make_result(), make_result(problem=make_problem(id="b"))]))
    return path


def test_a_certificate_is_stored_with_a_baseline(baseline: Path) -> None:
    """It is read back, and the baseline is what it was."""
    before = load(baseline)
    certify(baseline, CERTIFICATE)
    assert certificate_of(str(baseline)) == CERTIFICATE
    assert load(baseline) == before


def test_a_baseline_may_have_no_certificate(baseline: Path) -> None:
    """Nor has a run's folder."""
    assert certificate_of(str(baseline)) is None
    assert certificate_of(FOLDER) is None


def test_a_certificate_of_other_problems_is_refused(baseline: Path) -> None:
    """Their noise says nothing of these."""
    other = Certificate(model="m", problems_sha256="0" * 64, runs=2, endpoint="", machine={}, noise=(NOISE,))
    with pytest.raises(ConfigurationError, match="the certificate is of another problem set"):
        certify(baseline, other)


def test_a_plan_says_problems_costs_and_savings(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By what is given, or by the certificate of a baseline."""
    certify(baseline, CERTIFICATE)
    assert main(["plan", "--problems=400", f"--certificate={baseline}", "--tokens=100", "--speed=100"]) == 0
    found, whole, unchanged, worse = capsys.readouterr().out.splitlines()
    assert found.startswith("a drop of 10 points is found in 80% of runs by ")
    assert whole.endswith("a whole run: 40,000 tokens, 0.11 hours")
    assert unchanged.startswith("with --mathbench-decide=early an unchanged model: ")
    assert worse.startswith("with --mathbench-decide=early one 10 points worse: ")


@pytest.mark.parametrize(
    "option", ["--problems=0", "--discordant=0", "--drop=101", "--speed=0", "--certificate=none.json"]
)
def test_a_plan_of_nothing_is_refused(option: str, baseline: Path) -> None:
    """With what is wrong."""
    assert main(["plan", option]) == 4
