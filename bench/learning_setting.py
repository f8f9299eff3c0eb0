"""The settings that ``learning.py`` tries: which data adapters learn from, and how they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["DATA", "RETOLD", "SETTINGS", "Data", "Setting"]

Data = Literal["plain", "retold", "even", "cut", "few"]

DATA: Mapping[Data, Mapping[str, str]] = {
    "plain": {},
    "retold": {"--balance": "0.8"},
    "even": {"--balance": "0.5"},
    "cut": {"--stac-cuts": "6"},
    "few": {"--stac-cuts": "2"},
}
"""The flags of ``ft-core prepare`` for each kind of data."""

RETOLD: tuple[Data, ...] = ("retold", "even")
"""The kinds with retellings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How adapters are trained.

    Attributes:
        data: ``plain``: annotated tales alone; ``retold``: with retellings of them, and with every fifth example of the
            instrument having one; ``even``: so, but with every second one; ``cut``: with the sentences cut anew six times;
            ``few``: with these cut anew twice.
        flags: of ``ft-core train``; they go before those of the job.
        steps: for which it is tried; empty for all.
    """

    data: Data
    flags: Mapping[str, str]
    steps: tuple[str, ...] = ()

    def list_flags(self) -> list[str]:
        """Return the flags as on a command line."""
        return [part for pair in self.flags.items() for part in pair]


_LAST = {"--keep-weights": "last"}
_CALM = {"--weight-decay": "0.1", **_LAST}


def _rank(rank: int) -> dict[str, str]:
    """Return the flags of adapters of some rank, with the scale of the default ones."""
    return {"--lora-r": str(rank), "--lora-alpha": str(2 * rank)}


SETTINGS: Mapping[str, Setting] = {
    "retold": Setting("retold", {"--learning-rate": "5e-4", "--num-epochs": "3", **_LAST}),
    "long": Setting("plain", {"--learning-rate": "5e-4", "--num-epochs": "10", **_LAST}),
    "hot": Setting(
        "retold",
        {"--learning-rate": "1e-3", "--num-epochs": "3", **_rank(32), **_LAST},
        ("character",),
    ),
    "even": Setting("even", {"--learning-rate": "5e-4", "--num-epochs": "3", **_LAST}, ("instrument",)),
    "cut": Setting("cut", {"--learning-rate": "5e-4", "--num-epochs": "1", **_LAST}, ("stac",)),
    "cut_few": Setting("few", {"--learning-rate": "5e-4", "--num-epochs": "2", **_LAST}, ("stac",)),
    "cut_once": Setting("few", {"--learning-rate": "5e-4", "--num-epochs": "1", **_LAST}, ("stac",)),
    "cut_hot": Setting("few", {"--learning-rate": "1e-3", "--num-epochs": "1", **_LAST}, ("stac",)),
    "cut_slow": Setting("few", {"--learning-rate": "2e-4", "--num-epochs": "2", **_LAST}, ("stac",)),
    "cut_low": Setting("few", {"--learning-rate": "5e-4", "--num-epochs": "2", **_rank(4), **_CALM}, ("stac",)),
    "cut_drop": Setting("cut", {"--learning-rate": "5e-4", "--num-epochs": "1", "--lora-dropout": "0.2", **_LAST}, ("stac",)),
    "cut_best": Setting(
        "few",
        {"--learning-rate": "5e-4", "--num-epochs": "2", "--eval-steps": "20", "--early-stopping-patience": "0"},
        ("stac",),
    ),
    "stopped": Setting("plain", {"--learning-rate": "5e-4", "--num-epochs": "8"}, ("character",)),
}
