from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu import sentence_chrf
from sklearn.metrics import accuracy_score

from ft_core import Accuracy, MeanChrf, ScoreRow, chrf, edit_similarity
from ft_core.errors import MetricLibraryError

LABELS = st.sampled_from("abc")
WORDS = st.text(alphabet="ab 狐狸，", max_size=12)


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1))
def test_accuracy_is_that_of_scikit_learn(cases: list[tuple[str, str]]) -> None:
    row = ScoreRow()
    for gold, predicted in cases:
        Accuracy("a").compare(row, gold, predicted)
    theirs = accuracy_score([case[0] for case in cases], [case[1] for case in cases])
    assert Accuracy("a").value(row.counts) == pytest.approx(theirs)
    assert Accuracy("a").cases(row.counts) == len(cases)


def test_chrf_by_hand() -> None:
    """Of "abc", "ab" has 2 of 3 letters and 1 of 2 pairs, and nothing wrong: precision 1, recall 7/12, F2 = 5·PR/(4P+R)."""
    assert chrf("ab", "abc") == pytest.approx(5 * (7 / 12) / (4 + 7 / 12))


@given(WORDS, WORDS.filter(str.strip))
def test_chrf_is_the_sentence_score_of_sacrebleu_and_one_for_the_same_text(predicted: str, gold: str) -> None:
    assert chrf(predicted, gold) == pytest.approx(sentence_chrf(predicted, [gold]).score / 100)
    assert chrf(gold, gold) == 1.0
    assert chrf("", gold) == 0.0


def test_the_mean_of_chrf_weighs_every_text_the_same_and_a_missing_one_scores_nothing() -> None:
    row = ScoreRow()
    for gold, predicted in (("狐狸", "狐狸"), ("a long sentence about a fox", None)):
        MeanChrf("c").compare(row, gold, predicted)
    assert MeanChrf("c").value(row.counts) == 0.5


def test_edit_similarity_by_hand() -> None:
    assert edit_similarity(["LACK", "DEPARTURE", "RETURN"], ["DEPARTURE", "RETURN", "WEDDING"]) == pytest.approx(1 / 3)
    assert edit_similarity(["LACK", "", "RETURN"], ["LACK", "DEPARTURE", "RETURN"]) == pytest.approx(2 / 3)
    assert edit_similarity(["A"], ["A"]) == 1.0
    assert edit_similarity([], []) == 1.0


@given(st.lists(LABELS, max_size=8), st.lists(LABELS, max_size=8))
def test_edit_similarity_is_one_minus_the_distance_by_the_longer_sequence(one: list[str], other: list[str]) -> None:
    longer = max(len(one), len(other))
    expected = 1 - levenshtein(one, other) / longer if longer else 1.0
    assert edit_similarity(one, other) == pytest.approx(expected)


def levenshtein(one: list[str], other: list[str]) -> int:
    distances = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            row.append(min(distances[j] + 1, row[-1] + 1, distances[j - 1] + (left != right)))
        distances = row
    return distances[-1]


def test_a_library_that_is_not_installed_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    with pytest.raises(MetricLibraryError, match=r'Scoring needs rapidfuzz, .* pip install "ft-core\[evaluate\]"$'):
        edit_similarity(["a"], ["b"])
