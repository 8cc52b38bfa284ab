"""How fast vLLM multiplies matrices on this processor, by number format: what serving/processor.py decides by.

    python benchmarks/processor.py [--threads 1]                    with all that the processor has
    PYTHONPATH=benchmarks/avx2 python benchmarks/processor.py       with AVX2 alone

A decoding step of N sequences multiplies N rows with each weight matrix; reading prompts multiplies some hundreds.
Needs the extra `cpu`. Set OMP_WAIT_POLICY=passive to measure threads that sleep while they wait.
"""

import argparse
import time
from typing import Any

import torch
from vllm.model_executor.layers.utils import dispatch_cpu_unquantized_gemm
from vllm.platforms import current_platform

SECONDS = 1.5
SHAPES = {"135M": (576, 1536), "1.5B": (1536, 8960)}
ROWS = (1, 8, 32, 64, 512)


def gflops(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> tuple[float, float]:
    """Return the best and the median of repeated multiplications, in billions of operations per second."""
    layer = torch.nn.Linear(inputs, outputs, bias=False, dtype=dtype)
    dispatch_cpu_unquantized_gemm(layer, remove_weight=False)
    multiply: Any = layer.cpu_linear  # which vLLM has set
    x = torch.randn(rows, inputs).to(dtype)
    multiply(x, layer.weight, None)  # the first one also picks its kernel
    took: list[float] = []
    start = time.perf_counter()
    while not took or time.perf_counter() - start < SECONDS:
        before = time.perf_counter()
        multiply(x, layer.weight, None)
        took.append(time.perf_counter() - before)
    took.sort()
    operations = 2e-9 * rows * inputs * outputs
    return operations / took[0], operations / took[len(took) // 2]


def main() -> None:
    """Print a line for each size of model and number of rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.set_grad_enabled(mode=False)
    current_platform.import_kernels()
    print(f"PyTorch uses {torch.backends.cpu.get_cpu_capability()}; {threads} threads; GFLOPS, best (median)")
    print(f"{'model':8}{'rows':>5}{'float32':>20}{'bfloat16':>20}")
    for model, (inputs, outputs) in SHAPES.items():
        for rows in ROWS:
            measured = (gflops(rows, inputs, outputs, dtype) for dtype in (torch.float32, torch.bfloat16))
            print(f"{model:8}{rows:5}", *(f"{f'{best:.1f} ({median:.1f})':>19}" for best, median in measured))


if __name__ == "__main__":
    main()
