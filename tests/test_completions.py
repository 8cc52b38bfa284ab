"""Completions on disk: found by model and request, in this run and in the next."""

import json
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from factories import PROPERTY, make_completion, make_fault, make_request, make_result, make_run_info
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError, GenerationError, RecordingError
from pytest_mathbench.recording.completions import (
    COMPLETIONS,
    CompletionStore,
    Entry,
    RecordedCompletions,
    tokens_without_result,
)
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import Completion, Effort, ItemResult, Prompt, Request, Sampling
from pytest_mathbench.tokens import Tokens

IN_ONE_FOLDER = settings(PROPERTY, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(text: str, seed: int | None = None) -> Request:
    """Make a request that asks just this."""
    return Request(prompt=Prompt(user=text), sampling=Sampling(seed=seed))


def answer(text: str) -> Completion:
    """Make a completion of this text."""
    return make_completion(text=text)


def read(folder: Path, *wanted: tuple[str, Request]) -> list[str | None]:
    """The recorded texts of these, in a file opened anew; no line of it is damaged."""
    recorded = RecordedCompletions(folder, pytest.fail)
    found = [recorded.get(*each) for each in wanted]
    assert [recorded.has(*each) for each in wanted] == [each is not None for each in found]
    recorded.close()
    return [each.text if each else None for each in found]


def test_a_completion_is_found_by_model_and_request(tmp_path: Path) -> None:
    """Another model, another prompt, another seed are another completion; nothing is found that was not put."""
    store = CompletionStore(tmp_path)
    store.put("m", ask("a"), answer("one"))
    store.put("n", ask("a"), answer("two"))
    store.put("m", ask("a", seed=1), answer("three"))
    wanted = [("m", ask("a")), ("n", ask("a")), ("m", ask("a", seed=1)), ("m", ask("b")), ("m", ask("a", seed=2))]
    expected = [answer("one"), answer("two"), answer("three"), None, None]
    assert expected == [store.get(*each) for each in wanted]
    assert [True, True, True, False, False] == [store.has(*each) for each in wanted]
    store.close()
    assert ["one", "two", "three", None, None] == read(tmp_path, *wanted)


@IN_ONE_FOLDER
@given(texts=st.dictionaries(st.text(max_size=5), st.text(max_size=40), min_size=1, max_size=4))
def test_every_text_comes_back_from_disk(texts: dict[str, str], tmp_path: Path) -> None:
    """Whatever was asked and answered, lone surrogates and line ends included, is the same when it is read again."""
    (tmp_path / COMPLETIONS).unlink(missing_ok=True)
    for asked, text in texts.items():  # each in a run of its own
        store = CompletionStore(tmp_path, pytest.fail)
        store.put("m", ask(asked), answer(text))
        store.close()
    assert list(texts.values()) == read(tmp_path, *(("m", ask(asked)) for asked in texts))


def test_the_latest_completion_counts(tmp_path: Path) -> None:
    """Put twice, a request has the answer that came last, here and on disk."""
    store = CompletionStore(tmp_path)
    for text in ("first", "last"):
        store.put("m", ask("a"), answer(text))
    found = store.get("m", ask("a"))
    store.close()
    assert answer("last") == found
    assert ["last"] == read(tmp_path, ("m", ask("a")))


def test_damaged_lines_are_named_and_the_others_used(tmp_path: Path) -> None:
    """Each line that is no completion is told with file and line number; a torn last line is none at all."""
    store = CompletionStore(tmp_path)
    store.put("m", ask("a"), answer("one"))
    store.close()
    path = tmp_path / COMPLETIONS
    no_key = json.dumps(json.loads(path.read_text()) | {"key": "no key"})
    with path.open("ab") as file:
        file.write(b"garbage\n\n\xff\xfe\x00\n[]\n" + no_key.encode() + b"\n")
    store = CompletionStore(tmp_path, lambda _: None)
    store.put("m", ask("b"), answer("two"))
    store.close()
    with path.open("ab") as file:
        file.write(b'{"model": "m", "ke')
    told: list[str] = []
    recorded = RecordedCompletions(tmp_path, told.append)
    found = [recorded.get("m", ask(text)) for text in ("a", "b")]
    recorded.close()
    assert [answer("one"), answer("two")] == found
    expected = [f"{path}, line {number}: not a completion, left out: " for number in (2, 4, 5, 6)]
    assert [True] * 4 == [text.startswith(start) for text, start in zip(told, expected, strict=True)]


def test_a_line_is_an_entry(tmp_path: Path) -> None:
    """The file tells in one line of JSON which model answered what to which request."""
    store = CompletionStore(tmp_path)
    store.put("m", make_request(), make_completion())
    store.close()
    (line,) = (tmp_path / COMPLETIONS).read_text().splitlines()
    assert Entry(model="m", key=make_request().key, completion=make_completion()) == Entry.from_json(line)


def test_a_folder_without_completions_is_refused(tmp_path: Path) -> None:
    """Replaying what was never recorded is refused, with the file's name."""
    with pytest.raises(ConfigurationError, match=r"completions\.jsonl: no completions are recorded here: No such file"):
        RecordedCompletions(tmp_path, pytest.fail)


def test_completions_can_be_read_while_a_run_writes_them(tmp_path: Path) -> None:
    """A reader takes no lock; a second writer is refused."""
    store = CompletionStore(tmp_path)
    store.put("m", ask("a"), answer("one"))
    assert ["one"] == read(tmp_path, ("m", ask("a")))
    with pytest.raises(ConfigurationError, match="being written by another run"):
        CompletionStore(tmp_path)
    store.close()


def test_what_cannot_be_written_is_not_there(tmp_path: Path) -> None:
    """A completion that did not reach the disk raises, and is not said to be recorded."""
    store = CompletionStore(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))  # Python ignores the signal
    try:
        with pytest.raises(RecordingError, match="File too large"):
            store.put("m", ask("a"), answer("one"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not store.has("m", ask("a"))
    assert store.get("m", ask("a")) is None
    store.put("m", ask("a"), answer("two"))
    store.close()
    assert ["two"] == read(tmp_path, ("m", ask("a")))


def test_closing_twice_is_closing(tmp_path: Path) -> None:
    """The second time closes nothing: the descriptor may be another file's by then."""
    store = CompletionStore(tmp_path)
    store.close()
    with (tmp_path / "other").open("wb") as other, (tmp_path / "another").open("wb") as another:
        store.close()
        for file in (other, another):
            assert 2 == file.write(b"ok")


def test_a_completion_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """A file that somebody changed while it is in use gives no other completion: the attempt is not measured."""
    store = CompletionStore(tmp_path)
    store.put("m", ask("a"), answer("one"))
    (tmp_path / COMPLETIONS).write_text("something else\n")
    with pytest.raises(GenerationError, match=r"completions\.jsonl: a completion can no longer be read: "):
        store.get("m", ask("a"))
    store.close()


def test_closed_completions_are_not_read(tmp_path: Path) -> None:
    """Whoever asks too late hears of it."""
    store = CompletionStore(tmp_path)
    store.put("m", ask("a"), answer("one"))
    store.close()
    with pytest.raises(GenerationError, match="a completion can no longer be read: I/O operation on closed file"):
        store.get("m", ask("a"))


def test_a_new_field_finds_old_completions(tmp_path: Path) -> None:
    """A key that a version without the field has written is the key that this version asks for."""
    store = CompletionStore(tmp_path)
    store.close()
    key = "19ecf57a6c9315a6822a793715afd4fa12bf80b8767c43f872e6f5e5f823608f"  # as test_records has it
    (tmp_path / COMPLETIONS).write_text(Entry(model="m", key=key, completion=answer("old")).to_json() + "\n")
    assert ["old"] == read(tmp_path, ("m", ask("What is $6 \\cdot 7$?")))


# What no result was made of


def left_over(parent: Path, *results: ItemResult, **info: str) -> list[int]:
    """Record a run of these results, whose model answered three questions; return the tokens that nothing came of."""
    with RunFolder.create(parent, make_run_info(**info)) as folder:
        for result in results:
            folder.append(result)
    store = CompletionStore(folder.path)
    for number, text in enumerate("abc", start=1):
        store.put("m", ask(text), make_completion(prompt_tokens=1, completion_tokens=100 * number))
    store.put("judge", ask("d"), make_completion(completion_tokens=7))
    store.close()
    return list(tokens_without_result(RecordedRun.open(folder.path, pytest.fail)))


def test_the_tokens_of_answers_without_a_result_are_told(tmp_path: Path) -> None:
    """Answers that were on their way when the run stopped; another model's, such as a judge's, are none of its own."""
    results = [make_result(request=ask("a")), make_fault(sample=1)]
    assert [200, 300] == left_over(tmp_path, *results, model="m")


def test_a_model_with_an_adapter_is_known_by_what_it_was_asked_as(tmp_path: Path) -> None:
    """Its completions are recorded under that name."""
    assert [100, 300] == left_over(tmp_path, make_result(request=ask("b")), model="base", asked_model="m")


def test_of_a_strategy_nothing_is_left_over(tmp_path: Path) -> None:
    """What it asked for on its way belongs to its results, though none of them names it."""
    effort = Effort(requests=3, prompt_tokens=3, completion_tokens=600, seconds=1.0, executions=1, ended="")
    results = [make_result(request=ask("a"), effort=effort), make_fault(sample=1)]
    assert [] == left_over(tmp_path, *results, model="m")


def test_what_another_run_asked_is_reused_and_copied_once(tmp_path: Path) -> None:
    """It is there for whoever asks the same; this run's own folder then holds it, and it only."""
    folders = [tmp_path / name for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    old = CompletionStore(folders[0])
    for text in ("a", "b"):
        old.put("m", ask(text), answer(text))
    old.close()
    new = CompletionStore(folders[1], pytest.fail, [RecordedCompletions(folders[0], pytest.fail)])
    assert [True, True, False] == [new.has("m", ask(text)) for text in "abc"]
    assert [answer("a"), answer("a"), None] == [new.get("m", ask(text)) for text in "aac"]
    assert not new.has("n", ask("a"))
    new.close()
    assert ["a", None] == read(folders[1], ("m", ask("a")), ("m", ask("b")))
    assert 1 == len((folders[1] / COMPLETIONS).read_text().splitlines())


def test_a_completion_with_tokens_is_reused_by_who_asks_for_none(tmp_path: Path) -> None:
    """Its text is the same, and its tokens are left out; one without tokens is of no use to who needs them."""
    folders = [tmp_path / name for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    old = CompletionStore(folders[0])
    with_tokens = replace(answer("a"), tokens=Tokens(ids=(1,), texts=("a",)), prompt_ids=(7,))
    old.put("m", replace(ask("a"), tokens=True), with_tokens)
    old.put("m", ask("b"), answer("b"))
    old.close()
    new = CompletionStore(folders[1], pytest.fail, [RecordedCompletions(folders[0], pytest.fail)])
    found = new.get("m", ask("a"))
    assert not new.has("m", replace(ask("b"), tokens=True))
    new.close()
    assert answer("a") == found


def test_of_several_runs_the_first_that_asked_is_reused(tmp_path: Path) -> None:
    """What it lacks is looked for in the next."""
    folders = [tmp_path / name for name in ("one", "two", "new")]
    for folder, asked in zip(folders, ("a", "ab", ""), strict=True):
        folder.mkdir()
        store = CompletionStore(folder)
        for text in asked:
            store.put("m", ask(text), answer(f"{folder.name} {text}"))
        store.close()
    new = CompletionStore(folders[2], pytest.fail, [RecordedCompletions(each, pytest.fail) for each in folders[:2]])
    assert [answer("one a"), answer("two b"), None] == [new.get("m", ask(text)) for text in "abc"]
    new.close()
