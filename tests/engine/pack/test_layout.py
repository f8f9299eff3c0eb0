from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.engine.pack.condition import say_why_not
from ft_core.engine.pack.layout import common_prefix, make_pack
from ft_core.engine.rows import Row

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
        ({"layer_types": ["sliding_attention"]}, "some layers attend to a sliding window only"),
        ({"model_type": "mistral", "sliding_window": 4096}, "some layers attend to a sliding window only"),
        ({"model_type": "qwen2", "sliding_window": 4096, "use_sliding_window": False}, ""),
        ({"layer_types": ["full_attention"]}, ""),
    ],
)
def test_where_rows_cannot_stand_in_one_sequence_the_reason_is_told(change: dict[str, object], reason: str) -> None:
    assert say_why_not({"model_type": "llama"} | change) == reason
