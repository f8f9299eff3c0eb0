"""Packs on a GPU: our attention over segments, and Unsloth's fast path with it, against rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.pack.attention import _attend_parts, find_segments
from ft_core.engine.pack.forward import InterfaceForward
from ft_core.engine.pack.layout import common_prefix, make_pack
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.pack.self_check import check_packs
from ft_core.engine.pack.unsloth_forward import UnslothForward
from ft_core.engine.pack.varlen import attend_segments
from ft_core.engine.rows import Row

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")]

HEADS, GROUPS, SIZE = 8, 4, 64
GEMMA = 256  # the size of a head of Gemma 3


def make_rows(prefix: int, *suffixes: int) -> list[Row]:
    shared = tuple(range(prefix))
    return [
        Row((*shared, *range(1000 * n, 1000 * n + length)), prefix + 2, "t", str(n)) for n, length in enumerate(suffixes, 1)
    ]


def compare(
    dtype: torch.dtype, prefix: int, *suffixes: int, window: int | None = None, size: int = SIZE, off: int = 0
) -> list[float]:
    """Relative L2 differences of output and gradients from the exact attention in double precision.

    Args:
        off: how much longer the window is for our attention than for the exact one.
    """
    rows = make_rows(prefix, *suffixes)
    pack = make_pack(rows, range(len(rows)), prefix).to("cuda")
    torch.manual_seed(0)
    shapes = [(pack.tokens, heads, size) for heads in (HEADS, HEADS // GROUPS, HEADS // GROUPS)]
    given = [torch.randn(shape, device="cuda", dtype=dtype) for shape in shapes]
    grad = torch.randn(shapes[0], device="cuda", dtype=dtype)
    exact = [each.double().requires_grad_() for each in given]
    query, key, value = (each.transpose(0, 1)[None] for each in exact)
    parts = _attend_parts(
        query, key.repeat_interleave(GROUPS, 1), value.repeat_interleave(GROUPS, 1), pack, None, window=window
    )
    expected = torch.cat(list(parts), dim=2)[0].transpose(0, 1)
    expected.backward(grad.double())
    ours = [each.clone().requires_grad_() for each in given]
    out = attend_segments(ours[0], ours[1], ours[2], find_segments(pack), None, window=window and window + off)
    out.backward(grad)
    pairs = [(out, expected), *((a.grad, b.grad) for a, b in zip(ours, exact, strict=True))]
    # Where every token sees itself alone, queries and keys have no gradient: rounding is held against the values' then.
    whole = exact[2].grad.norm()  # type: ignore[union-attr]
    return [float((a.double() - b).norm() / (b.norm() or whole)) for a, b in pairs]  # type: ignore[union-attr]


@pytest.mark.parametrize(("prefix", "suffixes"), [(600, (490, 33, 7)), (1, (5, 300)), (0, (64, 129, 1)), (257, (128,))])
def test_our_attention_over_segments_is_the_exact_one_but_for_rounding(prefix: int, suffixes: tuple[int, ...]) -> None:
    assert max(compare(torch.bfloat16, prefix, *suffixes)) < 8e-3
    assert max(compare(torch.float16, prefix, *suffixes)) < 1.5e-3


@pytest.mark.parametrize("size", [SIZE, GEMMA])
@pytest.mark.parametrize("window", [1, 100, 512])
@pytest.mark.parametrize(("prefix", "suffixes"), [(600, (490, 33, 7)), (40, (5, 300)), (0, (64, 700, 1)), (257, (128,))])
def test_it_is_so_in_a_window_too(prefix: int, suffixes: tuple[int, ...], window: int, size: int) -> None:
    assert max(compare(torch.bfloat16, prefix, *suffixes, window=window, size=size)) < 8e-3


def test_a_window_that_is_one_token_off_is_noticed() -> None:
    for off in (-1, 1):
        assert min(compare(torch.bfloat16, 600, 490, 33, 7, window=100, off=off)) > 2e-2


@pytest.mark.parametrize("kind", ["gemma3", "mistral", "mixed qwen2"])
def test_with_transformers_a_pack_in_windows_gives_what_the_models_own_attention_gives_for_its_rows(
    kind: str, rows: list[Row]
) -> None:
    from tests.engine.pack.double import make_model

    model = make_model(kind, vocabulary=400).to("cuda", torch.bfloat16)
    forward = InterfaceForward()
    with forward.enabled(model):
        assert check_packs(model, forward, rows, PackingPlan("shared", common_prefix(rows), 4096)) == ""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.engine.bases import save_base

    return save_base(tmp_path_factory.mktemp("base") / "qwen2", "qwen2")


@pytest.fixture
def rows() -> Iterator[list[Row]]:
    torch.manual_seed(1)
    shared = torch.randint(10, 400, (60,)).tolist()
    return [
        Row((*shared, *torch.randint(10, 400, (length,)).tolist()), 60 + length - 6, "t", str(length))
        for length in (20, 33, 57)
    ]


def test_unsloths_fast_path_gives_for_a_pack_what_it_gives_for_the_rows_alone(base: Path, rows: list[Row]) -> None:
    from ft_core.engine.adapter import attached_adapter
    from ft_core.engine.loading import load_base
    from ft_core.lora import LoraSettings

    loaded = load_base(FineTuneConfig(model_name=str(base)))
    forward = UnslothForward()
    with attached_adapter(loaded.model, LoraSettings(r=4), seed=1, checkpointing=False) as model, forward.enabled(model):
        plan = PackingPlan("shared", common_prefix(rows), 4096)
        assert plan.prefix >= 59
        assert check_packs(model, forward, rows, plan) == ""
