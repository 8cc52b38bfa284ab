"""Make Python processes believe that the processor has AVX2 and nothing newer: PYTHONPATH=benchmarks/avx2 make bench.

PyTorch and oneDNN are told by their own variables. vLLM picks its kernels by what PyTorch reads off the processor
itself, so those answers are replaced. On real AVX2 bfloat16 is slower still: PyTorch does not use oneDNN for it there.
"""

import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


class _Hide(MetaPathFinder):
    """Finds torch.cpu once, and has it deny what is newer."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != "torch.cpu":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        loader: Any = spec.loader if spec else None
        execute = loader.exec_module

        def execute_and_hide(module: ModuleType) -> None:
            execute(module)
            for each in [each for each in vars(module) if each.startswith(("_is_avx512", "_is_amx", "_is_vnni"))]:
                setattr(module, each, lambda: False)

        loader.exec_module = execute_and_hide
        return spec


sys.meta_path.insert(0, _Hide())
