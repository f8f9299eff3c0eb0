"""What holds for the metrics of all six steps, on the sample tales and on the corpus beside the repository."""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core import Example, ScoreSheet, Story
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from tests.plugins.asking import STEPS, get_step
from tests.plugins.scoring import answers_of, examples_of

ROOT = Path(__file__).resolve().parents[2]
DRAWS = 100


@cache
def read_samples() -> Sequence[Story]:
    return read_tales([samples_dir()]).stories


@pytest.fixture(scope="module")
def samples() -> Sequence[Story]:
    return read_samples()


@cache
def score_shuffled(name: str) -> ScoreSheet:
    examples = examples_of(name, read_samples())
    sheet = get_step(name).score_outputs(answers_of(examples, shuffled([each.output for each in examples], 3)))
    assert len(sheet.counts) == len(examples)
    return sheet


def shuffled(items: Sequence[Any], seed: int) -> list[Any]:
    return random.Random(seed).sample(items, len(items))


def check_gold_against_gold(name: str, stories: Sequence[Story]) -> None:
    examples = examples_of(name, stories)
    sheet = get_step(name).score_outputs(answers_of(examples, [each.output for each in examples]))
    assert set(sheet.metrics().values()) == {1.0}
    assert list(sheet.metrics()) == [metric for metric, cases in sheet.cases().items() if cases]
    assert all(pair.predicted == pair.gold for pair in sheet.pairs)


@pytest.mark.parametrize("name", STEPS)
def test_gold_against_gold_is_one_everywhere(name: str, samples: Sequence[Story]) -> None:
    check_gold_against_gold(name, samples)


@pytest.mark.corpus
@pytest.mark.parametrize("name", [name for name in STEPS if name != "stac"])  # tales have no records of their own
def test_gold_against_gold_is_one_everywhere_on_the_corpus(name: str, corpus: Path) -> None:
    check_gold_against_gold(name, read_tales(sorted(corpus.glob("*/json_v3"))).stories)


@pytest.mark.parametrize("name", STEPS)
def test_the_primary_metric_is_one_of_the_metrics_and_has_gold_cases(name: str, samples: Sequence[Story]) -> None:
    examples = examples_of(name, samples)
    sheet = get_step(name).score_outputs(answers_of(examples, [each.output for each in examples]))
    assert sheet.cases()[get_step(name).info.primary_metric] > 0


@pytest.mark.parametrize("name", STEPS)
def test_no_valid_answer_at_all_scores_nothing_and_loses_no_case(name: str, samples: Sequence[Story]) -> None:
    examples = examples_of(name, samples)
    gold = get_step(name).score_outputs(answers_of(examples, [each.output for each in examples]))
    none = get_step(name).score_outputs(answers_of(examples, [None] * len(examples)))
    assert set(none.metrics().values()) == {0.0}
    on_matched = {"archetype_accuracy", "sentiment_accuracy"}
    assert {metric: cases for metric, cases in none.cases().items() if metric not in on_matched} == {
        metric: cases for metric, cases in gold.cases().items() if metric not in on_matched
    }
    assert all(pair.predicted is None for pair in none.pairs)


@pytest.mark.parametrize("name", STEPS)
def test_no_answers_give_no_metrics_and_no_cases(name: str) -> None:
    sheet = get_step(name).score_outputs([])
    assert sheet.metrics() == {}
    assert set(sheet.cases().values()) == {0}


@given(data=st.data())
@settings(deadline=None)  # the first example reads the tales
@pytest.mark.parametrize("name", STEPS)
def test_sums_of_any_division_of_the_rows_give_the_metrics_of_all(name: str, data: st.DataObject) -> None:
    sheet = score_shuffled(name)
    rows = range(len(sheet.counts))
    part = data.draw(st.sets(st.sampled_from(rows)))
    sums = Counter(sheet.sums(sorted(part)))
    sums.update(sheet.sums(row for row in rows if row not in part))
    assert sheet.metrics_of(sums) == pytest.approx(sheet.metrics())
    assert sheet.cases_of(sums) == sheet.cases()


def expect_accuracy(outputs: Sequence[Any], key: str) -> float:
    """The accuracy of shuffled labels: a gold label of a class meets that class with the class's share of all answers."""
    sizes = Counter(output[key] for output in outputs)
    blank = sizes.pop("", 0)
    return sum(size * size for size in sizes.values()) / len(outputs) / (len(outputs) - blank)


def expect_action(outputs: Sequence[Any]) -> dict[str, float]:
    """Shuffled labels have as many of each class as gold, so F1 of a class is its recall, and the mean of shares is 1 / classes."""
    accuracies = {f"{key}_accuracy": expect_accuracy(outputs, key) for key in ("category", "type", "status", "function")}
    return accuracies | {
        "category_macro_f1": 1 / len({output["category"] for output in outputs}),
        "type_macro_f1": 1 / len({output["type"] for output in outputs}),
        "hierarchical_f1": (accuracies["category_accuracy"] + accuracies["type_accuracy"]) / 2,
    }


def expect_event_type(outputs: Sequence[Any]) -> dict[str, float]:
    return {
        "event_type_accuracy": expect_accuracy(outputs, "event_type"),
        "event_type_macro_f1": 1 / len({output["event_type"] for output in outputs}),
        "other_f1": sum(output["event_type"] == "OTHER" for output in outputs) / len(outputs),
    }


def expect_instrument(outputs: Sequence[Any]) -> dict[str, float]:
    return {"detection_f1": sum(output["instrument"] != "" for output in outputs) / len(outputs)}


def check_chance(name: str, stories: Sequence[Story]) -> None:
    expectation = {"action": expect_action, "event_type": expect_event_type, "instrument": expect_instrument}[name]
    examples = examples_of(name, stories)
    outputs = [each.output for each in examples]
    draws = [get_step(name).score_outputs(answers_of(examples, shuffled(outputs, seed))).metrics() for seed in range(DRAWS)]
    for metric, expected in expectation(outputs).items():
        found = [draw[metric] for draw in draws]
        error = statistics.stdev(found) / DRAWS**0.5
        assert abs(statistics.mean(found) - expected) < 4 * error, metric


@pytest.mark.parametrize("name", ["action", "event_type", "instrument"])
def test_shuffled_answers_score_what_chance_gives(name: str, samples: Sequence[Story]) -> None:
    check_chance(name, samples)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["action", "event_type", "instrument"])
def test_shuffled_answers_score_what_chance_gives_on_the_corpus(name: str, corpus: Path) -> None:
    check_chance(name, read_tales(sorted(corpus.glob("*/json_v3"))).stories)


PRINT_SHEETS = """
from tests.plugins.asking import STEPS
from tests.plugins.test_six_scorings import score_shuffled
for name in STEPS:
    sheet = score_shuffled(name)
    print([list(row.items()) for row in sheet.counts], sheet.metrics(), sheet.cases(), sheet.left_out, sheet.pairs)
"""


def test_sheets_do_not_depend_on_the_hash_seed() -> None:
    command = [sys.executable, "-c", PRINT_SHEETS]
    printed = [
        subprocess.run(
            command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1] != ""


def read_tables() -> Iterator[tuple[str, list[str], str]]:
    """Yield each step's section of the page on metrics: its name, the metrics of its table, and its primary metric."""
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[1:]:
        title = re.match(r"`(\w+)`\n", section)
        if title:
            metrics = re.findall(r"^\| `(\w+)`(?: \*\*primary\*\*)? \|", section, re.MULTILINE)
            [primary] = re.findall(r"^\| `(\w+)` \*\*primary\*\* \|", section, re.MULTILINE)
            yield title[1], metrics, primary


def test_the_page_on_metrics_lists_exactly_the_metrics_of_the_steps_and_their_primary_ones() -> None:
    documented = {name: (metrics, primary) for name, metrics, primary in read_tables()}
    assert documented == {
        name: (list(get_step(name).score_outputs([]).cases()), get_step(name).info.primary_metric) for name in STEPS
    }


def test_metrics_of_four_hundred_answers_take_well_under_a_second_per_step(samples: Sequence[Story]) -> None:
    from time import perf_counter

    for name in STEPS:
        examples: list[Example] = (examples_of(name, samples) * 6)[:400]
        answers = answers_of(examples, shuffled([each.output for each in examples], 0))
        get_step(name).score_outputs(answers[:1])  # loads the libraries
        start = perf_counter()
        get_step(name).score_outputs(answers).metrics()
        assert perf_counter() - start < 1.0
