"""Which tale is trained on, watched, or held out: whole tales, the same for every step and on every machine."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ft_core.corpus.training_data import SPLITS, Split
from ft_core.errors import DataError
from ft_core.story import Story
from ft_core.suggestion import did_you_mean

__all__ = ["list_by_split", "read_test_tales", "split_tales"]

_ENOUGH_FOR_ALL = 3
"""From this many tales on, each split that has a share gets a tale."""


def split_tales(
    stories: Iterable[Story],
    val_fraction: float,
    test_fraction: float,
    seed: int,
    test_tales: Collection[str] | None = None,
) -> dict[str, Split]:
    """Assign each tale, whole, to train, val or test.

    Tales are drawn by a hash of seed and id, so nothing but these decides: not file order, folder, machine or step. Each
    culture gets its share of both splits, by largest remainder. Sizes are rounded half up; a split with a share gets at
    least one tale where there are three or more, and at least one tale is always left to train on (val gives way first).

    Args:
        stories: the tales.
        val_fraction: share of all tales for validation.
        test_fraction: share of all tales for the test; not used where ``test_tales`` is given.
        seed: of the draw.
        test_tales: ids of exactly the tales to test on.

    Returns:
        The split of each tale, by id, sorted by id.

    Raises:
        DataError: ``test_tales`` names an unknown tale, or leaves none to train on.
    """
    by_culture = _draw(stories, seed)
    ids = {story_id for drawn in by_culture.values() for story_id in drawn}
    if test_tales is None:
        kept = 1 + bool(val_fraction and len(ids) >= _ENOUGH_FOR_ALL)
        test = _take(by_culture, _size(len(ids), test_fraction, kept))
    else:
        test = _check_test_tales(test_tales, ids)
    left = {culture: [each for each in drawn if each not in test] for culture, drawn in by_culture.items()}
    val = _take(left, _size(len(ids), val_fraction, kept=len(test) + 1))
    return {each: "test" if each in test else "val" if each in val else "train" for each in sorted(ids)}


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


def _draw(stories: Iterable[Story], seed: int) -> dict[str, list[str]]:
    by_culture: dict[str, list[str]] = defaultdict(list)
    for story in stories:
        by_culture[story.culture].append(story.id)
    return {culture: sorted(by_culture[culture], key=lambda each: _lot(seed, each)) for culture in sorted(by_culture)}


def _lot(seed: int, story_id: str) -> str:
    return hashlib.sha256(f"{seed}\0{story_id}".encode()).hexdigest()


def _size(tales: int, fraction: float, kept: int) -> int:
    rounded = int(tales * fraction + 0.5)
    least = 1 if fraction > 0 and tales >= _ENOUGH_FOR_ALL else 0
    return max(min(max(rounded, least), tales - kept), 0)


def _take(by_culture: dict[str, list[str]], size: int) -> set[str]:
    # Largest remainder: whole parts of each culture's share first, then one more to the largest fractions. A tie goes
    # to the larger culture, where one tale more or less weighs least.
    total = sum(map(len, by_culture.values())) or 1
    shares = {culture: size * len(drawn) / total for culture, drawn in by_culture.items()}
    quotas = {culture: int(share) for culture, share in shares.items()}
    order = sorted(shares, key=lambda culture: (quotas[culture] - shares[culture], -len(by_culture[culture]), culture))
    for culture in order[: size - sum(quotas.values())]:
        quotas[culture] += 1
    return {each for culture, drawn in by_culture.items() for each in drawn[: quotas[culture]]}


def _check_test_tales(test_tales: Collection[str], ids: set[str]) -> set[str]:
    unknown = sorted(set(test_tales) - ids)
    if unknown:
        hints = "\n".join(f"  - {each!r}.{did_you_mean(each, ids)}" for each in unknown)
        raise DataError(f"The list of test tales names tales that were not read:\n{hints}")
    if len(set(test_tales)) == len(ids):
        raise DataError("The list of test tales names every tale that was read; leave at least one to train on.")
    return set(test_tales)


def list_by_split(splits: Mapping[str, Split]) -> dict[Split, tuple[str, ...]]:
    """Return the tale ids of each split, sorted."""
    return {name: tuple(sorted(each for each, split in splits.items() if split == name)) for name in SPLITS}
