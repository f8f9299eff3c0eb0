"""Labels by TF-IDF of letter groups and logistic regression: what can be told without a language model.

Letter groups need no words, so Chinese and Japanese go the same way as English. Formula: Salton and Buckley, "Term-weighting
approaches in automatic text retrieval", Information Processing & Management 24 (1988), with scikit-learn's smoothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ft_core.infer.evaluate.baseline.label_choice import LabelTable

__all__ = ["OF_ITEMS", "OF_PROMPTS", "LabelClassifier", "Regression", "can_classify"]

_LETTERS = (1, 4)
"""Lengths of the letter groups."""

_MOST_FEATURES = 50_000
_ENOUGH = 10
"""From so many examples on, letter groups of one example only are passed over."""

_MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Regression:
    """How a classifier is fitted.

    Attributes:
        weakness: the inverse of the penalty on large weights.
        balanced: whether classes are weighted by their rarity.
    """

    weakness: float
    balanced: bool


OF_PROMPTS = Regression(100.0, balanced=True)
"""Of 1, 10 and 100 the best for action and event types, by cross-validation over training tales."""

OF_ITEMS = Regression(3.0, balanced=False)
"""Of 0.1, 0.3, 1, 3, 10 and 30 the best for the heads of sentences, by cross-validation over training tales."""


def can_classify() -> bool:
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


class LabelClassifier:
    """One classifier for each closed field.

    Args:
        texts: what the labels are to be told by, such as the prompts that the adapters are trained on.
        table: the labels of each text.
        seed: of the classifiers.
        regression: how they are fitted.
    """

    def __init__(self, texts: Sequence[str], table: LabelTable, seed: int, regression: Regression = OF_PROMPTS) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectors = TfidfVectorizer(
            analyzer="char",
            ngram_range=_LETTERS,
            sublinear_tf=True,
            min_df=2 if len(texts) >= _ENOUGH else 1,
            max_features=_MOST_FEATURES,
        )
        features = self._vectors.fit_transform(texts)
        self._table = table
        self._models = {
            field: _fit(features, table, field, seed, regression) for field in table.fields if len(table.counts[field]) > 1
        }

    def choose(self, texts: Sequence[str]) -> list[Mapping[str, str]]:
        """Return the labels of some texts."""
        features = self._vectors.transform(texts)
        scores: list[dict[str, dict[str, float]]] = [{} for _ in texts]
        for field, model in self._models.items():
            for row, chances in zip(scores, model.predict_proba(features), strict=True):
                row[field] = dict(zip(model.classes_.tolist(), chances.tolist(), strict=True))
        return [self._table.choose(row) for row in scores]


def _fit(features: Any, table: LabelTable, field: str, seed: int, regression: Regression) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    labelled = [number for number, row in enumerate(table.rows) if field in row]
    # The dual problem has as many unknowns as there are examples, the primal one as many as letter groups times labels.
    against = LogisticRegression(
        C=regression.weakness,
        solver="liblinear",
        dual=True,
        max_iter=_MOST_ROUNDS,
        class_weight="balanced" if regression.balanced else None,
        random_state=seed,
    )
    model = OneVsRestClassifier(against)
    return model.fit(features[labelled], [table.rows[number][field] for number in labelled])
