"""What a run was trained on: its examples, which tale was in which split, and where the tales lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ft_core.config import FineTuneConfig, make_config
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.run_file import RunRecord, read_run
from ft_core.engine.training import DATA_FOLDER
from ft_core.errors import OutputError, PreparedDataError, UsageError

__all__ = ["Origin", "read_origin"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run comes from.

    Attributes:
        folder: the run's.
        record: its ``run.json``.
        config: its settings.
        data: the examples, and the tales of each split.
        is_on_tales: whether it was trained on tales; otherwise on a prepared folder, which does not say where its tales lie.
    """

    folder: Path
    record: RunRecord
    config: FineTuneConfig
    data: TrainingData
    is_on_tales: bool

    def find_tales(self) -> list[Path]:
        """Return the folders of the tales that the run was trained on.

        Raises:
            UsageError: nobody knows them, or they are not there any more.
        """
        source = str(self.record.data.get("source") or "")
        if self.is_on_tales:
            for names in ([source], source.split(", ")):  # how a run writes down several folders; one may have a comma itself
                if all(Path(name).exists() for name in names):
                    return [Path(name) for name in names]
        why = f"{source} is not there any more" if self.is_on_tales else f"the run was trained on the prepared folder {source}"
        raise UsageError(f"Say where the tales are, with --data-dir DIR: {why}.")


def read_origin(folder: Path) -> Origin:
    """Read what a run keeps of its data.

    Raises:
        OutputError: the folder holds no run.
        PreparedDataError: the run's data is not there any more, or does not say which tales were trained on.
        ConfigError: the run's settings cannot be used by this release.
    """
    record = read_run(folder)
    if record is None:
        raise OutputError(f"{folder} holds no run: it has no run.json. Name the --output-dir of ft-core train.")
    kept = folder / DATA_FOLDER
    data = read_prepared(kept if kept.is_dir() else Path(str(record.data.get("source"))))
    if not data.tales:
        raise PreparedDataError(
            f"{data.source} does not say of which tales its lines are, so that tales trained on cannot be told from others. "
            f"Train on tales, or on a folder that ft-core prepare wrote."
        )
    return Origin(folder, record, make_config(dict(record.config)), data, kept.is_dir())
