"""Leaks: tales that are the same tale, and would be trained on and tested on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ft_core.corpus.splitting.alike import AlikePair
from ft_core.corpus.training_data import Split
from ft_core.errors import DataError

__all__ = ["Leak", "LeakMode", "LeakReport", "judge_pairs", "refuse_leaks"]

LeakMode: TypeAlias = Literal["move", "refuse", "off"]

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Leak:
    """Two tales that are the same tale.

    Attributes:
        pair: which, and what shows it.
        moved: the two would be in different splits if each tale were drawn on its own.
    """

    pair: AlikePair
    moved: bool

    def as_json(self) -> dict[str, Any]:
        """Return the leak as a JSON object."""
        pair = self.pair
        return {
            "a": pair.first_id,
            "b": pair.second_id,
            "reason": pair.reason,
            "similarity": pair.similarity,
            "moved": self.moved,
        }


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What the leak check found.

    Attributes:
        mode: what is done about leaks.
        checked: how many tales were compared.
        leaks: enough pairs to connect each family, by id.
    """

    mode: LeakMode
    checked: int = 0
    leaks: tuple[Leak, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {"mode": self.mode, "checked": self.checked, "pairs": [leak.as_json() for leak in self.leaks]}


def judge_pairs(pairs: Iterable[AlikePair], singly: Mapping[str, Split]) -> tuple[Leak, ...]:
    """Say of each pair whether a split that knows no families would tear it apart."""
    return tuple(Leak(pair, singly[pair.first_id] != singly[pair.second_id]) for pair in pairs)


def refuse_leaks(leaks: Iterable[Leak], singly: Mapping[str, Split]) -> None:
    """Refuse to go on where a pair would be split.

    Raises:
        DataError: names the pairs, the first ten of them.
    """
    torn = [leak.pair for leak in leaks if leak.moved]
    if not torn:
        return
    lines = [_describe(pair, singly) for pair in torn[:_MOST_NAMED]]
    if len(torn) > _MOST_NAMED:
        lines.append(f"  - and {len(torn) - _MOST_NAMED} more")
    raise DataError(
        "Tales that are the same tale would be in different splits:\n"
        + "\n".join(lines)
        + "\nLeave out one of each two, or set leaks to 'move' (they stay together) or to 'off' (no check is made)."
    )


def _describe(pair: AlikePair, singly: Mapping[str, Split]) -> str:
    sides = " and ".join(f"{each!r} ({singly[each]})" for each in (pair.first_id, pair.second_id))
    share = f", similarity {pair.similarity:.2f}" if pair.reason == "near-identical text" else ""
    return f"  - {sides}: {pair.reason}{share}"
