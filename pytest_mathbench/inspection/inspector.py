"""Completion → what seems to be wrong with it, and where; no reference answer is needed for that, and none is here.

Where a program is to blame, the finding names the tokens of the blamed line, those first of which the model itself was
least certain, then those of the lines before it, in the same order.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.extraction import Extracted, extract
from pytest_mathbench.inspection.fault import Fault
from pytest_mathbench.inspection.lookup import LIMITS, NAMES_MODULE, certain_fault, faults_of
from pytest_mathbench.records import Completion, Finding
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.tokens import Tokens

# A parser can be made to hang, to exhaust memory and to crash; so it is a confined child that parses.
_SYNTAX_CHILD = """\
import json, sys, warnings
warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        compile(json.loads(line), "program.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        said = [error.lineno or 1, error.offset or 1, f"{type(error).__name__}: {error.msg}"]
    except (ValueError, RecursionError, MemoryError) as error:
        said = [1, 1, type(error).__name__]
    else:
        said = None
    print(json.dumps(said), flush=True)
"""

_FRAME = re.compile(r'File "program\.py", line (\d{1,9})')
"""In a traceback, or in what a program prints to look like one: then it misleads only itself."""


_MOST_TRACEBACK = 1000
"""Characters at the end of what the interpreter says: the innermost calls and the exception."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A completion's program, if it holds one, and how that ran."""

    extracted: Extracted | None
    execution: Execution | None

    @property
    def program(self) -> str | None:
        """The program, if there is one."""
        return self.extracted.program if self.extracted else None

    @property
    def printed(self) -> str | None:
        """What the program printed, if it ended well and printed anything."""
        if self.execution and self.execution.ending == Ending.FINISHED and self.execution.stdout.strip():
            return self.execution.stdout
        return None


@dataclass(frozen=True, slots=True)
class Triggers:
    """What counts as a finding: `names` of the five; the thresholds are a probability and nats."""

    names: Collection[str]
    margin: float
    entropy: float

    @property
    def modules(self) -> tuple[str, ...]:
        """What the sandbox has to preload for them."""
        return (NAMES_MODULE,) if "names" in self.names else ()


@dataclass(slots=True)
class Inspector:
    """Looks at the completions of one attempt. A program that was run is not run again."""

    sandbox: Sandbox
    limits: Limits
    triggers: Triggers
    echo: bool = False
    equal: Callable[[str, str], bool] = str.__eq__
    """Whether what two programs printed is equal."""
    executions: int = 0
    _trials: dict[str, Trial] = field(default_factory=dict)

    def trial(self, completion: Completion) -> Trial:
        """Extract the program and run it. Raises `SandboxError`."""
        if (known := self._trials.get(completion.text)) is None:
            found = extract(completion.text)
            execution = self.sandbox.run(found.program, self.limits, echo=self.echo) if found else None
            self.executions += execution is not None
            known = self._trials[completion.text] = Trial(found, execution)
        return known

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Return what is wrong, by the first trigger that says so; the cheap ones are asked first.

        In tokens before `settled` there is no further doubt. Raises `SandboxError`.
        """
        names = self.triggers.names
        return (
            ("syntax" in names and self._syntax(completion))
            or ("names" in names and self._names(completion))
            or ("margin" in names and self._margin(completion, settled))
            or ("entropy" in names and self._entropy(completion, settled))
            or ("verdict" in names and self._verdict(completion))
            or None
        )

    def traceback(self, completion: Completion) -> str:
        """Return the end of what the interpreter said of a program that was run; empty if it was not, or finished."""
        trial = self._trials.get(completion.text)
        execution = trial.execution if trial else None
        return execution.stderr[-_MOST_TRACEBACK:] if execution and execution.ending == Ending.EXCEPTION else ""

    def answer(self, completion: Completion) -> str | None:
        """Return what the completion's program prints; None if it fails, prints nothing, or there is none."""
        return self.trial(completion).printed

    def same(self, answer: str, other: str) -> bool:
        """Whether two printed answers are one: the same text, or equal as the grader has it. Raises `GradingError`."""
        return answer.strip() == other.strip() or self.equal(answer, other)

    def _syntax(self, completion: Completion) -> Finding | None:
        found = extract(completion.text)
        if found is None:
            return None  # nothing that could be parsed: the verdict's affair
        said = self.sandbox.ask(_SYNTAX_CHILD, json.dumps(found.program), LIMITS)
        if isinstance(said, Execution):
            return _finding("syntax", f"the parser ended: {said.detail}", completion, Place(completion.text, found))
        if (error := json.loads(said)) is None:
            return None
        line, column, message = error
        place = Place(completion.text, found, line, column)
        return _finding("syntax", f"line {line}: {message}", completion, place)

    def _names(self, completion: Completion) -> Finding | None:
        found = extract(completion.text)
        fault = certain_fault(self.sandbox, found.program) if found else None
        return _named("names", fault, completion, found) if found and fault else None

    def _margin(self, completion: Completion, settled: int) -> Finding | None:
        tokens = _of(completion)
        return _doubt("margin", tokens, [each < self.triggers.margin for each in tokens.margins], settled)

    def _entropy(self, completion: Completion, settled: int) -> Finding | None:
        tokens = _of(completion)
        return _doubt("entropy", tokens, [each > self.triggers.entropy for each in tokens.entropies], settled)

    def _verdict(self, completion: Completion) -> Finding | None:
        trial = self.trial(completion)
        if (execution := trial.execution) is None:
            return _finding("verdict", "no program", completion, Place(completion.text, None))
        if execution.ending == Ending.FINISHED:
            if execution.stdout.strip():
                return None
            return _finding("verdict", "no answer", completion, Place(completion.text, trial.extracted))
        frames = _FRAME.findall(execution.stderr) if execution.ending == Ending.EXCEPTION else []
        line = int(frames[-1]) if frames else None
        if line and trial.extracted and "names" in self.triggers.names:
            for fault in faults_of(self.sandbox, trial.extracted.program):
                if fault.line == line and execution.detail.startswith(fault.message):
                    return _named("verdict", fault, completion, trial.extracted)
        place = Place(completion.text, trial.extracted, line)
        return _finding("verdict", execution.detail or str(execution.ending), completion, place)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a completion's text: its program, and in that a line and a column, both from 1, if they are known."""

    text: str
    extracted: Extracted | None
    line: int | None = None
    column: int | None = None

    def span(self) -> tuple[int, int]:
        """Return where the program begins and ends in the text; all of the text, if there is none."""
        return self.extracted.place if self.extracted else (0, len(self.text))

    def line_span(self) -> tuple[int, int]:
        """Return where the line begins and ends in the text; the whole program's place if it is unknown."""
        if self.extracted is None or self.line is None:
            return self.span()
        return self.extracted.line_place(self.text, self.line)


def _of(completion: Completion) -> Tokens:
    return completion.tokens or Tokens()


def _doubt(trigger: str, tokens: Tokens, doubtful: Sequence[bool], settled: int) -> Finding | None:
    """Find the first token in doubt; the text is looked at token by token, as it was made."""
    for position, is_doubtful in enumerate(doubtful):
        if is_doubtful and position >= settled and tokens.can_be_cut(position):
            detail = f"margin {tokens.margins[position]:.3f}, entropy {tokens.entropies[position]:.2f}"
            return Finding(trigger=trigger, detail=detail, positions=(position,))
    return None


def _named(trigger: str, fault: Fault, completion: Completion, found: Extracted) -> Finding:
    place = Place(completion.text, found, fault.line, fault.column)
    return _finding(trigger, f"line {fault.line}: {fault.message}", completion, place, fault.allowed)


def _finding(trigger: str, detail: str, completion: Completion, place: Place, allowed: Sequence[str] = ()) -> Finding:
    tokens = _of(completion)
    starts = tokens.starts()
    begin, end = place.line_span()
    first, _ = place.span()
    exact = begin + place.column - 1 if place.column else -1

    def order(position: int) -> tuple[bool, bool, float]:
        start, length = starts[position], len(tokens.texts[position])
        return not start <= exact < start + length, start + length <= begin, tokens.margins[position]

    inside = [
        position
        for position, (start, text) in enumerate(zip(starts, tokens.texts, strict=True))
        if first < start + len(text) and start < end
    ]
    positions = tuple(sorted(inside, key=order))
    finding = Finding(trigger=trigger, detail=detail[:200], positions=positions)
    if not allowed or not positions or order(positions[0])[0]:
        return finding
    return replace(finding, lead=completion.text[starts[positions[0]] : exact], allowed=tuple(allowed))
