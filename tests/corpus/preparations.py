"""Tales prepared with the installed steps, and what is then in the output folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.training_data import Split
from ft_core.corpus.writing import write_prepared
from ft_core.step import load_steps

__all__ = ["Row", "Written", "make_data_config", "prepare_and_write", "read_written"]


@dataclass(frozen=True)
class Row:
    """A line of a JSONL file with the tale and event that the manifest names for it."""

    story: str
    event: str
    instruction: str
    output: Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """An output folder with its two records."""

    folder: Path
    manifest: dict[str, Any]
    report: dict[str, Any]

    def list_rows(self, step: str, split: Split = "train") -> list[Row]:
        """Return the rows of a step in a split."""
        lines = (self.folder / f"{step}_{split}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        places = self.manifest["steps"][step]["files"][split]["lines"]
        rows = [(place, json.loads(line)) for place, line in zip(places, lines, strict=True)]
        return [Row(place["story"], place["event"], row["instruction"], json.loads(row["output"])) for place, row in rows]

    def count_skipped(self, step: str, key: str = "skipped") -> int:
        """Return how many events of a step's manifest gave no example."""
        return len(self.manifest["steps"][step][key])


def make_data_config(folder: Path, *test: str, **settings: Any) -> Any:
    """Return settings under which these tales are the test, and all others are trained on; texts are not compared."""
    names = folder / "test_tales.txt"
    names.write_text("\n".join(test), encoding="utf-8")
    split = {"test_tales": str(names), "val_fraction": 0.0} if test else {"val_fraction": 0.0, "test_fraction": 0.0}
    return make_config({"seed": 1, "leaks": "off", **split, **settings})


def prepare_and_write(tales: Path, config: Any, *steps: str, workers: int = 1, out: str = "out") -> Written:
    """Prepare installed steps of the tales in a folder, and write them beside it."""
    folder = tales.parent / out
    with prepare([tales], load_steps().select(steps), config, workers=workers, beside=folder) as preparation:
        write_prepared(preparation, folder)
    return read_written(folder)


def read_written(folder: Path) -> Written:
    """Read what was written."""
    manifest, report = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("manifest", "report"))
    return Written(folder, manifest, report)
