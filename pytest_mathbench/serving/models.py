"""Model names: short aliases for hub ids; any other name reaches the engine unchanged."""

from pathlib import Path

from pytest_mathbench.errors import ConfigurationError

DEMO_MODEL = "smollm2"
"""The one alias that is not a hub id: a small model from a PyPI wheel (`serving.demo`)."""

# The 7 to 9 billion parameter families of Evstafev's time (of his ten models the abstract names llama3.1:8b and
# open-codestral-mamba:v0.1 among the open ones), and today's usual small instruct models.
ALIASES = {
    "codellama": "codellama/CodeLlama-7b-Instruct-hf",
    "codestral-mamba": "mistralai/Mamba-Codestral-7B-v0.1",
    "deepseek-math": "deepseek-ai/deepseek-math-7b-instruct",
    "deepseek-r1": "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    "falcon3": "tiiuae/Falcon3-7B-Instruct",
    "gemma2": "google/gemma-2-9b-it",
    "gemma3": "google/gemma-3-4b-it",
    "granite3": "ibm-granite/granite-3.3-8b-instruct",
    "internlm3": "internlm/internlm3-8b-instruct",
    "llama3.1": "meta-llama/Llama-3.1-8B-Instruct",
    "llama3.2": "meta-llama/Llama-3.2-3B-Instruct",
    "mathstral": "mistralai/Mathstral-7B-v0.1",
    "ministral": "mistralai/Ministral-8B-Instruct-2410",
    "mistral": "mistralai/Mistral-7B-Instruct-v0.3",
    "mistral-nemo": "mistralai/Mistral-Nemo-Instruct-2407",
    "olmo2": "allenai/OLMo-2-1124-7B-Instruct",
    "phi4-mini": "microsoft/Phi-4-mini-instruct",
    "qwen2.5": "Qwen/Qwen2.5-7B-Instruct",
    "qwen2.5-coder": "Qwen/Qwen2.5-Coder-7B-Instruct",
    "qwen2.5-math": "Qwen/Qwen2.5-Math-7B-Instruct",
    "qwen3": "Qwen/Qwen3-8B",
    "smollm3": "HuggingFaceTB/SmolLM3-3B",
    "yi1.5": "01-ai/Yi-1.5-9B-Chat",
}


def resolve(name: str) -> str:
    """Return what an engine is given for a model name: an alias's hub id, a local folder's path, or the name itself.

    Raises `ConfigurationError` for a local folder without config.json, and for a path that is not a folder.
    """
    if name in ALIASES:
        return ALIASES[name]
    try:
        path = Path(name).expanduser()
        is_folder = path.is_dir()
    except (OSError, RuntimeError) as error:  # no permission; no such user
        raise ConfigurationError(f"model folder {name}: {error}") from None
    if is_folder:
        if not (path / "config.json").is_file():
            raise ConfigurationError(f"model folder {path}: no config.json in it\n→ name a Hugging Face model folder")
        return str(path.resolve())
    if name.startswith(("/", "./", "../", "~")):
        raise ConfigurationError(
            f"model folder {path}: no such folder\n→ name one that is there, a hub id, or an alias (mathbench models)"
        )
    return name
