from __future__ import annotations

import pytest

from ft_core.engine.memory import check_against_peak
from ft_core.engine.memory.computation import Computation, PackSize
from ft_core.engine.memory.model import MemoryEstimate, base_bytes, estimate_memory
from ft_core.engine.memory.parameter import count_base
from ft_core.engine.memory.shape import read_shape
from ft_core.lora import LoraSettings
from tests.engine.memory.shapes import QWEN_7B

SHAPE = read_shape({"model_type": "qwen2"} | QWEN_7B)
GIB = 2**30

MEASURED = {
    # Allocated peaks on an H100, Qwen2 of 7.6 billion parameters in bfloat16, rank 16 on all layers, in GiB, from
    # bench/results/train_gpu.json; tokens and learnt tokens of the largest pack are those of the benchmark's rows.
    "character": (4472, 814, 30.93),
    "instrument": (2515, 224, 23.97),
    "action": (3059, 610, 26.05),
    "relationship": (4451, 1244, 31.02),
    "stac": (3604, 1496, 28.01),
    "event_type": (6253, 568, 37.61),
}
CHECKPOINTED = {
    # The same with Unsloth's checkpointing: batches of four padded rows, the loss on every token.
    "character": (4016, 15.76),
    "instrument": (2540, 15.38),
    "action": (3852, 15.78),
    "relationship": (4492, 15.92),
    "stac": (4068, 15.84),
    "event_type": (5680, 16.25),
}


@pytest.mark.parametrize("step", MEASURED)
def test_the_estimate_is_near_the_measured_peaks_of_shared_packs(step: str) -> None:
    tokens, trained, peak = MEASURED[step]
    way = Computation("cuda", 2, is_fast=True, loss="fused")
    estimate = estimate_memory(SHAPE, PackSize(tokens, trained, tokens), LoraSettings(), way)
    assert estimate.allocated / GIB == pytest.approx(peak, rel=0.02)


@pytest.mark.parametrize("step", CHECKPOINTED)
def test_the_estimate_is_near_the_measured_peaks_with_checkpointing(step: str) -> None:
    tokens, peak = CHECKPOINTED[step]
    way = Computation("cuda", 2, is_fast=True, checkpointing=True, loss="fused")
    estimate = estimate_memory(SHAPE, PackSize(tokens, tokens, tokens), LoraSettings(), way)
    assert estimate.allocated / GIB == pytest.approx(peak, rel=0.02)


def test_four_bits_are_half_a_byte_and_constants_for_linear_layers_alone() -> None:
    parameters = count_base(SHAPE)
    quantized = base_bytes(SHAPE, Computation("cuda", 2, in_4bit=True))
    rest = 2 * (parameters.embedding + parameters.rest + 3584 * 18944)
    assert (quantized - rest) / parameters.linear == pytest.approx(0.5 + 1 / 64 + 4 / (64 * 256), abs=1e-6)
    assert base_bytes(SHAPE, Computation("cuda", 2)) == 2 * parameters.total


def test_the_parts_add_up() -> None:
    document = MemoryEstimate(5, 4, 3, 2, 1).as_json()
    assert document == {
        "base": 5, "adapter": 4, "activations": 3, "workspace": 2, "rest": 1, "allocated": 14, "total": 15,
    }  # fmt: skip


def test_the_log_says_by_how_much_a_peak_differs() -> None:
    estimate = MemoryEstimate(20 * GIB, 0, 0, 0, GIB)
    assert check_against_peak(estimate, 18.0) == ("The first optimizer step took 18.0 GiB; 20.0 GiB were estimated (+11%).")
    assert check_against_peak(estimate, 40.0).endswith(
        "20.0 GiB were estimated, 50% less than it took. The plan of this run is not to be relied on."
    )
