"""The plan that a training follows: how it fits into this machine's memory."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.util import find_spec

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.loading import start_stack
from ft_core.engine.memory.plan import TrainingPlan, plan_training
from ft_core.errors import NoExamplesError, UnknownShapeError
from ft_core.step import Step

__all__ = ["plan_run"]

logger = logging.getLogger(__name__)


def plan_run(data: TrainingData, steps: Sequence[Step], config: FineTuneConfig) -> TrainingPlan | None:
    """Fit a training to this machine before its base is loaded; None where there is nothing to plan, or no way to.

    A step that cannot be planned is left out: its training tells why. What does not fit is tried in the way that takes least.

    Raises: as :func:`ft_core.engine.loading.start_stack`.
    """
    if not steps:
        return None
    start_stack(config)
    may_quantize = "load_in_4bit" not in config.model_fields_set and find_spec("bitsandbytes") is not None
    try:
        plan = plan_training(data, steps, config, may_quantize=may_quantize, strict=False)
    except UnknownShapeError as error:
        logger.info("%s Whether activations fit is decided when the base is loaded.", error)
        return None
    except NoExamplesError:
        return None
    for change in plan.changes:
        logger.warning("To fit the memory of this %s, %s.", plan.target.name, change)
    for name, step in plan.steps.items():
        for change in step.fit.changes:
            logger.warning("Step %s: to fit the memory of this %s, %s.", name, plan.target.name, change)
    return plan
