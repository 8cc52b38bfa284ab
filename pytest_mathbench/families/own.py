"""Families of the user's own: a Python file that defines them."""

import importlib.util
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.families.catalog import defined_in
from pytest_mathbench.families.drawing import problems
from pytest_mathbench.families.family import Family
from pytest_mathbench.records import Problem


def draw(path: Path, seeds: Sequence[int]) -> Iterator[Problem]:
    """Draw the variants of a file's families; each but 0 repeats nothing of that.

    Raises `ConfigurationError`, which names file and line, for one that fails.
    """
    families = load(path)
    try:
        first = list(problems(families, 0))
        for seed in dict.fromkeys(seeds):
            yield from problems(families, seed, first) if seed else first
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(_told(path, error)) from error


def load(path: Path) -> list[type[Family]]:
    """Return the families that a file defines. Raises `ConfigurationError` where it has none, or two of one name."""
    name = f"mathbench_families_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ConfigurationError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise ConfigurationError(_told(path, error)) from error
    if families := defined_in(module):
        return families
    raise ConfigurationError(f"{path}: defines no Family; see docs/own-suite.md")


def _told(path: Path, error: Exception) -> str:
    """Name the exception, and the last line of the file that it came from."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return f"{place}: {type(error).__name__}: {error}"
