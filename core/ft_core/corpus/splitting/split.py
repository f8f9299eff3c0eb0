"""Which tale is trained on, watched, or held out: whole tales, the same for every step and on every machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ft_core.corpus.splitting.alike import find_alike
from ft_core.corpus.splitting.draw import draw_families
from ft_core.corpus.splitting.family import Family, group_families, list_families
from ft_core.corpus.splitting.fold import deal_folds
from ft_core.corpus.splitting.leak import LeakReport, judge_pairs, refuse_leaks
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.corpus.training_data import SPLITS, Split
from ft_core.data_config import DataConfig
from ft_core.errors import DataError
from ft_core.suggestion import did_you_mean

__all__ = ["SplitPlan", "list_by_split", "plan_split", "read_test_tales"]

_ENOUGH_FOR_ALL = 3
"""From this many tales on, each split that has a share gets a tale."""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Where each tale goes.

    Attributes:
        splits: the split of each tale, by id, sorted by id.
        leaks: which tales are the same tale.
    """

    splits: Mapping[str, Split]
    leaks: LeakReport


def plan_split(cards: Sequence[TaleCard], config: DataConfig, test_tales: Collection[str] | None = None) -> SplitPlan:
    """Assign each tale, whole, to train, val or test, and tales that are the same tale to the same split.

    Tales are drawn by a hash of seed and id, so nothing but these decides: not file order, folder, machine or step. Each
    culture gets its share of both splits. Sizes are rounded half up; a split with a share gets at least one tale where
    there are three or more, and at least one tale is always left to train on (val gives way first). A family of tales
    is drawn as one, by its smallest id; sizes are then as near as whole families allow. Tales without any segment are not
    drawn, and stay in train: there would be nothing to test.

    Args:
        cards: the tales.
        config: seed, shares or folds, and what to do about leaks.
        test_tales: ids of exactly the tales to test on, instead of a share; relatives are added to them.

    Raises:
        DataError: ``test_tales`` names an unknown tale, or leaves none to train on; there are more folds than families;
            or tales that are the same tale would be split and ``config.leaks`` is ``refuse``.
    """
    ids = sorted(card.story_id for card in cards)
    if test_tales is not None:
        _check_test_tales(test_tales, ids)
    singly = _split_families(list_families(cards, {each: each for each in ids}), config, test_tales)
    if config.leaks == "off":
        return SplitPlan(singly, LeakReport("off"))
    pairs = find_alike(cards)
    report = LeakReport(config.leaks, len(ids), judge_pairs(pairs, singly))
    if config.leaks == "refuse":
        refuse_leaks(report.leaks, singly)
    if config.leaks == "refuse" or not pairs:
        return SplitPlan(singly, report)
    family_of = group_families(cards, pairs)
    return SplitPlan(_split_families(list_families(cards, family_of), config, test_tales), report)


def read_test_tales(path: str | Path) -> list[str]:
    """Read the ids of the test tales from a UTF-8 file: one a line, blank lines and lines that begin with ``#`` aside.

    Raises:
        DataError: the file cannot be read, or names no tale.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The list of test tales {path} cannot be read: {error}. It must be a UTF-8 text file.") from error
    ids = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not ids:
        raise DataError(f"The list of test tales {path} names no tale; write one tale id a line.")
    return ids


def list_by_split(splits: Mapping[str, Split]) -> dict[Split, tuple[str, ...]]:
    """Return the tale ids of each split, sorted."""
    return {name: tuple(sorted(each for each, split in splits.items() if split == name)) for name in SPLITS}


def _split_families(families: Sequence[Family], config: DataConfig, test_tales: Collection[str] | None) -> dict[str, Split]:
    told = [family for family in families if family.is_told]
    test = _choose_named(families, set(test_tales)) if test_tales is not None else _draw_test(told, config)
    held_out = {family.family_id for family in test}
    left = [family for family in told if family.family_id not in held_out]
    val = draw_families(left, _size(told, config.val_fraction), 1, config.seed, "val")
    splits: dict[str, Split] = dict.fromkeys(sorted(_list_tales(families)), "train")
    for each in _list_tales(val):
        splits[each] = "val"
    for each in _list_tales(test):
        splits[each] = "test"
    return splits


def _draw_test(families: Sequence[Family], config: DataConfig) -> list[Family]:
    if config.folds is not None and config.fold is not None:
        return deal_folds(families, config.folds, config.seed)[config.fold - 1]
    kept = 2 if config.val_fraction and len(families) >= _ENOUGH_FOR_ALL else 1
    return draw_families(families, _size(families, config.test_fraction), kept, config.seed, "test")


def _choose_named(families: Sequence[Family], named: set[str]) -> list[Family]:
    chosen = [family for family in families if not named.isdisjoint(family.tales)]
    if len(chosen) == len(families):
        raise DataError(
            "The list of test tales, together with the tales that are the same ones, is every tale that was read; "
            "leave at least one to train on."
        )
    return chosen


def _size(families: Sequence[Family], fraction: float) -> int:
    tales = sum(family.size for family in families)
    return max(int(tales * fraction + 0.5), 1 if fraction > 0 and tales >= _ENOUGH_FOR_ALL else 0)


def _list_tales(families: Iterable[Family]) -> list[str]:
    return [story_id for family in families for story_id in family.tales]


def _check_test_tales(test_tales: Collection[str], ids: Sequence[str]) -> None:
    unknown = sorted(set(test_tales).difference(ids))
    if unknown:
        hints = "\n".join(f"  - {each!r}.{did_you_mean(each, ids)}" for each in unknown)
        raise DataError(f"The list of test tales names tales that were not read:\n{hints}")
    if len(set(test_tales)) == len(ids):
        raise DataError("The list of test tales names every tale that was read; leave at least one to train on.")
