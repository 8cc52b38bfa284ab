"""Calls of the plugin's own hooks (`hookspecs`): what an implementation raises is told with its name."""

import json
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pluggy
import pytest

from pytest_mathbench.errors import HookError
from pytest_mathbench.plugin.benchmark import BENCHMARK
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult, Problem, Request
from pytest_mathbench.reporting.blocks import Block
from pytest_mathbench.reporting.sections.section import Context, Section


def request_for(config: pytest.Config, problem: Problem, sample: int) -> Request:
    """Return what the model is asked for an attempt. In any thread. Raises `HookError`."""
    request = config.stash[BENCHMARK].questionnaire.request(problem, sample)
    hook = config.hook.pytest_mathbench_request
    changed = _call(hook, config=config, problem=problem, sample=sample, request=request)
    if not isinstance(changed, Request | None):
        raise HookError(f"{hook.name} must return a Request or None; it returned {type(changed).__name__}")
    return changed or request


class Listeners:
    """The implementations of hooks that only listen or add: what they raise costs the run nothing."""

    def __init__(self, config: pytest.Config, warn: Callable[[str], None]) -> None:
        """`warn` is told the first time that an implementation or a section fails."""
        self._config = config
        self._warn = warn
        self._failed: set[str] = set()

    def tell(self, what: str, **arguments: object) -> Sequence[Any]:
        """Call `pytest_mathbench_…`, and return what the implementations returned; nothing if one failed."""
        try:
            hook = getattr(self._config.hook, f"pytest_mathbench_{what}")
            return _call(hook, config=self._config, **arguments) or ()
        except HookError as error:
            self.fail(str(error).partition(" failed")[0], str(error))
            return ()

    def are_there(self, what: str) -> bool:
        """Whether `pytest_mathbench_…` is implemented by anybody."""
        return bool(getattr(self._config.hook, f"pytest_mathbench_{what}").get_hookimpls())

    def sections(self, run: RunInfo) -> list[Callable[[], Section]]:
        """Return what makes the sections that others add to the report."""
        found: list[Callable[[], Section]] = []
        try:
            for makers in self.tell("sections", run=run):
                found.extend(partial(Guarded, make(), self) for make in makers)
        except Exception as error:  # noqa: BLE001 - whatever it is
            self.fail("sections", f"a section of pytest_mathbench_sections could not be made {_where(error)}")
        return found

    def fail(self, culprit: str, sentence: str) -> None:
        """Warn of whoever has failed, the first time."""
        if culprit not in self._failed:
            self._failed.add(culprit)
            self._warn(sentence)


class Guarded:
    """Another's section: when it fails, the report is made without it."""

    def __init__(self, section: Section, listeners: Listeners) -> None:
        self._section = section
        self._listeners = listeners
        self._failed = False
        self.name, self.title, self.schema = section.name, section.title, section.schema

    def add(self, result: ItemResult) -> None:
        """Count a result."""
        self._ask(lambda: self._section.add(result), None)

    def blocks(self, context: Context) -> list[Block]:
        """Return what people read."""
        blocks: list[Block] = self._ask(lambda: list(self._section.blocks(context)), [])
        return blocks

    def as_json(self, context: Context) -> object:
        """Return what machines read, if it goes into JSON."""
        return self._ask(lambda: json.loads(json.dumps(self._section.as_json(context))), None)

    def _ask(self, ask: Callable[[], Any], otherwise: object) -> Any:  # whatever is asked for
        try:
            return otherwise if self._failed else ask()
        except Exception as error:  # noqa: BLE001 - whatever it is
            self._failed = True
            section = type(self._section).__qualname__
            self._listeners.fail(section, f"the section {section} failed {_where(error)}; the report is without it")
            return otherwise


def _call(hook: pluggy.HookCaller, **arguments: object) -> Any:  # whatever the hook returns
    """Call a hook. Raises `HookError` for whatever it raises, but for what is to end the session."""
    try:
        return hook(**arguments)
    except (pytest.exit.Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # pytest.fail and pytest.skip among them
        raise HookError(f"the hook {hook.name} of {_culprit(hook, error)} failed {_where(error)}") from error


def _where(error: BaseException) -> str:
    """Say where an error was raised, and which."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"at {Path(place.filename).name}:{place.lineno}: {type(error).__name__}: {error}"


def _culprit(hook: pluggy.HookCaller, error: BaseException) -> str:
    """Return the name of the plugin whose implementation raised an error."""
    codes = {frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)}
    for implementation in hook.get_hookimpls():
        if getattr(implementation.function, "__code__", None) in codes:
            return implementation.plugin_name
    return "a plugin"
