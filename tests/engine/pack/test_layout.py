from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.engine.attention_window import find_windows
from ft_core.engine.pack.condition import say_why_not
from ft_core.engine.pack.layout import common_prefix, make_pack
from ft_core.engine.rows import Row

CAPPED = "cap the products of their attention (softcapping), which the kernels that compute packs do not"

ROWS = st.lists(
    st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.lists(st.integers(0, 3), min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
).map(lambda drawn: [Row((*prompt, *answer), len(prompt), "t", "e") for prompt, answer in drawn])


@given(ROWS, st.booleans())
def test_a_pack_holds_every_row_once_and_learns_its_answer_only(rows: list[Row], shared: bool) -> None:
    pack = make_pack(rows, range(len(rows)), common_prefix(rows) if shared else 0)
    ids, positions = pack.input_ids[0].tolist(), pack.position_ids[0].tolist()
    start = pack.prefix
    for row, length in zip(rows, pack.suffixes, strict=True):
        assert (*ids[: pack.prefix], *ids[start : start + length]) == row.input_ids
        assert positions[: pack.prefix] + positions[start : start + length] == list(range(len(row.input_ids)))
        start += length
    assert start == len(ids) == pack.tokens
    assert pack.targets.tolist() == [token for row in rows for token in row.input_ids[row.prompt_length :]]
    assert [ids[place + 1] for place in pack.predicting] == pack.targets.tolist()
    assert pack.trained == sum(row.trained for row in rows)


def test_the_last_token_of_a_prompt_is_never_shared() -> None:
    assert common_prefix([Row((1, 2, 3, 9), 3, "t", "a"), Row((1, 2, 3, 8), 3, "t", "b")]) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_type": "mamba"}, "the attention of mamba models may be more than plainly causal"),
        ({"model_type": "gemma2", "attn_logit_softcapping": 50.0}, f"gemma2 models {CAPPED}"),
        ({"model_type": "gemma3_text", "attn_logit_softcapping": 50.0}, f"gemma3_text models {CAPPED}"),
        ({"model_type": "gemma2"}, "the attention of gemma2 models may be more than plainly causal"),
        (
            {"model_type": "gemma3_text", "use_bidirectional_attention": True},
            "its tokens see later ones (use_bidirectional_attention)",
        ),
        (
            {"layer_types": ["full_attention", "chunked_attention"]},
            "some layers attend in another way (chunked_attention, full_attention)",
        ),
        ({"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 512}, ""),
        ({"model_type": "mistral", "sliding_window": 4096}, ""),
        ({"model_type": "gemma3_text", "layer_types": ["sliding_attention"], "sliding_window": 512}, ""),
    ],
)
def test_where_rows_cannot_stand_in_one_sequence_the_reason_is_told(change: dict[str, object], reason: str) -> None:
    assert say_why_not({"model_type": "llama"} | change, "hf", "cuda") == reason


MIXED = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 512}
OWN_WAY = "Unsloth computes the attention of gemma3_text models in its own way; with --backend hf rows share their prefix"
UNTOLD = "Unsloth does not tell our attention of sliding windows; with --backend hf rows share their prefix"


@pytest.mark.parametrize(
    ("config", "on_gpu", "on_cpu"),
    [
        ({"model_type": "gemma3_text"} | MIXED, OWN_WAY, OWN_WAY),
        ({"model_type": "qwen3"} | MIXED, UNTOLD, ""),
        ({"model_type": "mistral", "sliding_window": 4096, "num_hidden_layers": 2}, UNTOLD, ""),
        ({"model_type": "qwen2", "sliding_window": 4096, "use_sliding_window": False}, "", ""),
    ],
)
def test_with_unsloth_rows_stand_in_one_sequence_where_our_attention_knows_the_window(
    config: dict[str, object], on_gpu: str, on_cpu: str
) -> None:
    assert [say_why_not(config, "unsloth", "cuda"), say_why_not(config, "unsloth", "cpu")] == [on_gpu, on_cpu]


@pytest.mark.parametrize(
    ("config", "windows"),
    [
        ({"model_type": "llama", "num_hidden_layers": 2}, (None, None)),
        ({"model_type": "qwen2", "sliding_window": 4096, "use_sliding_window": False, "num_hidden_layers": 2}, (None, None)),
        ({"layer_types": ["full_attention", "linear_attention"]}, None),
    ],
)
def test_windows_are_read_from_the_configuration(config: dict[str, object], windows: tuple[int | None, ...] | None) -> None:
    assert find_windows(config) == windows
