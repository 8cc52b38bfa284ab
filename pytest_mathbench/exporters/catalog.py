"""Which exporters there are, what each needs, and the one way in which a run is handed to any of them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError, ExportError
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.recording.folder import nearest


@dataclass(frozen=True, slots=True)
class Exporter:
    """Where an exporter is, the packages that its extra brings, and where it writes unless it is told.

    Its module has `export(finished, where)`, which returns what was made and where, in a few words. The `place` is one
    in the run's folder; where it is empty, the tool's own settings decide.
    """

    module: str
    packages: tuple[str, ...] = ()
    place: str = ""


EXPORTERS = {
    "mlflow": Exporter("mlflow", ("mlflow", "sqlalchemy", "alembic")),
    "wandb": Exporter("wandb", ("wandb",), place="."),
    "comment": Exporter("comment", place="comment.md"),
    "huggingface": Exporter("huggingface", ("huggingface_hub",), place="huggingface"),
    "lm-eval": Exporter("lm_eval", place="lm-eval"),
    "inspect": Exporter("inspect_log", ("inspect_ai",), place="inspect"),
}
"""By the names of `settings.EXPORTERS`, which are those of the extras as well."""


def prepared(exports: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return exports as they can be made later, from wherever the process is by then.

    Raises `ConfigurationError` for one that cannot be made here: before anything has cost anything.
    """
    return [(name, _prepared(name, where)) for name, where in exports]


def _prepared(name: str, where: str) -> str:
    exporter = EXPORTERS[name]
    if missing := [package for package in exporter.packages if find_spec(package) is None]:
        raise ConfigurationError(
            f"the export to {name} needs the package {missing[0]}: pip install 'pytest-mathbench[{name}]'"
        )
    if not where or not exporter.place:
        return where
    path = Path(os.path.expanduser(where)).absolute()  # noqa: PTH111 - raises for no user
    there = nearest(path)
    if not os.access(there, os.W_OK) or (there != path and not there.is_dir()):
        raise ConfigurationError(f"the export to {name}:{where} cannot be written: {there} is in the way")
    return str(path)


def export(name: str, where: str, finished: Finished) -> str:
    """Hand a run to an exporter; return a line that says what was made. Raises `ExportError` for whatever it raises."""
    exporter = EXPORTERS[name]
    place = where or (str(finished.run.folder / exporter.place) if exporter.place else "")
    try:
        made: str = import_module(f"{__package__}.{exporter.module}").export(finished, place)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ExportError(
            f"the export to {name} failed, and the run is as it was: {type(error).__name__}: {reason}"
        ) from error
    return f"exported to {name}: {made}"
