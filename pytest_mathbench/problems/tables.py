"""Parquet files and a hub's data sets, by the `datasets` library (the extra `hub`)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems.problem_set import ProblemSet, collected
from pytest_mathbench.problems.rows import Row, problems_of, with_levels

_INSTALL = "is read with the datasets library: pip install 'pytest-mathbench[hub]'"


def from_parquet(paths: Sequence[Path], name: str, columns: Mapping[str, str]) -> ProblemSet:
    """Read parquet files. Raises `ConfigurationError` for one that is none, or if they cannot be read here."""
    try:
        from pyarrow import ArrowException, parquet  # only with the extra
    except ImportError:
        raise ConfigurationError(f"problem set {name}: parquet {_INSTALL}") from None
    rows: list[tuple[Row, str]] = []
    for path in paths:
        try:
            table = parquet.read_table(path).to_pylist()
        except (OSError, ArrowException) as error:
            raise ConfigurationError(f"{path}: not a parquet file that can be read: {error}") from None
        rows += [(row, f"{path}, row {number}") for number, row in enumerate(table, start=1)]
    return _set(name, Path(name).name, rows, columns)


def from_hub(source: str, columns: Mapping[str, str]) -> ProblemSet:
    """Read NAME[:CONFIG][:SPLIT] from the hub, or from a local folder of that name; without a split, `test`.

    Raises `ConfigurationError` for whatever the library says is not there, the hub itself included.
    """
    try:
        import datasets  # only with the extra
    except ImportError:
        raise ConfigurationError(f"problem set hub:{source}: a hub {_INSTALL}") from None
    name, *more = source.split(":")
    try:
        configurations = [] if len(more) > 1 else datasets.get_dataset_config_names(name)
        configuration = more[0] if len(more) > 1 or (more and more[0] in configurations) else None
        splits: Mapping[str, Any] = datasets.load_dataset(name, configuration)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"problem set hub:{source}: {type(error).__name__}: {reason}") from error
    split = more[-1] if more and more[-1] != configuration else "test" if "test" in splits else next(iter(splits))
    if split not in splits:
        raise ConfigurationError(f"problem set hub:{source}: no split {split!r}; it has {', '.join(splits)}")
    rows = [(row, f"hub:{name} {split}, row {number}") for number, row in enumerate(splits[split], start=1)]
    return _set(f"hub:{source}", Path(name).name, rows, columns)


def _set(name: str, bucket: str, rows: list[tuple[Row, str]], columns: Mapping[str, str]) -> ProblemSet:
    if not rows:
        raise ConfigurationError(f"problem set {name}: it holds no rows")
    _, kept = with_levels(rows, bucket, columns)
    return collected(name, problems_of(kept, bucket, columns), len(rows) - len(kept))
