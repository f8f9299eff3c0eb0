"""Where the tales for predicted inputs come from: the preparation, or, where a run goes on, the folders of its beginning."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ft_core.config import FineTuneConfig
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.training_tale import TrainingTale, choose_tales, read_training_tales
from ft_core.engine.loop.world import World
from ft_core.engine.predicted.predicted_input import PREDICTED_FOLDER, Predict, PredictedInputs
from ft_core.engine.run_file import RunRecord
from ft_core.errors import FtCoreError, UsageError
from ft_core.step import Step, load_steps

__all__ = ["begin_predicted", "check_predicted", "go_on_predicted"]

logger = logging.getLogger(__name__)


def check_predicted(config: FineTuneConfig, predicted: PredictedInputs | None, world: World) -> None:
    """Refuse what cannot be done.

    Raises:
        UsageError: predicted inputs are asked for, and there are no tales, or several processes.
    """
    if config.predicted_inputs and predicted is None:
        raise UsageError(
            "predicted_inputs asks steps about tales as earlier adapters answered them, so it needs the tales, and someone who "
            "answers: train with ft-core train --data-dir DIR, or with predicted_inputs 0."
        )
    if config.predicted_inputs and world.size > 1:
        raise UsageError("predicted_inputs works with one process. Train without torchrun, or with predicted_inputs 0.")


def begin_predicted(
    preparation: Preparation, steps: Sequence[Step], config: FineTuneConfig, data: Path, predict: Predict | None, *, anew: bool
) -> PredictedInputs | None:
    """Return what makes predicted inputs for a run that begins, None where none are asked for or nobody answers.

    Args:
        preparation: of the tales.
        steps: which are to be trained; what was kept of earlier trainings of them is removed.
        config: what was asked for.
        data: the folder where the run keeps its data.
        predict: who answers.
        anew: whether another run is replaced as a whole.

    Raises:
        TaleError: a tale has been changed since it was prepared.
    """
    folder = data / PREDICTED_FOLDER
    known = _list_known(steps)
    PredictedInputs(folder, known).forget([step.name for step in (known if anew else steps)])
    if not config.predicted_inputs or predict is None:
        return None
    return PredictedInputs(folder, known, _read_tales(preparation, config), predict, config.max_seq_length)


def go_on_predicted(
    held: RunRecord, steps: Sequence[Step], config: FineTuneConfig, data: Path, predict: Predict | None
) -> PredictedInputs | None:
    """Return what makes predicted inputs for a run that goes on, None where none are asked for.

    The tales are read again where they are as they were; else only the examples that the run has kept can be used.

    Args:
        held: the run's record.
        steps: which were to be trained.
        config: the run's settings.
        data: the folder where it keeps its data.
        predict: who answers.
    """
    if not config.predicted_inputs:
        return None
    tales = _find_tales(held, steps, config) if predict is not None else None
    return PredictedInputs(data / PREDICTED_FOLDER, _list_known(steps), tales, predict, config.max_seq_length)


def _find_tales(held: RunRecord, steps: Sequence[Step], config: FineTuneConfig) -> list[TrainingTale] | None:
    folders = str(held.data.get("source")).split(", ")
    try:
        with prepare(folders, steps, config) as preparation:
            if preparation.data_hash == held.data.get("data_hash"):
                return _read_tales(preparation, config)
        logger.warning("The tales in %s are not those that the run was begun with.", ", ".join(folders))
    except FtCoreError as error:
        logger.warning("The tales that the run was begun with cannot be read again: %s", error)
    return None


def _read_tales(preparation: Preparation, config: FineTuneConfig) -> list[TrainingTale]:
    return list(read_training_tales(preparation, choose_tales(preparation, config.predicted_inputs)))


def _list_known(steps: Sequence[Step]) -> Sequence[Step]:
    """Return all steps whose adapters a run may hold: the installed ones, those of earlier trainings among them."""
    installed = load_steps().working
    return installed if {step.name for step in steps} <= {step.name for step in installed} else steps
