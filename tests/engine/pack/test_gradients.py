"""Rows in packs learn exactly what they would learn alone: in double precision, by the gradients of every adapted layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from peft import PeftModel

from ft_core.engine.pack import attention
from ft_core.engine.pack.attention import attending_to_packs
from ft_core.engine.pack.forward import InterfaceForward
from ft_core.engine.pack.layout import Pack, common_prefix, make_pack
from tests.engine.pack.double import KINDS, ROWS, SLIDING, compute_in_double, make_model, read_gradients, sum_alone

Groups = Sequence[tuple[tuple[int, ...], int]]

SHARED: Groups = [((0, 1, 2), 8)]
TWO_PREFIXES: Groups = [((0, 1, 2), 8), ((3, 4), 6)]
PLAIN: Groups = [((0, 1, 2, 3, 4), 0)]
ALONE: Groups = [((place,), 0) for place in range(5)]


@pytest.fixture(autouse=True)
def in_double(monkeypatch: pytest.MonkeyPatch) -> None:
    compute_in_double(monkeypatch)


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest) -> PeftModel:
    return make_model(request.param)


def pack(group: tuple[tuple[int, ...], int]) -> Pack:
    places, prefix = group
    return make_pack(ROWS, places, prefix)


def add_gradients(model: PeftModel, packs: Sequence[Pack]) -> dict[str, torch.Tensor]:
    """Accumulate over the packs, as an optimizer step does."""
    forward = InterfaceForward()
    with forward.enabled(model):
        for each in packs:
            forward.sum_loss(model, each).backward()
    return read_gradients(model)


def worst_difference(model: PeftModel, packs: Sequence[Pack]) -> float:
    """The largest relative difference of any layer's gradient, in the L2 norm."""
    sum_alone(model, [ROWS[place] for each in packs for place in each.rows]).backward()
    alone, together = read_gradients(model), add_gradients(model, packs)
    assert alone.keys() == together.keys()
    return max(float((alone[name] - together[name]).norm() / alone[name].norm()) for name in alone)


@pytest.mark.parametrize("groups", [SHARED, TWO_PREFIXES, PLAIN, ALONE], ids=["shared", "two prefixes", "plain", "alone"])
def test_packs_have_the_gradients_of_their_rows_alone(model: PeftModel, groups: Groups) -> None:
    assert worst_difference(model, [pack(group) for group in groups]) < 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_they_have_them_with_gradient_checkpointing_too(kind: str) -> None:
    assert worst_difference(make_model(kind, checkpointing=True), [pack(group) for group in TWO_PREFIXES]) < 1e-12


def test_the_loss_is_the_sum_over_the_learnt_tokens(model: PeftModel) -> None:
    forward = InterfaceForward()
    with forward.enabled(model):
        loss = forward.sum_loss(model, pack(SHARED[0]))
    torch.testing.assert_close(loss, sum_alone(model, ROWS[:3]), rtol=1e-12, atol=0)


@pytest.mark.parametrize("groups", [SHARED, TWO_PREFIXES, PLAIN], ids=["shared", "two prefixes", "plain"])
def test_a_wrong_mask_turns_the_comparison_red(model: PeftModel, groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    def leak(*arguments: object, window: int | None) -> Iterator[torch.Tensor]:
        query, key, value, _, scaling = arguments
        yield torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)

    monkeypatch.setattr(attention, "_attend_parts", leak)
    assert worst_difference(model, [pack(group) for group in groups]) > 1e-3


@pytest.mark.parametrize("off", [-1, 1, 100])
@pytest.mark.parametrize("groups", [SHARED, TWO_PREFIXES, PLAIN, ALONE], ids=["shared", "two prefixes", "plain", "alone"])
@pytest.mark.parametrize("kind", SLIDING)
def test_a_wrong_window_turns_the_comparison_red(kind: str, groups: Groups, off: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def misread(*arguments: Any, window: int | None) -> Iterator[torch.Tensor]:
        yield from attend(*arguments, window=window and window + off)

    attend = attention._attend_parts
    monkeypatch.setattr(attention, "_attend_parts", misread)
    assert worst_difference(make_model(kind), [pack(group) for group in groups]) > 1e-3


@pytest.mark.parametrize("groups", [SHARED, TWO_PREFIXES], ids=["shared", "two prefixes"])
def test_wrong_positions_turn_the_comparison_red(model: PeftModel, groups: Groups) -> None:
    def shift(right: Pack) -> Pack:
        positions = right.position_ids.clone()
        positions[0, right.prefix :] += 1
        return replace(right, position_ids=positions)

    assert worst_difference(model, [shift(pack(group)) for group in groups]) > 1e-3


def test_the_models_own_attention_is_back_afterwards(model: PeftModel) -> None:
    before = model.config._attn_implementation
    ids = torch.tensor([ROWS[0].input_ids])
    with attending_to_packs(model):
        logits = model(input_ids=ids, use_cache=False).logits
    assert model.config._attn_implementation == before
    torch.testing.assert_close(logits, model(input_ids=ids, use_cache=False).logits)


def test_the_prefixes_are_those_of_the_rows() -> None:
    assert [common_prefix(ROWS[:3]), common_prefix(ROWS[3:]), common_prefix(ROWS)] == [8, 6, 4]
