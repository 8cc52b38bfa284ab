"""The engines that a server of our own may run, by name."""

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.serving.sglang import Sglang
from pytest_mathbench.serving.vllm import Vllm
from pytest_mathbench.settings import Settings


def engine_of(settings: Settings) -> Vllm | Sglang:
    """Return the engine that the user chose, with its arguments."""
    arguments = arguments_of(settings)
    return Sglang(arguments) if settings.engine == "sglang" else Vllm(arguments)


def arguments_of(settings: Settings) -> tuple[str, ...]:
    """Return what the user gave the chosen engine."""
    return _given(settings)[settings.engine]


def asked_model(settings: Settings) -> str:
    """Return what requests call the model, with its adapter if it has one."""
    if not settings.adapter:
        return settings.model
    return engine_of(settings).name_of(settings.adapter, settings.model)


def check_arguments(settings: Settings) -> None:
    """See that the arguments are the chosen engine's, and load the adapter that is asked.

    Raises `ConfigurationError`, before a server is started.
    """
    for engine, arguments in _given(settings).items():
        if arguments and engine != settings.engine:
            raise ConfigurationError(
                f"--mathbench-{engine}-args are for another engine than --mathbench-engine={settings.engine}; "
                "drop one of them"
            )
    adapter = settings.adapter
    if not adapter or settings.base_url or settings.replay:
        return
    if not any(_loads(word, adapter) for word in arguments_of(settings)):
        example = {
            "vllm": f"--mathbench-vllm-args='--enable-lora --lora-modules {adapter}=FOLDER'",
            "sglang": f"--mathbench-sglang-args='--enable-lora --lora-paths {adapter}=FOLDER'",
        }[settings.engine]
        raise ConfigurationError(f"no adapter {adapter!r} is loaded; give {example}")


def _given(settings: Settings) -> dict[str, tuple[str, ...]]:
    return {"vllm": settings.vllm_args, "sglang": settings.sglang_args}


def _loads(word: str, adapter: str) -> bool:
    """Whether a word of a command line loads an adapter, by NAME=FOLDER or by a JSON object that names it."""
    return word.partition("=")[0] == adapter or (word.startswith("{") and f'"{adapter}"' in word)
