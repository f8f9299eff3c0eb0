"""The segments of a pack, checked on the CPU; tests/gpu checks the kernels that take them."""

from __future__ import annotations

import pytest
import torch

from ft_core.engine.pack.attention import _attend_parts, find_segments
from ft_core.engine.pack.layout import Pack, make_pack
from ft_core.engine.pack.segment import make_segments
from ft_core.engine.pack.varlen import _add_up, _look_back, can_attend_segments
from tests.engine.pack.double import ROWS

CASES = [((0, 1, 2), 8), ((3, 4), 6), ((0, 3), 4), ((0, 1, 2, 3, 4), 0), ((2,), 0), ((2,), 8)]


def make(case: tuple[tuple[int, ...], int]) -> Pack:
    return make_pack(ROWS, *case)


@pytest.mark.parametrize("window", [None, 1, 4, 9])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_attention_within_segments_is_that_of_the_pack(case: tuple[tuple[int, ...], int], window: int | None) -> None:
    pack = make(case)
    segments = make_segments(pack)
    query, key, value = (torch.randn(1, 2, pack.tokens, 8) for _ in range(3))
    parts = []
    for number in range(len(segments.query_starts) - 1):
        queries = slice(*segments.query_starts[number : number + 2].tolist())
        places = segments.gathered[slice(*segments.key_starts[number : number + 2].tolist())]
        length, keys = queries.stop - queries.start, len(places)
        visible = torch.ones(length, keys, dtype=torch.bool).tril(keys - length)  # the last query sits on the last key
        if window is not None:
            visible = visible.triu(keys - length - _look_back(window)["window_size_left"])  # as the kernels count it
        attend = torch.nn.functional.scaled_dot_product_attention
        parts.append(attend(query[:, :, queries], key[:, :, places], value[:, :, places], attn_mask=visible))
    expected = torch.cat(list(_attend_parts(query, key, value, pack, None, window=window)), dim=2)
    torch.testing.assert_close(torch.cat(parts, dim=2), expected)
    assert segments.longest_query == max(pack.prefix, *pack.suffixes)
    assert segments.longest_key == pack.prefix + max(pack.suffixes)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients_of_gathered_keys_add_up_to_those_of_the_packs_keys(case: tuple[tuple[int, ...], int]) -> None:
    pack = make(case)
    segments = make_segments(pack)
    keys = torch.randn(pack.tokens, 2, 4, requires_grad=True)
    gradient = torch.randn(len(segments.gathered), 2, 4)
    keys.index_select(0, segments.gathered).backward(gradient)
    torch.testing.assert_close(_add_up(gradient, segments), keys.grad)


def test_segments_are_made_once_for_all_layers_of_a_pack() -> None:
    pack = make(CASES[0])
    assert find_segments(pack) is find_segments(pack)
    assert find_segments(make(CASES[0])) is not find_segments(pack)


def test_the_kernels_are_for_a_gpu() -> None:
    assert not can_attend_segments(torch.zeros(1, 1, 1, 64, dtype=torch.bfloat16))
