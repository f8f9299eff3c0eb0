from __future__ import annotations

import pytest

from ft_core.corpus.splitting.alike import AlikePair
from ft_core.corpus.splitting.leak import judge_pairs, refuse_leaks
from ft_core.corpus.training_data import Split
from ft_core.errors import DataError


def test_a_pair_on_two_sides_is_moved_and_one_on_one_side_is_not() -> None:
    pairs = [AlikePair("a", "b", "same text", 1.0), AlikePair("a", "c", "same text", 1.0)]
    leaks = judge_pairs(pairs, {"a": "train", "b": "val", "c": "train"})
    assert [leak.moved for leak in leaks] == [True, False]
    assert leaks[0].as_json() == {"a": "a", "b": "b", "reason": "same text", "similarity": 1.0, "moved": True}


def test_of_many_leaks_the_first_ten_are_named() -> None:
    singly: dict[str, Split] = {"a": "train"}
    pairs = []
    for number in range(13):
        singly[f"b{number:02}"] = "test"
        pairs.append(AlikePair("a", f"b{number:02}", "near-identical text", 0.625))
    with pytest.raises(DataError) as caught:
        refuse_leaks(judge_pairs(pairs, singly), singly)
    lines = str(caught.value).splitlines()
    assert lines[1] == "  - 'a' (train) and 'b00' (test): near-identical text, similarity 0.62"
    assert lines[10].startswith("  - 'a' (train) and 'b09'")
    assert lines[11] == "  - and 3 more"
    assert lines[12].startswith("Leave out one of each two")


def test_nothing_is_refused_where_no_pair_is_torn() -> None:
    singly: dict[str, Split] = {"a": "val", "b": "val"}
    refuse_leaks(judge_pairs([AlikePair("a", "b", "same text", 1.0)], singly), singly)
