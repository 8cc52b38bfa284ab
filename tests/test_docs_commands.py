"""Every command that README and documentation show is run as it stands there, or says why not and is read."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest
from documented import OURS, ROOT, Command, blocks, commands, of_page

from conftest import WARM_LITTLE, Answer, ScriptedServer, row
from pytest_mathbench.cli import main, parse
from pytest_mathbench.problems import load
from pytest_mathbench.settings import options, read

SHARED = f"{WARM_LITTLE} -p no:cacheprovider"
"""What every session is given besides."""

FOUR = "--mathbench-domain=algebra,number_theory --mathbench-level=1,3 --mathbench-per-cell=1"
"""A selection of the bundled problems; of others the first four are taken. What a command selects itself wins."""

VENDOR = "https://api.example.com/v1"
"""The address of the pages' examples: here it is the loopback server's."""

COPIES = (
    *("RUN", "RUN-1", "A", "B", "C", "RUN-SINGLE", "RUN-REGENERATE", "RUN-RESAMPLE", "RUN-RANDOM"),
    *("nightly/1", "old/1", "new/1"),
)
"""The recorded runs that pages speak of."""

NAMED = {option.name for option in options()}


def distinct(chosen: Iterator[Command]) -> list[Command]:
    """Each command once, however many pages show it."""
    return list({command.words: command for command in chosen}.values())


RUN = distinct(command for command in commands() if command.words[0] in OURS and not command.not_run)
READ = distinct(command for command in commands() if command.words[0] in OURS and command.not_run)
NOT_OURS = distinct(command for command in commands() if command.words[0] not in OURS)


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    """One endpoint for all of them; its model says 42 to whatever it was not told the answer of."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture(scope="module")
def place(model: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folder that the pages speak of: a suite, problems, a model, runs, shards, a baseline in a repository."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "my_suite").mkdir()
    (folder / "my_suite" / "test_suite.py").write_text(
        "def test_problem(problem, mathbench):\n    mathbench(problem)\n"
    )
    own = "".join(json.dumps(row(name)) + "\n" for name in "abc")
    for name in ("my_problems.jsonl", "mine.jsonl"):
        (folder / name).write_text(own)
    (folder / "handshakes.py").write_text(handshakes())
    shutil.copy(ROOT / "problems" / "first" / "prompt.txt", folder / "few-shot.txt")
    (folder / "build" / "model").mkdir(parents=True)
    (folder / "build" / "model" / "config.json").write_text("{}")

    def session(*words: str) -> None:
        """Run one in this process, as all of them are."""
        given = [*shlex.split(f"{SHARED} {FOUR}"), f"--mathbench-base-url={model.url}", "--mathbench-model=mistral"]
        assert pytest.main(["-q", *given, *words]) in {0, 1}

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        recorded = folder / ".mathbench" / "20261123-195229-mistral"
        model.answers = told(1) | told(3)
        session()
        next(recorded.parent.iterdir()).rename(recorded)
        model.answers = told(3)
        session("--mathbench-output=others")
        next(folder.glob("others/*")).rename("RUN-2")
        for number in range(1, 5):
            session(f"--mathbench-shard={number}/4", "--mathbench-output=shards")
            next(folder.glob("shards/*")).rename(f"shard-{number}")
        assert 0 == main(["merge", *expanded("shard-*/"), "--output=merged"])
        assert 0 == main(["baseline", "save", "main", str(recorded)])
        for copy in COPIES:
            shutil.copytree(recorded, copy)
        assert 0 == main(["noise", "--save", "main", "RUN-1", "RUN-2"])
        commit = ["-c", "user.name=me", "-c", "user.email=me@example.com", "commit", "-q", "-m", "Baseline"]
        for words in (["init", "-q", "."], ["add", "mathbench-baselines"], commit):
            subprocess.run(["git", *words], check=True)  # noqa: S607 - the developer's own git
    return folder


@pytest.mark.parametrize("command", [each for each in RUN if each.words[0] == "pytest"], ids=str)
def test_a_session_is_run(
    command: Command, place: Path, model: ScriptedServer, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a few problems, on an endpoint of this machine: nothing is refused, and all of it is measured."""
    monkeypatch.chdir(place)
    said = " ".join(command.words)
    selection = "--mathbench-limit=4" if "--mathbench-problems" in said else FOUR
    endpoint = "" if "--mathbench-replay" in said else f"--mathbench-base-url={model.url}"
    output = "" if "--mathbench-resume" in said else "--mathbench-output=made"
    monkeypatch.setenv("PYTEST_ADDOPTS", f"{SHARED} {selection} {endpoint} {output}")
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "1")
    words = [re.sub(r"^--mathbench-output=.*", "", word.replace(VENDOR, model.url)) for word in command.words[1:]]
    ended = pytester.runpytest_inprocess(*filter(None, words))
    assert ended.ret in {0, 1}
    assert "; 0 not measured" in ended.stdout.str()


@pytest.mark.parametrize("command", [each for each in RUN if each.words[0] == "mathbench"], ids=str)
def test_a_command_is_run(
    command: Command,
    place: Path,
    model: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On what is in the folder: it says something, and refuses nothing (a gate may not be met)."""
    monkeypatch.chdir(place)
    some_id = json.loads((place / "RUN" / "results.jsonl").read_text().partition("\n")[0])["problem"]["id"]
    stands_for = {"ID": some_id, "merged": "merged-again"}
    words = [stands_for.get(word, word).replace(VENDOR, model.url) for word in command.words[1:]]
    words = [found for word in words for found in expanded(word)]
    assert main(words) in {0, 1}
    said = capsys.readouterr()
    assert said.out
    assert "mathbench: " not in said.err


@pytest.mark.parametrize("command", READ, ids=str)
def test_what_is_not_run_is_read(command: Command, request: pytest.FixtureRequest) -> None:
    """By pytest's own parser with this plugin, or by that of the command line: a renamed option is found."""
    if command.words[0] == "mathbench":
        assert parse([*command.words[1:]]).command
        return
    found, unknown = request.config._parser.parse_known_and_unknown_args(command.words[1:])
    assert [] == unknown
    given = {name: getattr(found, f"mathbench_{name}") for name in NAMED}
    lines = {name: "\n".join(value) if isinstance(value, list) else value for name, value in given.items()}
    written = {name: (value, name) for name, value in lines.items() if value is not None}
    assert written
    assert read(written)


@pytest.mark.parametrize("command", NOT_OURS, ids=str)
def test_what_other_programs_are_asked_for_is_there(command: Command) -> None:
    """A target of the Makefile, an extra of the package, a script, a file."""
    match command.words:
        case ["make", *targets]:
            known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
            assert set(known) >= {target for target in targets if "=" not in target}
        case ["pip", "install", *names]:
            extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
            wanted = [re.fullmatch(r"pytest-mathbench(?:\[(.+)\])?", name) for name in names]
            assert all(each and (each[1] is None or each[1] in extras) for each in wanted)
        case ["python", script, *_] if script.endswith(".py"):
            assert (ROOT / script).is_file()
        case ["docker", "build", *words]:
            assert (ROOT / words[words.index("--file") + 1]).is_file()
        case [*words]:
            assert "--mathbench" not in " ".join(words)


@pytest.mark.parametrize(("page", "text"), blocks("toml"), ids=[page for page, _ in blocks("toml")])
def test_settings_in_toml_are_read(page: str, text: str) -> None:
    """Each table of pytest's holds settings that there are, of values that can be read."""
    found = tomllib.loads(text)["tool"]["pytest"]
    own = {key.removeprefix("mathbench_"): value for key, value in found.items() if key.startswith("mathbench_")}
    lines = {key: "\n".join(value) if isinstance(value, list) else value for key, value in own.items()}
    texts = {key: json.dumps(value) if isinstance(value, dict) else str(value) for key, value in lines.items()}
    assert NAMED >= set(texts)
    assert read({key: (value, page) for key, value in texts.items()})


def test_nothing_is_left_out_in_silence() -> None:
    """A reason is a sentence, and most commands need none."""
    assert [] == [each for each in commands() if each.not_run and len(each.not_run.split()) < 3]
    assert len(RUN) > len(READ)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    mathbench report\n    what it says\n", "is what is no command"),
        ("    what it says\n    mathbench report\n", "amidst of what is none"),
        ("<!-- not run: it needs a GPU -->\n\nNo command.\n", "there is no command for the mark"),
        ("mathbench report --html\n", "a command that is no code"),
        ("<!-- not run, line 2: it needs a GPU -->\n\n    mathbench report\n", "there is no command for the mark"),
    ],
)
def test_a_page_that_cannot_be_told_apart_is_refused(text: str, said: str) -> None:
    """What is neither a command nor plainly something else, and a reason for nothing."""
    with pytest.raises(ValueError, match=said):
        list(of_page("page.md", text))


def told(level: int) -> dict[str, Answer]:
    """What the model is told: programs that print the answers of a level's problems."""
    chosen = [problem for problem in load("").problems if problem.level == level]
    return {problem.statement: f"```python\nprint({problem.answer!r})\n```" for problem in chosen}


def expanded(word: str) -> list[str]:
    """What a shell makes of a word: the paths that it stands for, or itself."""
    return sorted(glob(word)) or [word]  # noqa: PTH207 - words may be texts, such as a sentence with a star


def handshakes() -> str:
    """The first family that the page on suites shows."""
    (found,) = [text for page, text in blocks("python") if page == "own-suite.md" and "def draw" in text]
    return found
