from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ft_core.corpus.splitting.leak import LeakReport
from ft_core.corpus.splitting.split import SplitPlan, list_by_split, plan_split, read_test_tales
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.corpus.training_data import Split
from ft_core.data_config import DataConfig
from ft_core.errors import DataError
from tests.corpus.cards import make_card, make_cards


def split(cards: list[TaleCard], val: float, test: float, seed: int = 0) -> dict[str, Split]:
    return dict(plan_split(cards, DataConfig(val_fraction=val, test_fraction=test, seed=seed)).splits)


def count(plan: SplitPlan) -> tuple[int, ...]:
    return tuple(map(len, list_by_split(plan.splits).values()))


def test_a_split_depends_on_ids_and_seed_only() -> None:
    cards = make_cards(zh=9, en=7, ja=8)
    first = split(cards, 0.1, 0.2, seed=1)
    assert list(first.items()) == list(split(cards[::-1], 0.1, 0.2, seed=1).items())
    assert first != split(cards, 0.1, 0.2, seed=2)


def test_a_split_of_known_tales_never_changes() -> None:
    by_split = list_by_split(split(make_cards(en=6), 0.2, 0.2, seed=3407))
    assert by_split == {"train": ("en0", "en1", "en2", "en4"), "val": ("en3",), "test": ("en5",)}


def test_each_culture_gets_its_share() -> None:
    cards = make_cards(zh=20, en=10, ja=10)
    splits = split(cards, 0.1, 0.2, seed=5)
    sizes = Counter((card.culture, splits[card.story_id]) for card in cards)
    assert [sizes[culture, "test"] for culture in ("zh", "en", "ja")] == [4, 2, 2]
    assert [sizes[culture, "val"] for culture in ("zh", "en", "ja")] == [2, 1, 1]


def test_a_tale_without_any_segment_is_never_held_out() -> None:
    told, placeholders = make_cards(zh=6), [replace(card, is_told=False) for card in make_cards(empty=30)]
    plan = plan_split([*placeholders, *told], DataConfig(val_fraction=0.2, test_fraction=0.2, seed=0))
    assert count(plan) == (34, 1, 1)
    assert {plan.splits[card.story_id] for card in placeholders} == {"train"}
    assert {card.story_id: plan.splits[card.story_id] for card in told} == split(told, 0.2, 0.2)
    named = plan_split([*placeholders, *told], DataConfig(), ["empty3"])
    assert list_by_split(named.splits)["test"] == ("empty3",)
    assert count(plan_split(placeholders, DataConfig())) == (30, 0, 0)


def test_val_and_test_do_not_always_come_from_the_large_culture() -> None:
    cards = make_cards(zh=4, a=1, b=1, c=1, d=1, e=1, f=1)
    held_out = [list_by_split(split(cards, 0.1, 0.1, seed)) for seed in range(30)]
    for name in ("val", "test"):
        assert 3 < sum(sides[name][0].startswith("zh") for sides in held_out) < 24


@pytest.mark.parametrize(
    ("tales", "val", "test", "sizes"),
    [
        (1, 0.1, 0.1, (1, 0, 0)),
        (2, 0.1, 0.1, (2, 0, 0)),
        (2, 0.4, 0.5, (1, 0, 1)),
        (3, 0.1, 0.1, (1, 1, 1)),
        (3, 0.05, 0.9, (1, 1, 1)),
        (3, 0.0, 0.1, (2, 0, 1)),
        (3, 0.0, 0.0, (3, 0, 0)),
        (10, 0.1, 0.1, (8, 1, 1)),
        (53, 0.1, 0.1, (43, 5, 5)),
        (15, 0.1, 0.1, (11, 2, 2)),
    ],
)
def test_sizes_are_rounded_and_a_tale_is_always_left_to_train_on(
    tales: int, val: float, test: float, sizes: tuple[int, int, int]
) -> None:
    assert count(plan_split(make_cards(en=tales), DataConfig(val_fraction=val, test_fraction=test))) == sizes


def test_no_tales_give_no_splits() -> None:
    assert plan_split([], DataConfig()) == SplitPlan({}, LeakReport("move"))


FAMILIES = ("EN_001_a", "EN_001_b", "EN_002_a", "EN_002_b", "EN_002_c", "EN_003_a", "EN_003_b")


def make_related_cards(single: int) -> list[TaleCard]:
    return [make_card(each, culture="en") for each in FAMILIES] + make_cards(en=single)


def test_a_family_stays_whole_and_the_report_says_what_moved() -> None:
    cards = make_related_cards(single=13)
    plan = plan_split(cards, DataConfig(val_fraction=0.2, test_fraction=0.3, seed=2))
    assert count(plan) == (10, 4, 6)
    for root in ("EN_001", "EN_002", "EN_003"):
        assert len({side for story_id, side in plan.splits.items() if story_id.startswith(root)}) == 1
    singly = plan_split(cards, DataConfig(val_fraction=0.2, test_fraction=0.3, seed=2, leaks="off")).splits
    report = plan.leaks.as_json()
    assert (report["mode"], report["checked"], len(report["pairs"])) == ("move", 20, 4)
    assert [pair["moved"] for pair in report["pairs"]] == [singly[pair["a"]] != singly[pair["b"]] for pair in report["pairs"]]
    assert {pair["moved"] for pair in report["pairs"]} == {True, False}


def test_relatives_of_a_tale_do_not_change_how_others_are_drawn() -> None:
    alone = split(make_cards(en=40), 0.1, 0.2)
    twin = split([*make_cards(en=40), make_card("en_999_a", culture="xx"), make_card("en_999_b", culture="xx")], 0.1, 0.2)
    assert sum(alone[each] != twin[each] for each in alone) <= 2


def test_leaks_off_draws_every_tale_on_its_own() -> None:
    plan = plan_split(make_related_cards(single=3), DataConfig(val_fraction=0.2, test_fraction=0.3, leaks="off"))
    assert plan.leaks.as_json() == {"mode": "off", "checked": 0, "pairs": []}
    assert count(plan) == (5, 2, 3)


def test_leaks_refuse_names_the_pairs_and_what_to_do() -> None:
    cards = [make_card("EN_001_a"), make_card("EN_001_b"), make_card("x", "A fox."), make_card("y", "a fox")]
    with pytest.raises(DataError) as caught:
        plan_split(cards, DataConfig(leaks="refuse"), ["EN_001_b", "x", "y"])
    assert str(caught.value) == (
        "Tales that are the same tale would be in different splits:\n"
        "  - 'EN_001_a' (train) and 'EN_001_b' (test): same id root\n"
        "Leave out one of each two, or set leaks to 'move' (they stay together) or to 'off' (no check is made)."
    )


def test_leaks_refuse_lets_pass_what_no_split_tears_apart() -> None:
    cards = [*make_cards(en=3), make_card("EN_001_a"), make_card("EN_001_b")]
    plan = plan_split(cards, DataConfig(leaks="refuse", val_fraction=0), ["EN_001_a", "EN_001_b"])
    assert list_by_split(plan.splits)["test"] == ("EN_001_a", "EN_001_b")
    assert [leak.moved for leak in plan.leaks.leaks] == [False]


def test_named_test_tales_are_exactly_the_test_split() -> None:
    plan = plan_split(make_cards(en=8), DataConfig(val_fraction=0.2, test_fraction=0.5), ["en3", "en1", "en1"])
    assert list_by_split(plan.splits)["test"] == ("en1", "en3")
    assert count(plan) == (4, 2, 2)


def test_a_relative_of_a_named_test_tale_is_tested_on_too_and_told() -> None:
    cards = [*make_cards(en=3), make_card("CH_002_牛郎织女2"), make_card("CH_002_牛郎织女")]
    plan = plan_split(cards, DataConfig(), ["CH_002_牛郎织女2"])
    assert list_by_split(plan.splits)["test"] == ("CH_002_牛郎织女", "CH_002_牛郎织女2")
    assert plan.leaks.as_json()["pairs"] == [
        {"a": "CH_002_牛郎织女", "b": "CH_002_牛郎织女2", "reason": "same id root", "similarity": None, "moved": True}
    ]


def test_an_unknown_test_tale_is_told_with_the_nearest_one() -> None:
    with pytest.raises(DataError) as caught:
        plan_split([make_card("jp_001"), make_card("jp_002")], DataConfig(), ["jp_01"])
    assert str(caught.value) == ("The list of test tales names tales that were not read:\n  - 'jp_01'. Did you mean 'jp_001'?")


def test_test_tales_must_leave_one_to_train_on() -> None:
    with pytest.raises(DataError, match="names every tale that was read; leave at least one to train on"):
        plan_split([make_card("a")], DataConfig(), ["a"])
    with pytest.raises(DataError, match="together with the tales that are the same ones, is every tale that was read; leave"):
        plan_split([make_card("en_001_a"), make_card("en_001_b")], DataConfig(), ["en_001_a"])


def test_over_all_folds_every_tale_is_tested_on_once() -> None:
    cards = make_related_cards(single=20)
    tested: list[str] = []
    for fold in range(1, 6):
        plan = plan_split(cards, DataConfig(folds=5, fold=fold))
        sides = list_by_split(plan.splits)
        assert len(sides["val"]) == 3
        assert sides["train"]
        tested += sides["test"]
    assert sorted(tested) == sorted(card.story_id for card in cards)


def test_more_folds_than_tales_are_refused() -> None:
    with pytest.raises(DataError, match="4 folds cannot be made of 3 tales; ask for 3 folds at most"):
        plan_split(make_cards(en=3), DataConfig(folds=4, fold=1))


CARDS = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from("abc"), st.sampled_from(["zh", "en", "ja", ""])),
    max_size=25,
    unique_by=lambda drawn: drawn[:2],
).map(lambda drawn: [make_card(f"EN_{number:03}_{mark}", culture=culture) for number, mark, culture in drawn])

CONFIGS = st.builds(
    DataConfig,
    seed=st.integers(0, 50),
    val_fraction=st.sampled_from([0.0, 0.1, 0.4]),
    test_fraction=st.sampled_from([0.0, 0.1, 0.5]),
)


@given(CARDS, CONFIGS, st.randoms())
@settings(deadline=None)
def test_no_family_is_ever_on_two_sides_whatever_the_order(
    cards: list[TaleCard], config: DataConfig, chance: random.Random
) -> None:
    plan = plan_split(cards, config)
    assert sorted(plan.splits) == sorted(card.story_id for card in cards)
    assert len({(story_id[:6], side) for story_id, side in plan.splits.items()}) == len({each[:6] for each in plan.splits})
    assert not cards or "train" in plan.splits.values()
    chance.shuffle(cards)
    assert plan_split(cards, config) == plan


@given(CARDS, CONFIGS, st.integers(2, 6))
@settings(deadline=None)
def test_folds_part_the_families(cards: list[TaleCard], config: DataConfig, folds: int) -> None:
    assume(len({card.story_id[:6] for card in cards}) >= folds)
    plans = [plan_split(cards, config.model_copy(update={"folds": folds, "fold": fold})) for fold in range(1, folds + 1)]
    tested = Counter(each for plan in plans for each, side in plan.splits.items() if side == "test")
    assert tested == Counter(card.story_id for card in cards)
    assert all("train" in plan.splits.values() for plan in plans)
    assert all(
        len({(each[:6], side) for each, side in plan.splits.items()}) == len({each[:6] for each in tested}) for plan in plans
    )


def test_two_hash_seeds_give_the_same_plan() -> None:
    script = (
        "from ft_core.corpus.splitting.split import plan_split; from ft_core.data_config import DataConfig; import json\n"
        "from tests.corpus.splitting.test_split import make_related_cards\n"
        "plan = plan_split(make_related_cards(9), DataConfig(test_fraction=0.4))\n"
        "print(json.dumps([dict(plan.splits), plan.leaks.as_json()]))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert b'"EN_001_a"' in told[0]


def test_a_list_of_test_tales_has_one_id_a_line_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "test.txt"
    path.write_bytes("\ufeff# held out\n\n jp_001 \r\nCH_002_牛郎织女\n".encode())
    assert read_test_tales(path) == ["jp_001", "CH_002_牛郎织女"]


def test_a_list_of_test_tales_that_is_empty_or_unreadable_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("# none\n")
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(DataError, match="names no tale; write one tale id a line"):
        read_test_tales(tmp_path / "empty")
    with pytest.raises(DataError, match="cannot be read: 'utf-8' codec"):
        read_test_tales(tmp_path / "latin")
    with pytest.raises(DataError, match=r"cannot be read: .*No such file"):
        read_test_tales(tmp_path / "none")
